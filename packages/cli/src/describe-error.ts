// An error as the command line shows it: what happened, its code, what to do; the stack only for those who ask for it.

import { inspect } from 'node:util';

/** An error in words. */
export interface DescribedError {
  readonly message: string;
  /** A stable code. */
  readonly code: string;
  readonly hint: string;
}

/** Describes whatever was thrown. */
export function describeError(error: unknown): DescribedError {
  const message = error instanceof Error ? error.message : String(error);
  return {
    message,
    code: textOf(error, 'code') ?? 'COTASK_UNEXPECTED',
    hint: textOf(error, 'hint') ?? 'Run it with --debug to see where this comes from.',
  };
}

/** The text for standard error. */
export function errorText(command: string, error: unknown, debug: boolean): string {
  const { message, code, hint } = describeError(error);
  const stack = debug ? `\n${inspect(error)}` : '';
  return `${command}: ${message} [${code}]\n  ${hint}${stack}\n`;
}

function textOf(error: unknown, key: 'code' | 'hint'): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : null;
}
