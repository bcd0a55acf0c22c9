/** What goes wrong with connections, by name: the platform's errors as sockets would give them. */
import { errors } from 'undici';
import type { RequestStage } from '../errors/index.ts';

/** Where on its way a request is: as errors say it in `stage`. */
export type Place = Exclude<RequestStage, 'queued'>;

/**
 * A failure of the network: `dns` (the name has no address), `refused` (nobody listens), `unreachable` (no way there), `tls`
 * (the handshake fails), `certificate` (it has expired), `reset` and `closed` (the connection is reset, or ended, before the
 * answer, or within its body where there is one), `malformed` (what comes is no HTTP).
 */
export type NetworkFault = 'dns' | 'refused' | 'unreachable' | 'tls' | 'certificate' | 'reset' | 'closed' | 'malformed';

/** On which host the fault is. */
export interface FaultySite {
  readonly hostname: string;
  readonly port: number;
}

const makers: { readonly [Name in NetworkFault]: (site: FaultySite) => Error } = {
  dns: ({ hostname }) =>
    platformError(`getaddrinfo ENOTFOUND ${hostname}`, { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname }),
  refused: ({ hostname, port }) =>
    platformError(`connect ECONNREFUSED ${hostname}:${port}`, { code: 'ECONNREFUSED', syscall: 'connect', port }),
  unreachable: ({ hostname, port }) =>
    platformError(`connect EHOSTUNREACH ${hostname}:${port}`, { code: 'EHOSTUNREACH', syscall: 'connect', port }),
  tls: () =>
    platformError('SSL routines:ssl3_read_bytes:ssl/tls alert handshake failure', {
      code: 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
      reason: 'ssl/tls alert handshake failure',
    }),
  certificate: () => platformError('certificate has expired', { code: 'CERT_HAS_EXPIRED' }),
  reset: () => platformError('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }),
  closed: () => new errors.SocketError('other side closed'),
  malformed: () => new errors.HTTPParserError('Expected HTTP/, RTSP/ or ICE/'),
};

const placesOfFaults: { readonly [Name in NetworkFault]: Place } = {
  dns: 'resolving',
  refused: 'connecting',
  unreachable: 'connecting',
  tls: 'handshake',
  certificate: 'handshake',
  reset: 'head',
  closed: 'head',
  malformed: 'head',
};

/** True for the name of a fault. */
export function isNetworkFault(value: unknown): value is NetworkFault {
  return typeof value === 'string' && Object.hasOwn(makers, value);
}

/** Every name. */
export const networkFaults: readonly string[] = Object.keys(makers);

/** True where the fault can come within a body too. */
export function breaksBodies(fault: NetworkFault): boolean {
  return fault === 'reset' || fault === 'closed';
}

export function placeOfFault(fault: NetworkFault): Place {
  return placesOfFaults[fault];
}

/** The error of the platform. */
export function makeFault(fault: NetworkFault, site: FaultySite): Error {
  return makers[fault](site);
}

function platformError(message: string, facts: Readonly<Record<string, string | number>>): Error {
  return Object.assign(new Error(message), facts);
}
