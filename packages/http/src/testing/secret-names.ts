/** Which header fields, parameters and body fields speak of credentials, by their names. */

/** Parts of names: `x-api-key`, `client_secret`, `X-Amz-Security-Token`, `sessionId`. */
const secretParts =
  /passw|passphrase|passcode|secret|token|apikey|accesskey|privatekey|signingkey|encryptionkey|authorization|credential|cookie|session|signature|assertion|bearer|csrf|xsrf|jwt|hmac/u;
/** Whole names. */
const secretWholes = new Set(
  'auth key pwd pass pw pin otp totp sig sid cvc cvv ssn samlresponse codeverifier xauth xauthkey xkey'.split(' '),
);
/** Challenges and policies: they speak of credentials and hold none. */
const harmless = new Set(['wwwauthenticate', 'proxyauthenticate', 'accesscontrolallowcredentials']);

/** Names of one's own: a text is the whole name, case and punctuation apart. */
export type SecretName = string | RegExp;

/** Tells names of secrets from others. */
export class SecretNames {
  readonly #wholes: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  constructor(own: readonly SecretName[]) {
    this.#wholes = new Set(own.filter((name) => typeof name === 'string').map(plain));
    this.#patterns = own.filter((name) => name instanceof RegExp);
  }

  /** True for the name of what must not reach a file. */
  has(name: string): boolean {
    const word = plain(name);
    if (this.#wholes.has(word) || this.#patterns.some((pattern) => name.search(pattern) >= 0)) return true;
    return !harmless.has(word) && (secretWholes.has(word) || secretParts.test(word));
  }

  /** As `has`; in a URL, `code` is what a log-in is finished with. */
  hasParameter(name: string): boolean {
    return plain(name) === 'code' || this.has(lastPart(name));
  }

  /** True for a number that is a secret, and no count of tokens. */
  hasNumber(name: string): boolean {
    return this.has(name) && !/(?:tokens|count|size|length|expires(?:in|at)?|ttl|age)$/u.test(plain(name));
  }
}

/** `user[password]` is a password. */
function lastPart(name: string): string {
  return /\[([^\]]+)\]$/u.exec(name)?.[1] ?? name;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
}
