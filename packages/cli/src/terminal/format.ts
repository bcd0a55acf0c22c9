// Numbers for people.

/** `1,234`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `3 files`, `1 file`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `45.2 MB`, in steps of 1,000. */
export function bytes(value: number): string {
  let unit = 0;
  let size = value;
  while (size >= 999.5 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 99.95 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}

/** `850 ms`, `3.4 s`, `2:05 min`, `1:02:05 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (part: number): string => String(part).padStart(2, '0');
  return hours === 0 ? `${minutes}:${pad(rest)} min` : `${hours}:${pad(minutes)}:${pad(rest)} h`;
}

/** Cuts a text to so many characters, in the middle: the ends of a URL say most. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const front = Math.ceil((longest - 1) / 3);
  return `${text.slice(0, front)}…${text.slice(text.length - (longest - 1 - front))}`;
}

/** Text from a server or a list, safe to print: no control characters that a terminal would obey, one line. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}
