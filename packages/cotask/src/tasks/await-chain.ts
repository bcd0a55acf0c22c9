/**
 * How an error got where it is: the task in which it was thrown, and who awaited that. Nothing is kept for it before; it is
 * found in the waiters at the moment in which a task fails, and hangs on the error itself.
 */
import { runningTag } from './current.ts';
import type { NameTag } from './name-tag.ts';
import { placeOf } from './places.ts';
import type { Task } from './task.ts';
import { awaitersOf } from './who-waits.ts';
import type { Awaiter } from './who-waits.ts';

/** One task through which an error came. */
export interface AwaitLink {
  /** Its name. */
  readonly task: string;
  /** Where it stood between this task and the one before: a gather, a group; null where it awaited that itself. */
  readonly via: string | null;
  /** In debug mode, where the task was made: `file:line:column`. */
  readonly madeAt: string | null;
}

interface Link {
  readonly tag: NameTag;
  readonly via: string | null;
  readonly madeAt: string | null;
}

interface Chain {
  readonly links: Link[];
  /** It was longer. */
  cut: boolean;
  /** The last task that failed with the same error and is not one of the chain. */
  later: NameTag | null;
}

/** So many tasks are named. */
const mostLinks = 16;

const chains: WeakMap<object, Chain> = new WeakMap();

/** A task fails with an error, and those who wait for it are still there. */
export function traceFailure(task: Task<unknown>, error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const chain = chains.get(error);
  if (chain === undefined) begin(task, error);
  else {
    const at = chain.links.findIndex((link) => link.tag === task.tag);
    if (at >= 0) climb(chain, at + 1, task);
    else if (!chain.cut) chain.later = task.tag;
  }
}

/** Somebody looks at the error of a task that has failed before. */
export function traceLook(task: Task<unknown>, error: unknown): void {
  const chain = typeof error === 'object' && error !== null ? chains.get(error) : undefined;
  if (chain === undefined || chain.cut || chain.links.at(-1)?.tag !== task.tag) return;
  const by = runningTag();
  if (by === null || by.task === null || chain.links.some((link) => link.tag === by)) return;
  chain.links.push(linkOf(by.task, null));
  climb(chain, chain.links.length, by.task);
}

function begin(task: Task<unknown>, error: object): void {
  const chain: Chain = { links: [linkOf(task, null)], cut: false, later: null };
  chains.set(error, chain);
  climb(chain, 1, task);
  if (error instanceof Error) extendStack(error);
}

function linkOf(task: Task<unknown>, via: string | null): Link {
  return { tag: task.tag, via, madeAt: placeOf(task) };
}

/** The first task that gets the error of one. */
function receiverOf(task: Task<unknown>): Awaiter | undefined {
  return awaitersOf(task, (relay) => relay.passesErrors !== false)[0];
}

/** From a task of the chain up: who awaits it now, and so on. */
function climb(chain: Chain, from: number, task: Task<unknown>): void {
  const { links } = chain;
  links.length = from;
  for (let next = receiverOf(task); next !== undefined; next = receiverOf(next.task)) {
    const { task: above, via } = next;
    chain.cut = links.length >= mostLinks;
    if (chain.cut || links.some((link) => link.tag === above.tag)) return;
    links.push(linkOf(above, via));
  }
}

/** Whoever prints the error sees the chain; the stack itself is read only then, because that costs ten times its making. */
function extendStack(error: Error): void {
  const own = Object.getOwnPropertyDescriptor(error, 'stack');
  const read = own?.get;
  const stack = read === undefined ? error.stack : '';
  Reflect.defineProperty(error, 'stack', {
    configurable: true,
    get: () => `${read === undefined ? stack : read.call(error)}${describeChain(error, '\n    ')}`,
    set: (value: unknown) => Reflect.defineProperty(error, 'stack', { configurable: true, writable: true, value }),
  });
}

/**
 * The tasks through which an error came: first the one in which it was thrown, then who awaited that, and so on. Empty
 * for an error with which no task has failed.
 */
export function awaitChain(error: unknown): readonly AwaitLink[] {
  const chain = typeof error === 'object' && error !== null ? chains.get(error) : undefined;
  return chain === undefined ? [] : chain.links.map(({ tag, via, madeAt }) => ({ task: tag.name, via, madeAt }));
}

/** @internal `in task "fetch 3", awaited by task "main" (a gather)`, after `before`; nothing of an error of main's own. */
export function describeChain(error: object, before: string): string {
  const chain = chains.get(error);
  const [first, ...others] = chain?.links ?? [];
  if (chain === undefined || first === undefined || (others.length === 0 && first.tag.name === 'main')) return '';
  const words = others.map((link) => `, awaited by ${inWords(link)}${link.via === null ? '' : ` (${link.via})`}`);
  const later = chain.later === null ? '' : `; later in task "${chain.later.name}"`;
  return `${before}in ${inWords(first)}${words.join('')}${chain.cut ? ', …' : ''}${later}`;
}

function inWords({ tag, madeAt }: Link): string {
  return `task "${tag.name}"${madeAt === null ? '' : ` made at ${madeAt}`}`;
}
