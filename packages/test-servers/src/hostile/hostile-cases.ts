import { codingCases } from './coding-cases.ts';
import { endingCases } from './ending-cases.ts';
import { framingCases } from './framing-cases.ts';
import { headCases } from './head-cases.ts';
import type { HostileCase, HostilePlay } from './hostile-case.ts';
import { nameCases } from './name-cases.ts';
import { rangeCases } from './range-cases.ts';
import { redirectCases } from './redirect-cases.ts';
import { silenceCases } from './silence-cases.ts';
import { statusCases } from './status-cases.ts';

/** The cases with the code that plays them. */
export const hostilePlays: readonly HostilePlay[] = [
  ...silenceCases,
  ...endingCases,
  ...framingCases,
  ...headCases,
  ...codingCases,
  ...redirectCases,
  ...rangeCases,
  ...statusCases,
  ...nameCases,
];

/**
 * Everything the hostile origin can do, by theme: time, endings, framing, heads, codings, redirects, ranges, statuses,
 * names.
 */
export const hostileCases: readonly HostileCase[] = hostilePlays.map(({ play: _play, ...entry }) => entry);

/** @throws RangeError when there is no such case. */
export function hostileCase(name: string): HostileCase {
  const found = hostileCases.find((entry) => entry.name === name);
  if (found === undefined) throw new RangeError(`There is no hostile case "${name}".`);
  return found;
}
