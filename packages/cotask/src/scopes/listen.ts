/** Event targets and emitters, as one. */

/** An `EventTarget`, or what is like one. */
export interface EventTargetLike {
  addEventListener(name: string, listener: (event: Event) => void): void;
  removeEventListener(name: string, listener: (event: Event) => void): void;
}

/** Node's `EventEmitter`, or what is like one. */
export interface EmitterLike {
  on(name: string, listener: (...args: unknown[]) => void): unknown;
  off(name: string, listener: (...args: unknown[]) => void): unknown;
}

/** What events are heard from. */
export type EventSource = EventTargetLike | EmitterLike;

type Heard = (value: unknown) => void;
type Listener = (...args: unknown[]) => void;

/** Any of them, an `AbortSignal` among them, as this file uses it. */
type AnySource =
  | {
      addEventListener(name: string, listener: Listener): void;
      removeEventListener(name: string, listener: Listener): void;
    }
  | EmitterLike;

interface Listening {
  readonly takers: Set<Heard>;
  readonly listener: Listener;
}

/** One listener a source and event, however many hear: to add and take out listeners costs platforms more the more there are. */
const listenings: WeakMap<AnySource, Map<string, Listening>> = new WeakMap();

/**
 * Calls `heard` with each event: the event itself of a target, the arguments of an emitter. Returns how to stop. Those who
 * hear of one event are told in the order in which they came, and not of an event in whose midst they come or stop.
 */
export function listen(source: AnySource, name: string, heard: Heard): () => void {
  const ofSource = listenings.get(source) ?? new Map<string, Listening>();
  listenings.set(source, ofSource);
  const held = ofSource.get(name);
  const listening = held ?? newListening('addEventListener' in source);
  const { takers, listener } = listening;
  const leave = (): boolean => takers.delete(heard) && takers.size === 0 && ofSource.delete(name);
  takers.add(heard);
  ofSource.set(name, listening);
  try {
    if (held === undefined || isLost(source, name, listener)) attach(source, name, listener);
  } catch (error) {
    leave();
    throw error;
  }
  return () => {
    if (leave()) detach(source, name, listener);
  };
}

function newListening(hearsEvents: boolean): Listening {
  const takers = new Set<Heard>();
  const listener = (...args: unknown[]): void => {
    for (const taker of [...takers]) if (takers.has(taker)) taker(hearsEvents ? args[0] : [...args]);
  };
  return { takers, listener };
}

/** An emitter can be made to forget all its listeners. */
function isLost(source: AnySource, name: string, listener: unknown): boolean {
  if (!('listeners' in source) || typeof source.listeners !== 'function') return false;
  const there: unknown = source.listeners(name);
  return Array.isArray(there) && !there.includes(listener);
}

function attach(source: AnySource, name: string, listener: Listener): void {
  if ('addEventListener' in source) source.addEventListener(name, listener);
  else source.on(name, listener);
}

function detach(source: AnySource, name: string, listener: Listener): void {
  if ('addEventListener' in source) source.removeEventListener(name, listener);
  else source.off(name, listener);
}
