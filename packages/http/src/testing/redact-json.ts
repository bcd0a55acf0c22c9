/** Takes secrets out of JSON text in place, so that not a byte of the rest changes; text that is cut short, too. */
import type { SecretNames } from './secret-names.ts';

const tokens = /"(?:[^"\\]|\\.)*(?:"|$)|-?\d[\d.eE+-]*|[{}[\],]/gsu;

/** Puts `mark` in place of the texts, and 0 in place of the numbers, under names of secrets; `learn` hears of each. */
export function redactJson(text: string, names: SecretNames, mark: string, learn: (secret: string) => void): string {
  const open: string[] = [];
  /** The name whose value comes next, and the outermost name of a secret around it. */
  let name: string | null = null;
  return text.replaceAll(tokens, (token, at: number) => {
    const secret = open.at(-1) ?? '';
    if (token === '{' || token === '[') {
      open.push(secret !== '' || name === null || !names.has(name) ? secret : name);
      name = null;
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ',') name = null;
    else if (token.startsWith('"') && isName(text, at + token.length)) name = unquote(token);
    else {
      const around = secret === '' ? (name ?? '') : secret;
      name = null;
      return redactValue(token, around, { names, mark, learn });
    }
    return token;
  });
}

/**
 * Applies `clean` to the texts of valid JSON as they are meant, escapes undone; a number of which anything would be taken
 * becomes 0. Null for what is no JSON.
 */
export function cleanJson(text: string, clean: (part: string) => string): string | null {
  if (!isJson(text)) return null;
  return text.replaceAll(tokens, (token) => {
    if (!token.startsWith('"')) return clean(token) === token ? token : '0';
    const part = unquote(token);
    const cleaned = clean(part);
    return cleaned === part ? token : JSON.stringify(cleaned);
  });
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/u.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface How {
  readonly names: SecretNames;
  readonly mark: string;
  learn(secret: string): void;
}

function redactValue(token: string, name: string, { names, mark, learn }: How): string {
  if (!token.startsWith('"')) {
    if (!names.hasNumber(name)) return token;
    learn(token);
    return '0';
  }
  if (!names.has(name) || token === '""') return token;
  const value = unquote(token);
  learn(value);
  return `"${mark}"`;
}

function isName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}

function unquote(token: string): string {
  try {
    const text: unknown = JSON.parse(token);
    return typeof text === 'string' ? text : token;
  } catch {
    return token.replaceAll('"', '');
  }
}
