import { coroutine, createTask, run, sleep } from 'cotask';
import { download, DownloadUsageError, OutputFolderError } from '@cotask/download';
import type { DownloadEvent, Report } from '@cotask/download';
import { errorText } from '../describe-error.ts';
import { EXIT_BY_SIGNAL, EXIT_FAILED, EXIT_FOLDER, EXIT_OK, EXIT_USAGE } from '../exit-codes.ts';
import { cliVersion } from '../version.ts';
import { downloadHelp } from './help.ts';
import { listSource, parseArguments } from './parse-arguments.ts';
import type { DownloadInvocation, ParsedArguments } from './parse-arguments.ts';
import { Screen } from './screen.ts';
import { StopSignals } from './stop-signals.ts';
import type { StopSignal } from './stop-signals.ts';

/** Runs `cotask download` with these words; gives the exit code. Never throws. */
export async function downloadCommand(words: readonly string[]): Promise<number> {
  let parsed: ParsedArguments;
  try {
    parsed = parseArguments(words);
  } catch (error) {
    process.stderr.write(errorText('cotask download', error, isDebug(words.includes('--debug'))));
    return EXIT_USAGE;
  }
  if (parsed.kind === 'download') return await runDownload(parsed.invocation);
  process.stdout.write(parsed.kind === 'help' ? downloadHelp() : `${cliVersion()}\n`);
  return EXIT_OK;
}

/**
 * Runs a download with its progress, signals and report; gives the exit code. Never throws.
 *
 * @param listener Hears every event, too.
 */
export async function runDownload(
  invocation: DownloadInvocation,
  listener?: (event: DownloadEvent) => void,
): Promise<number> {
  const debug = isDebug(invocation.debug);
  const screen = new Screen({ ...invocation, debug }, () => performance.now());
  const signals = new StopSignals(() => screen.clear());
  const hear = (event: DownloadEvent): void => {
    screen.hear(event);
    listener?.(event);
  };
  try {
    const report = await run(downloadWithProgress(invocation, screen, signals.signal, hear), { debug });
    const exitCode = exitCodeOf(report, signals.received);
    screen.end(report, exitCode);
    return exitCode;
  } catch (error) {
    return endByError(error, screen);
  } finally {
    signals.close();
  }
}

const downloadWithProgress = coroutine(function* downloadWithProgress(
  invocation: DownloadInvocation,
  screen: Screen,
  stop: AbortSignal,
  onEvent: (event: DownloadEvent) => void,
) {
  const drawing = createTask(draw(screen), { name: 'draw the progress' });
  try {
    return yield* download(listSource(invocation.list), { ...invocation.options, stop, onEvent });
  } finally {
    drawing.cancel();
  }
});

const draw = coroutine(function* draw(screen: Screen) {
  for (;;) {
    screen.tick();
    yield* sleep(screen.period);
  }
});

function exitCodeOf({ failed, refused }: Report, signal: StopSignal | null): number {
  if (signal !== null) return EXIT_BY_SIGNAL[signal];
  if (refused > 0) return EXIT_USAGE;
  return failed > 0 ? EXIT_FAILED : EXIT_OK;
}

function endByError(error: unknown, screen: Screen): number {
  const exitCode =
    error instanceof DownloadUsageError ? EXIT_USAGE : error instanceof OutputFolderError ? EXIT_FOLDER : EXIT_FAILED;
  if (error instanceof OutputFolderError && error.report !== null) screen.end(error.report, exitCode);
  screen.fail(error, exitCode);
  return exitCode;
}

function isDebug(asked: boolean): boolean {
  return asked || process.env['COTASK_DEBUG'] === '1';
}
