import { styleText } from 'node:util';

/** Colours for one stream: none where it is no terminal, where `NO_COLOR` is set or where the terminal has none. */
export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  busy(text: string): string;
  faint(text: string): string;
  strong(text: string): string;
}

/** The palette of a stream. */
export function paletteFor(stream: NodeJS.WriteStream): Palette {
  const style =
    (format: 'green' | 'red' | 'cyan' | 'dim' | 'bold') =>
    (text: string): string =>
      isColoured(stream) ? styleText(format, text, { validateStream: false }) : text;
  return { good: style('green'), bad: style('red'), busy: style('cyan'), faint: style('dim'), strong: style('bold') };
}

/** https://no-color.org: set and not empty means none. */
function isColoured(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, TERM } = process.env;
  return stream.isTTY && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb' && stream.hasColors();
}
