/** The credentials of `~/.netrc`, as curl and aiohttp read it, for `trustEnv`. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** One entry. */
export interface NetrcEntry {
  readonly login: string;
  readonly password: string;
}

/** The entries by machine; the `default` entry under the empty name. */
export type Netrc = ReadonlyMap<string, NetrcEntry>;

/** The file that `NETRC` names, else `.netrc` or `_netrc` in the home folder; empty where there is none. */
export function readNetrc(env: NodeJS.ProcessEnv = process.env): Netrc {
  const named = env['NETRC'];
  const home = homedir();
  const files = named === undefined || named === '' ? [path.join(home, '.netrc'), path.join(home, '_netrc')] : [named];
  for (const file of files) {
    try {
      return parseNetrc(readFileSync(file, 'utf8'));
    } catch {
      // Missing, or not ours to read: there are no credentials then.
    }
  }
  return new Map();
}

/** The entry for a host: its own, else the default one. */
export function netrcEntry(netrc: Netrc, host: string): NetrcEntry | null {
  return netrc.get(host.toLowerCase()) ?? netrc.get('') ?? null;
}

/** Reads the file's text: `machine name login user password word`, quotes, comments, macros up to a blank line. */
export function parseNetrc(text: string): Netrc {
  const entries = new Map<string, NetrcEntry>();
  const words = listWords(text.replaceAll(/^[ \t]*macdef\b[^]*?(?:\n[ \t]*\r?\n|$(?![^]))/gmu, '\n'));
  let host: string | null = null;
  let login = '';
  let password = '';
  const keep = (): void => {
    if (host !== null && !entries.has(host)) entries.set(host, { login, password });
    [host, login, password] = [null, '', ''];
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === 'machine' || word === 'default') {
      keep();
      host = word === 'default' ? '' : (words[(at += 1)] ?? '').toLowerCase();
    } else if (word === 'login') login = words[(at += 1)] ?? '';
    else if (word === 'password') password = words[(at += 1)] ?? '';
    else if (word === 'account') at += 1;
  }
  keep();
  return entries;
}

function listWords(text: string): string[] {
  const words: string[] = [];
  for (const line of text.split('\n')) {
    for (const [word, quoted] of line.matchAll(/"((?:[^"\\]|\\.)*)"|\S+/gu)) {
      if (quoted === undefined && word.startsWith('#') && words.at(-1) !== 'password' && words.at(-1) !== 'login')
        break;
      words.push(quoted === undefined ? word : quoted.replaceAll(/\\(.)/gu, '$1'));
    }
  }
  return words;
}
