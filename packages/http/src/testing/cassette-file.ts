/** A cassette's file: what stands in it, and how it is read and written. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CotaskError } from 'cotask';
import type { ClientErrorOptions } from '../errors/index.ts';
import { readExchanges, CassetteFault } from './cassette-exchange.ts';
import type { CassetteExchange } from './cassette-exchange.ts';

const format = 'cotask-http-cassette';
const version = 1;

/** A cassette cannot be read, written or used so. */
export class CassetteError extends CotaskError {
  readonly file: string;
  /** Where in the file; null where it is no matter of a line. */
  readonly line: number | null;

  constructor(file: string, message: string, line: number | null = null, options?: ClientErrorOptions) {
    super('COTASK_HTTP_CASSETTE', `${file}${line === null ? '' : `:${line}`}: ${message}`, options);
    this.file = file;
    this.line = line;
  }
}

/** The exchanges of a file; null where there is none. @throws {CassetteError} naming the line. */
export function readCassette(file: string): readonly CassetteExchange[] | null {
  const text = readText(file);
  if (text === null) return null;
  const content = parse(file, text);
  if (typeof content !== 'object' || content === null || Reflect.get(content, 'format') !== format)
    throw new CassetteError(file, `it is no cassette: "format" is not ${JSON.stringify(format)}`, 1);
  const found: unknown = Reflect.get(content, 'version');
  if (found !== version) throw new CassetteError(file, wordsOfVersion(found), lineOf(text, '"version"'));
  try {
    return readExchanges(Reflect.get(content, 'exchanges'));
  } catch (error) {
    if (!(error instanceof CassetteFault)) throw error;
    throw new CassetteError(file, error.message, lineOfExchange(text, error.index), { cause: error });
  }
}

/** Writes it whole, or not at all: beside it first, then in its place. @throws {CassetteError} */
export function writeCassette(file: string, exchanges: readonly CassetteExchange[]): void {
  const beside = `${file}.${randomUUID()}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(beside, `${JSON.stringify({ format, version, exchanges }, null, 2)}\n`);
    renameSync(beside, file);
  } catch (error) {
    remove(beside);
    throw new CassetteError(file, 'it cannot be written', null, { cause: error });
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What could not be written need not be there.
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new CassetteError(file, 'it cannot be read', null, { cause: error });
  }
}

function parse(file: string, text: string): unknown {
  try {
    const content: unknown = JSON.parse(text);
    return content;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new CassetteError(file, `it is no JSON: ${words}`, lineOfParseError(text, words), { cause: error });
  }
}

function wordsOfVersion(found: unknown): string {
  return typeof found === 'number' && found > version
    ? `it has version ${found}, written by a newer @cotask/http; this one reads version ${version}`
    : `it has version ${JSON.stringify(found) ?? 'none'}; this reads version ${version}`;
}

/** The engine's message says where, in one way or another; where the text ends too early, at its end. */
function lineOfParseError(text: string, words: string): number {
  const line = /line (\d+)/u.exec(words)?.[1];
  if (line !== undefined) return Number(line);
  const position = /position (\d+)/u.exec(words)?.[1];
  return lineAt(text, position === undefined ? text.trimEnd().length : Number(position));
}

function lineOf(text: string, part: string): number {
  return lineAt(text, Math.max(0, text.indexOf(part)));
}

/** The exchanges are the objects in the one list of the outermost object. */
function lineOfExchange(text: string, index: number | null): number {
  let depth = 0;
  let seen = -1;
  if (index !== null)
    for (const { 0: token, index: at } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/gsu)) {
      if (token === '}' || token === ']') depth -= 1;
      else if (token === '{' || token === '[') {
        if (depth === 2 && token === '{') seen += 1;
        if (depth === 2 && seen === index) return lineAt(text, at);
        depth += 1;
      }
    }
  return lineOf(text, '"exchanges"');
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
