/** The header `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date in one of three forms. */

const seconds = /^\d{1,9}$/u;
/** `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const dates = [
  /^[A-Z][a-z]{2}, (?<day>\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/u,
  /^[A-Z][a-z]{5,8}, (?<day>\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/u,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/u,
];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time that an HTTP date says, in milliseconds of `Date.now()`; null for what is none. */
export function parseHttpDate(text: string, now: number = Date.now()): number | null {
  const found = dates.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (found === undefined) return null;
  const { day = '', month = '', year = '', time = '' } = found;
  const [hours = 0, minutes = 0, secs = 0] = time.split(':').map(Number);
  const monthIndex = months.indexOf(month);
  if (monthIndex < 0 || hours > 23 || minutes > 59 || secs > 60) return null;
  const at = Date.UTC(fullYear(year, now), monthIndex, Number(day), hours, minutes, secs);
  return new Date(at).getUTCDate() === Number(day) || secs === 60 ? at : null;
}

/** Two digits mean the last year that ends in them, unless that is 50 years ahead or less. */
function fullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const near = thisYear - (thisYear % 100) + Number(year);
  return near > thisYear + 50 ? near - 100 : near;
}

/**
 * How long a server asks its clients to wait, in milliseconds; null without a `Retry-After` that says so. A date is measured
 * by the response's own `Date` where there is one, as the two clocks may differ; one that has passed is 0.
 */
export function retryAfterOf(value: string | null, date: string | null, now: number = Date.now()): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (seconds.test(text)) return Number(text) * 1000;
  const until = parseHttpDate(text, now);
  if (until === null) return null;
  const since = date === null ? null : parseHttpDate(date.trim(), now);
  return Math.max(0, until - (since ?? now));
}
