/** Tables that read well on a terminal and are Markdown. */

/** One column: its heading, and whether its cells are set to the right. */
export interface Column {
  readonly heading: string;
  readonly right?: boolean;
}

/** Lays out rows of text under headings. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ heading }, i) =>
    Math.max(3, heading.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${columns.map(({ right }, i) => pad(cells[i] ?? '', widths[i] ?? 0, right ?? false)).join(' | ')} |`;
  const rule = columns.map(({ right }, i) => '-'.repeat((widths[i] ?? 3) - 1) + (right ? ':' : '-'));
  return [line(columns.map(({ heading }) => heading)), line(rule), ...rows.map(line)].join('\n');
}

/** A number with as many digits as say something: 1,234; 56.7; 8.90. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A ratio: `12.3×`. */
export function times(value: number): string {
  return Number.isFinite(value) ? `${figure(value)}×` : '-';
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
