/**
 * The name look-up of a session, bounded and guarded: what comes out of it is what is dialled, so that a name which gives
 * another address the second time gains nothing.
 */
import type { LookupAddress } from 'node:dns';
import type { TellingLookup } from './cached-lookup.ts';
import { isPublicAddress } from './public-address.ts';

/** What a session allows of addresses. */
export interface AddressRules {
  readonly publicAddressesOnly: boolean;
  readonly maxDnsAnswers: number;
}

/** A connection was refused because of where it leads. */
export class AddressRefusal extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`${address} is not a public address`);
    this.address = address;
  }
}

/** Errors of name look-ups: an error of the platform does not always say that it is one. */
const lookupErrors = new WeakSet<Error>();

/** True for an error that a name look-up of ours ended with. */
export function isLookupError(error: Error): boolean {
  return lookupErrors.has(error);
}

type Answer = string | LookupAddress[];

/** `lookup` within `rules`. */
export function guardedLookup(lookup: TellingLookup, rules: AddressRules): TellingLookup {
  return (hostname, options, callback, tell) => {
    const check: typeof callback = (error, answer, family) => {
      if (error !== null && error !== undefined) {
        lookupErrors.add(error);
        return callback(error, answer, family);
      }
      const allowed = allow(answer, rules);
      if (allowed instanceof AddressRefusal) callback(allowed, '', 0);
      else callback(null, allowed, family);
    };
    lookup(hostname, options, check, tell);
  };
}

function allow(answer: Answer, { publicAddressesOnly, maxDnsAnswers }: AddressRules): Answer | AddressRefusal {
  if (typeof answer === 'string')
    return !publicAddressesOnly || isPublicAddress(answer) ? answer : new AddressRefusal(answer);
  const open = publicAddressesOnly ? answer.filter(({ address }) => isPublicAddress(address)) : answer;
  const [first] = answer;
  if (open.length === 0 && first !== undefined) return new AddressRefusal(first.address);
  return open.length > maxDnsAnswers ? open.slice(0, maxDnsAnswers) : open;
}
