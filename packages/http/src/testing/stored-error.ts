/** Failures of the transport as a file holds them: what of the platform's errors the client's own are made from. */
import { AddressRefusal, isLookupError } from '../connections/guarded-lookup.ts';
import { ProxyFailure } from '../connections/proxy-tunnel.ts';
import type { Place } from './network-fault.ts';

/** An error in a file. */
export interface StoredError {
  readonly place: Place;
  readonly name: string;
  readonly message: string;
  /** What the platform said beside it: `code`, `syscall`, `reason`, `address`. */
  readonly facts: Readonly<Record<string, string | number>>;
}

const kept = ['code', 'syscall', 'reason', 'address', 'host', 'port', 'status'] as const;

/** What is kept of an error. */
export function storeError(error: Error, place: Place): StoredError {
  const root = rootOf(error);
  const facts: Record<string, string | number> = {};
  for (const name of kept) {
    const value: unknown = Reflect.get(root, name);
    if (typeof value === 'string' || typeof value === 'number') facts[name] = value;
  }
  // A look-up of one's own need not say that it is one.
  if (isLookupError(root)) facts['syscall'] ??= 'getaddrinfo';
  const { name } =
    root instanceof ProxyFailure
      ? { name: 'ProxyFailure' }
      : root instanceof AddressRefusal
        ? { name: 'AddressRefusal' }
        : root;
  return { place, name, message: root.message, facts };
}

/** The error again. */
export function restoreError({ name, message, facts }: StoredError): Error {
  if (name === 'AddressRefusal') return new AddressRefusal(String(facts['address']));
  if (name === 'ProxyFailure') return restoreProxyFailure(message, facts);
  const error = Object.assign(new Error(message), facts);
  error.name = name;
  return error;
}

function restoreProxyFailure(message: string, facts: StoredError['facts']): ProxyFailure {
  const { host, port, status, reason } = facts;
  const proxy = {
    hostname: String(host),
    port: Number(port),
    secure: false,
    fields: [],
    tls: null,
    socks: null,
    key: '',
  };
  return new ProxyFailure(proxy, message, { status: Number(status), reason: String(reason) });
}

/** Where every address of a name was tried, the first failure stands for all. */
function rootOf(error: Error): Error {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : null;
  return first instanceof Error ? first : error;
}
