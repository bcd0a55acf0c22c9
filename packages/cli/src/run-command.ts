import { watchOutput } from './output-errors.ts';
import { CommandLineError } from './command-line-error.ts';
import { errorText } from './describe-error.ts';
import { didYouMean } from './did-you-mean.ts';
import { downloadCommand } from './download/download-command.ts';
import { EXIT_OK, EXIT_USAGE } from './exit-codes.ts';
import { cliVersion } from './version.ts';

const HELP = `cotask: asyncio for TypeScript, on the command line

Usage: cotask COMMAND [options]

Commands:
  download LIST --into DIR    download a list of URLs into a folder

Options:
  -h, --help                  print this help; cotask COMMAND --help prints a command's
  --version                   print the version

Example:
  cotask download urls.txt --into files
`;

const COMMANDS = ['download'];

/** Runs the command that the words name; gives the exit code. */
export async function runCommand([command, ...words]: readonly string[]): Promise<number> {
  watchOutput();
  if (command === 'download') return await downloadCommand(words);
  if (command === '--help' || command === '-h' || command === 'help') return print(HELP);
  if (command === '--version') return print(`${cliVersion()}\n`);
  process.stderr.write(errorText('cotask', unknownCommand(command), false));
  return EXIT_USAGE;
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT_OK;
}

function unknownCommand(command: string | undefined): CommandLineError {
  if (command === undefined)
    return new CommandLineError('The command is missing.', 'Try cotask download LIST --into DIR, or cotask --help.');
  const what = command.startsWith('-') ? 'option' : 'command';
  const meant = didYouMean(command, COMMANDS);
  return new CommandLineError(
    `Unknown ${what} ${JSON.stringify(command)}.`,
    meant === null ? 'cotask --help lists the commands.' : `Did you mean cotask ${meant}?`,
  );
}
