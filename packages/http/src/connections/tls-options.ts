/** The TLS options of a session, a request or a proxy; and certificates that are known beforehand (aiohttp's `Fingerprint`). */
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import {
  anything,
  checkOptions,
  someFunction,
  someObject,
  someText,
  trueOrFalse,
  type OptionRule,
  type OptionRules,
} from '../check-options.ts';

/** Node's `tls.connect` says what they mean; `fingerprint` is ours. */
export interface TlsOptions extends Pick<
  ConnectionOptions,
  | 'ca'
  | 'cert'
  | 'key'
  | 'passphrase'
  | 'pfx'
  | 'rejectUnauthorized'
  | 'servername'
  | 'checkServerIdentity'
  | 'minVersion'
  | 'maxVersion'
  | 'ciphers'
  | 'ecdhCurve'
  | 'sigalgs'
  | 'secureContext'
> {
  /**
   * The SHA-256 of the server's certificate, in hexadecimal digits (colons are ignored) or as 32 bytes, or several of them.
   * The certificate must have one; unless `rejectUnauthorized` is true, nothing else is asked of it.
   */
  fingerprint?: CertificateFingerprint | readonly CertificateFingerprint[] | undefined;
}

/** The SHA-256 of a certificate. */
export type CertificateFingerprint = string | Uint8Array;

/** Is a certificate's fingerprint, 64 digits in capitals, or null. */
function digitsOf(fingerprint: unknown): string | null {
  if (fingerprint instanceof Uint8Array)
    return fingerprint.byteLength === 32 ? Buffer.from(fingerprint).toString('hex').toUpperCase() : null;
  if (typeof fingerprint !== 'string') return null;
  const digits = fingerprint.replaceAll(':', '').toUpperCase();
  return /^[\dA-F]{64}$/u.test(digits) ? digits : null;
}

function listed(fingerprint: unknown): readonly unknown[] {
  return Array.isArray(fingerprint) ? fingerprint : [fingerprint];
}

const someFingerprints: OptionRule = (value) =>
  listed(value).length > 0 && listed(value).every((one) => digitsOf(one) !== null)
    ? null
    : 'must be a SHA-256 in 64 hexadecimal digits or 32 bytes, or a list of them';

const tlsRules: OptionRules<TlsOptions> = {
  ca: anything,
  cert: anything,
  key: anything,
  passphrase: someText,
  pfx: anything,
  rejectUnauthorized: trueOrFalse,
  servername: anything,
  checkServerIdentity: someFunction,
  minVersion: someText,
  maxVersion: someText,
  ciphers: someText,
  ecdhCurve: someText,
  sigalgs: someText,
  secureContext: someObject,
  fingerprint: someFingerprints,
};

export function checkTls(tls: TlsOptions): void {
  checkOptions('tls', tls, tlsRules);
}

/** The certificate has none of the fingerprints that were asked for. */
export class FingerprintFailure extends Error {
  readonly expected: readonly string[];
  readonly got: string;

  constructor(expected: readonly string[], got: string) {
    super(`the certificate has the fingerprint ${got}`);
    this.expected = expected;
    this.got = got;
  }
}

/** Options as Node takes them, and the fingerprints that the certificate must have one of; none for any. */
export interface PlainTls {
  readonly options: ConnectionOptions;
  readonly fingerprints: readonly string[];
}

/** Parts what Node knows from what is looked at here. */
export function splitTls(tls: TlsOptions): PlainTls {
  const { fingerprint, ...options } = tls;
  if (fingerprint === undefined) return { options, fingerprints: [] };
  const fingerprints = listed(fingerprint).map((one) => digitsOf(one) ?? '');
  return { options: { rejectUnauthorized: false, ...options }, fingerprints };
}

/** What is wrong with the certificate at the other end, or null. */
export function checkFingerprint(socket: TLSSocket, fingerprints: readonly string[]): FingerprintFailure | null {
  if (fingerprints.length === 0) return null;
  const got = (socket.getPeerX509Certificate()?.fingerprint256 ?? '').replaceAll(':', '');
  return fingerprints.includes(got) ? null : new FingerprintFailure(fingerprints, got);
}
