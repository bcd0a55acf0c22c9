/** Figures that this project has set itself, and whether they are reached. */
import type { Cost } from './clocks.ts';
import { median } from './statistics.ts';
import { figure, times } from './table.ts';

/** What stands above a column of bars: which figure they are held against. */
export function barHeading(of: keyof Cost): string {
  return of === 'ns' ? 'bar' : 'bar (CPU)';
}

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
  return `${name} costs ${noMore(median(ns) / median(baseNs), most, ` ${base}`)}`;
}

/** `0.74× (bar: at most 0.87×, met)`. */
export function noMore(value: number, most: number, unit = ''): string {
  return `${times(value)}${unit} (bar: at most ${times(most)}, ${verdict(value, value <= most)})`;
}

/** `2.90× (bar: at least 2.50×, met)`. */
export function noLess(value: number, least: number): string {
  return `${times(value)} (bar: at least ${times(least)}, ${verdict(value, value >= least)})`;
}

/** `98.0 MB (bar: at most 160 MB, met)`. */
export function noMoreMegabytes(value: number, most: number): string {
  return `${figure(value)} MB (bar: at most ${figure(most)} MB, ${verdict(value, value <= most)})`;
}

function verdict(value: number, isMet: boolean): string {
  return Number.isNaN(value) ? '-' : isMet ? 'met' : 'missed';
}
