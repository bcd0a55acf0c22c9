/** What runs in a thread of a pool: loads the module, calls the function, and answers whatever happens. */
import { findUncopyable } from './copyable.ts';
import type { CallAnswer, CallMessage } from './thread-messages.ts';
import { runAsCall } from './thread-signal.ts';
import { takeApart } from './thrown.ts';
import { Transferred } from './transferred.ts';

/** A second `import()` of a module costs more than the call of a small function. */
const loaded = new Map<string, object>();

async function load(module: string): Promise<object> {
  const exports: object = await import(module);
  loaded.set(module, exports);
  return exports;
}

/** One call; the pool's own code calls it with each message. */
export async function runCall(message: CallMessage): Promise<unknown> {
  let exports: object;
  try {
    exports = loaded.get(message.module) ?? (await load(message.module));
  } catch (error) {
    return { end: 'no module', thrown: takeApart(error) } satisfies CallAnswer;
  }
  const { exportName } = message;
  const callee: unknown = Reflect.get(exports, exportName);
  if (typeof callee !== 'function') return { end: 'no export', found: describeExport(exports, exportName) };
  return call((...args) => callee(...args), message);
}

async function call(callee: (...args: readonly unknown[]) => unknown, message: CallMessage): Promise<unknown> {
  try {
    const result = await runAsCall(message.flag, async () => callee(...message.args));
    return await answer(result);
  } catch (error) {
    return { end: 'thrown', thrown: takeApart(error) } satisfies CallAnswer;
  }
}

async function answer(result: unknown): Promise<unknown> {
  const { value, list } = result instanceof Transferred ? result : new Transferred(result, []);
  const found = findUncopyable(value, 'result', new Set(list));
  if (found !== null) return { end: 'no result', found } satisfies CallAnswer;
  const whole: CallAnswer = { end: 'value', value };
  return list.length === 0 ? whole : await moved(whole, list);
}

/** Marked for the pool's own code, which is loaded for it only where it is needed. */
async function moved(whole: CallAnswer, list: readonly unknown[]): Promise<unknown> {
  const piscina = await import('piscina');
  return piscina.move({ [piscina.transferableSymbol]: list, [piscina.valueSymbol]: whole });
}

function describeExport(exports: object, name: string): string {
  if (name in exports) return `the export is no function but ${kindOf(Reflect.get(exports, name))}`;
  const names = Object.keys(exports);
  return `the module has no such export; it has ${names.length === 0 ? 'none' : names.slice(0, 20).join(', ')}`;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
