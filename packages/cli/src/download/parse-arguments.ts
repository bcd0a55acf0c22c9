// The words of the command line become the options of a download, or an error that names the word and says what to do.

import { parseArgs } from 'node:util';
import type { DownloadOptions, ListSource } from '@cotask/download';
import { CommandLineError } from '../command-line-error.ts';
import { didYouMean } from '../did-you-mean.ts';
import { OPTIONS } from './option-table.ts';
import type { CommandOption } from './option-table.ts';

/** A download as the command line asks for it. */
export interface DownloadInvocation {
  /** The list as it was named; `-` is standard input. */
  readonly list: string;
  readonly options: DownloadOptions;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
}

/** What the words ask for. */
export type ParsedArguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'download'; readonly invocation: DownloadInvocation };

const HELP = 'cotask download --help lists the options.';

/**
 * Reads the words behind `cotask download`.
 *
 * @throws CommandLineError with the option's name.
 */
export function parseArguments(words: readonly string[]): ParsedArguments {
  const { values, positionals } = readWords(words);
  if (values.has('help')) return { kind: 'help' };
  if (values.has('version')) return { kind: 'version' };
  const list = onlyList(positionals);
  const into = single(values, 'into');
  if (into === undefined || into === '')
    throw new CommandLineError('--into is missing.', 'Name the output folder: cotask download LIST --into DIR.');
  if (values.has('strict') && list === '-')
    throw new CommandLineError(
      '--strict needs a list file.',
      'Standard input can be read only once; save the list to a file first.',
    );
  const limit = numberOf(values, 'limit', 1, 10_000);
  const limitPerHost = numberOf(values, 'limit-per-host', 1, 10_000);
  const retries = numberOf(values, 'retries', 0, 100);
  const timeout = numberOf(values, 'timeout', 1, 2 ** 31 - 1);
  const maxTime = numberOf(values, 'max-time', 1, 2 ** 31 - 1);
  const maxSize = numberOf(values, 'max-size', 1, Number.MAX_SAFE_INTEGER);
  const minRate = numberOf(values, 'min-rate', 0, Number.MAX_SAFE_INTEGER);
  const options: DownloadOptions = {
    ...{
      into,
      existing: existingOf(values),
      strict: values.has('strict'),
      fsync: values.has('fsync'),
      headers: headersOf(values),
    },
    ...(limit === undefined ? {} : { limit }),
    ...(limitPerHost === undefined ? {} : { limitPerHost }),
    ...(retries === undefined ? {} : { retries }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(maxTime === undefined ? {} : { maxTime }),
    ...(maxSize === undefined ? {} : { maxSize }),
    ...(minRate === undefined ? {} : { minRate }),
  };
  const [json, quiet, debug] = [values.has('json'), values.has('quiet'), values.has('debug')];
  return { kind: 'download', invocation: { list, options, json, quiet, debug } };
}

/** The list that `-` or a path stands for. */
export function listSource(list: string): ListSource {
  return list === '-' ? { stream: process.stdin } : { file: list };
}

type Values = ReadonlyMap<string, readonly string[]>;

function readWords(words: readonly string[]): { values: Values; positionals: string[] } {
  const config = Object.fromEntries(
    OPTIONS.map(({ name, short, value }) => [
      name,
      { type: value === null ? ('boolean' as const) : ('string' as const), ...(short === undefined ? {} : { short }) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = OPTIONS.find(({ name }) => name === token.name) ?? refuseUnknown(token.rawName);
    const value = valueOf(option, token.rawName, token.value, token.inlineValue === true);
    const given = values.get(option.name) ?? [];
    if (given.length > 0 && option.value !== null && option.repeatable !== true)
      throw new CommandLineError(`${token.rawName} is given twice.`, 'Give it once.');
    values.set(option.name, [...given, value]);
  }
  return { values, positionals };
}

function refuseUnknown(rawName: string): never {
  const meant = didYouMean(
    rawName.replace(/^-+/, ''),
    OPTIONS.map(({ name }) => name),
  );
  throw new CommandLineError(`Unknown option ${rawName}.`, meant === null ? HELP : `Did you mean --${meant}? ${HELP}`);
}

/** A word that looks like an option is no value, unless it was joined with `=`: its value was forgotten. */
function valueOf(option: CommandOption, rawName: string, value: string | undefined, inline: boolean): string {
  if (option.value === null) {
    if (value === undefined) return '';
    throw new CommandLineError(`${rawName} takes no value, and was given ${JSON.stringify(value)}.`, HELP);
  }
  const forgotten = value === undefined || (!inline && /^--?[a-z]/i.test(value));
  if (forgotten) throw new CommandLineError(`${rawName} needs a value.`, `Write ${rawName} ${option.value}.`);
  return value;
}

function onlyList(positionals: readonly string[]): string {
  const [list, second] = positionals;
  if (list === undefined)
    throw new CommandLineError(
      'The list is missing.',
      'Name a text file with one URL a line, or - for standard input: cotask download LIST --into DIR.',
    );
  if (list === '')
    throw new CommandLineError(
      'The name of the list is empty.',
      'Name a text file with one URL a line, or - for standard input.',
    );
  if (second === undefined) return list;
  const hint =
    /^https?:/.test(second) || /^https?:/.test(list)
      ? 'URLs stand in a list: printf "%s\\n" URL… | cotask download - --into DIR.'
      : 'Join the lists: cat a.txt b.txt | cotask download - --into DIR.';
  throw new CommandLineError(
    `One list is downloaded at a time, and there are ${positionals.length}: ${positionals.slice(0, 3).join(', ')}.`,
    hint,
  );
}

function existingOf(values: Values): 'refuse' | 'overwrite' | 'skip' {
  const [overwrite, skip] = [values.has('overwrite'), values.has('skip-existing')];
  if (overwrite && skip)
    throw new CommandLineError('--overwrite and --skip-existing contradict each other.', 'Give one of them.');
  return overwrite ? 'overwrite' : skip ? 'skip' : 'refuse';
}

function single(values: Values, name: string): string | undefined {
  return values.get(name)?.[0];
}

function numberOf(values: Values, option: string, least: number, most: number): number | undefined {
  const text = single(values, option);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new CommandLineError(
    `--${option} is ${JSON.stringify(text)}.`,
    `It is a whole number from ${least} to ${most}.`,
  );
}

const REFUSED_HEADERS: ReadonlySet<string> = new Set([
  'range',
  'if-range',
  'content-length',
  'transfer-encoding',
  'connection',
]);

function headersOf(values: Values): [string, string][] {
  return (values.get('header') ?? []).map((text) => {
    const colon = text.indexOf(':');
    const name = text.slice(0, colon).trim();
    const value = text.slice(colon + 1).trim();
    if (colon < 1 || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw badHeader(text, "Write --header 'Name: value'.");
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value))
      throw badHeader(text, 'A value holds no line break, no control character and nothing beyond Latin-1.');
    if (REFUSED_HEADERS.has(name.toLowerCase())) throw badHeader(text, `${name} is set by the client itself.`);
    return [name, value];
  });
}

/** The name only: the value may be a secret, and ends up in logs. */
function badHeader(text: string, hint: string): CommandLineError {
  const name = /^[!-9;-~]{1,40}(?=:)/.exec(text)?.[0];
  return new CommandLineError(`--header ${name === undefined ? 'has no name' : `${name} cannot be sent`}.`, hint);
}
