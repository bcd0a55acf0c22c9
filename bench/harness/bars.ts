/** Figures that this project has set itself, and whether they are reached. */
import { median } from './statistics.ts';
import { times } from './table.ts';

/** `10×, met`; a ratio that was not measured is a dash. */
export function bar(wanted: number | undefined, ratio: number): string {
  if (wanted === undefined) return '';
  if (Number.isNaN(ratio)) return `${times(wanted)}, -`;
  return `${times(wanted)}, ${ratio >= wanted ? 'met' : 'missed'}`;
}

/** One line: how many of `base` one of `name` costs, and how many it may. */
export function atMost(
  name: string,
  ns: readonly number[],
  base: string,
  baseNs: readonly number[],
  most: number,
): string {
  const ratio = median(ns) / median(baseNs);
  const verdict = Number.isNaN(ratio) ? '-' : ratio <= most ? 'met' : 'missed';
  return `${name} costs ${times(ratio)} ${base} (bar: at most ${times(most)}, ${verdict})`;
}
