/**
 * Progress on a terminal: one line that is drawn again a few times a second, and above it, once, what deserves to stay.
 */

import { bytes, count, plural, shorten } from '../terminal/format.ts';
import type { Palette } from '../terminal/palette.ts';
import { Rate } from './rate.ts';
import type { Watch } from './watch.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Clears the line and goes to its start. */
const CLEAR = '\r\u001b[2K';

/** The width of the bar. */
const BAR = 24;

/** What a terminal can do for the line; `process.stderr` is one. */
export interface LineTerminal {
  readonly columns: number | undefined;
  write(text: string): unknown;
}

/** The line. */
export class LiveProgress {
  readonly #terminal: LineTerminal;
  readonly #palette: Palette;
  readonly #watch: Watch;
  readonly #rate: Rate;
  #frame = 0;
  #shown = false;

  constructor(terminal: LineTerminal, palette: Palette, watch: Watch) {
    this.#terminal = terminal;
    this.#palette = palette;
    this.#watch = watch;
    this.#rate = new Rate(watch.began);
  }

  /** Draws the line. */
  draw(now: number): void {
    this.#frame++;
    this.#shown = true;
    this.#terminal.write(CLEAR + this.#line(now));
  }

  /** Prints a line that stays, above the live one. */
  print(text: string): void {
    this.clear();
    this.#terminal.write(`${text}\n`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#shown) this.#terminal.write(CLEAR);
    this.#shown = false;
  }

  /** Cut by its plain text: a line that wraps cannot be drawn over. */
  #line(now: number): string {
    let room = (this.#terminal.columns ?? 80) - 1;
    let line = '';
    for (const [plain, styled] of this.#pieces(now)) {
      if (plain.length + 2 > room) break;
      line += `${line === '' ? '' : '  '}${styled}`;
      room -= plain.length + 2;
    }
    return line;
  }

  #pieces(now: number): [plain: string, styled: string][] {
    const { good, bad, busy, faint, strong } = this.#palette;
    const { files, failed, skipped, retries, underWay, received, stopping, done, parked } = this.#watch;
    const rate = this.#rate.note(now, received);
    const piece = (text: string, style: (text: string) => string): [string, string] => [text, style(text)];
    const pieces = [piece(SPINNER[this.#frame % SPINNER.length] ?? '', busy)];
    if (stopping) pieces.push(piece('stopping', bad));
    if (done !== null) pieces.push(this.#bar(done), piece(`${Math.floor(done * 100)}%`.padStart(4), strong));
    pieces.push(piece(plural(files, 'file'), good), piece(bytes(received), strong));
    if (rate !== null) pieces.push(piece(`${bytes(rate)}/s`, busy));
    pieces.push(piece(`${count(underWay)} under way`, faint));
    if (failed > 0) pieces.push(piece(`${count(failed)} failed`, bad));
    if (retries > 0) pieces.push(piece(plural(retries, 'retry', 'retries'), faint));
    if (parked !== null && parked.until > now) pieces.push(piece(`${shorten(parked.host, 30)} asked to wait`, busy));
    if (skipped > 0) pieces.push(piece(`${count(skipped)} skipped`, faint));
    return pieces;
  }

  #bar(done: number): [plain: string, styled: string] {
    const full = Math.round(Math.min(1, done) * BAR);
    const [left, right] = ['━'.repeat(full), '─'.repeat(BAR - full)];
    return [left + right, this.#palette.good(left) + this.#palette.faint(right)];
  }
}
