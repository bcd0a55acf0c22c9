// When a server says to come back: RFC 9110 section 10.2.3, with the date forms of section 5.6.7.

/**
 * The wait that a `Retry-After` field asks for, in milliseconds, or null where there is none or it says nothing.
 *
 * @param value The field; several in one answer are joined by commas, and then the longest counts.
 * @param date The answer's `Date` field: a date is measured against the server's own clock, which may be wrong.
 * @param now Milliseconds since 1970, for an answer without a readable `Date`.
 */
export function parseRetryAfter(value: string | null, date: string | null, now: number): number | null {
  if (value === null) return null;
  const base = (date === null ? null : parseHttpDate(date, now)) ?? now;
  const waits = fieldsOf(value).map((field) => waitOf(field, base));
  const readable = waits.filter((wait) => wait !== null);
  return readable.length === 0 ? null : Math.max(...readable);
}

/** A date holds a comma after the name of its day; every other comma parts two fields. */
function fieldsOf(value: string): string[] {
  return value
    .slice(0, 500)
    .split(/(?<!\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*),/i)
    .map((field) => field.trim());
}

/** Seconds are `1*DIGIT`; nine digits are 31 years, and more of them are no time that anybody means. */
function waitOf(field: string, base: number): number | null {
  if (/^\d{1,9}$/.test(field)) return Number(field) * 1000;
  const date = parseHttpDate(field, base);
  return date === null ? null : Math.max(0, date - base);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const DATE_FORMS = [
  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
  /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) gmt$/i,
  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
  /^[a-z]{6,9}, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) gmt$/i,
  // asctime: Sun Nov  6 08:49:37 1994
  /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2}) (?<year>\d{4})$/i,
];

/** Milliseconds since 1970 of an HTTP date in any of its three forms, or null. */
export function parseHttpDate(text: string, now: number): number | null {
  for (const form of DATE_FORMS) {
    const parts = form.exec(text.trim())?.groups;
    if (parts !== undefined) return timeOf(parts, now);
  }
  return null;
}

function timeOf(parts: Record<string, string | undefined>, now: number): number | null {
  const month = MONTHS.indexOf((parts['month'] ?? '').toLowerCase());
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]));
  if (month === -1 || day === undefined || hour === undefined || minute === undefined || second === undefined)
    return null;
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  return Date.UTC(fullYear(parts['year'] ?? '', now), month, day, hour, minute, second);
}

/** Two digits more than 50 years ahead are a year of the past (RFC 9110 section 5.6.7). */
function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits);
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + Number(digits);
  return year > thisYear + 50 ? year - 100 : year;
}
