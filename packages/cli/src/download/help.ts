import { OPTIONS } from './option-table.ts';
import type { CommandOption } from './option-table.ts';

/** What `cotask download --help` prints. */
export function downloadHelp(): string {
  return `cotask download: download a list of URLs into a folder

Usage: cotask download LIST --into DIR [options]

LIST is a text file with one URL a line, or - for standard input. Blank lines and lines that begin with # are
skipped. Only http and https URLs are downloaded.

Options:
${OPTIONS.map(line).join('\n')}

Exit codes:
    0   every file is there
    1   some failed: they are named in DIR/failed.txt, which is itself a list
    2   the command line or the list cannot be used, files of an earlier run were refused, or another run is at work
    3   the folder cannot be written, or is full
  130   ended by Ctrl-C (SIGINT); 143: by SIGTERM. What is under way gets five seconds; a second one ends at once.

Examples:
  cotask download urls.txt --into files
  cotask download urls.txt --into files --skip-existing     go on with what is missing
  cotask download files/failed.txt --into files             try again what failed
  sort -u urls.txt | cotask download - --into files --limit 200 --limit-per-host 4
  cotask download urls.txt --into files --header 'Authorization: Bearer TOKEN' --json > log.jsonl
`;
}

function line(option: CommandOption): string {
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const value = option.value === null ? '' : ` ${option.value}`;
  return `  ${`${short}--${option.name}${value}`.padEnd(26)} ${option.help}`;
}
