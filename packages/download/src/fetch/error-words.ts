// The HTTP client speaks to programs and names its options; who reads a report has set none of them.

/** The client's phrases that name an option, or its engine's that say nothing, and what stands here instead. */
const PHRASES: readonly (readonly [phrase: RegExp, words: string])[] = [
  [/^the sockRead deadline of (\d+) ms passed/, 'no byte came for $1 ms (the timeout)'],
  [/^the sockConnect deadline of (\d+) ms passed/, 'no connection within $1 ms (the timeout)'],
  [/^the total deadline of (\d+) ms passed/, 'it was not done within $1 ms (all the time that a try has)'],
  [/^redirected more than (\d+) times; raise maxRedirects if that is meant$/, 'it was redirected more than $1 times'],
  [/ header fields, more than maxHeaders \((\d+)\)/, ' header fields, and $1 are the most that are taken'],
  [/more than maxInformational \((\d+)\) interim responses/, 'more than $1 interim responses'],
  [/; set allowInsecureRedirects to follow it$/, ', and is not followed'],
  [/^(the server ended the connection.*): other side closed \(UND_ERR_SOCKET\)$/, '$1'],
  [/other side closed \(UND_ERR_SOCKET\)$/, 'the server ended the connection'],
  [/Headers Overflow Error$/, 'its head is too large'],
];

/** What happened, in a sentence, without the request in front, which the report names itself. */
export function wordsOf(error: unknown): string {
  const words = error instanceof Error ? withoutRequest(error) : String(error);
  return PHRASES.reduce((text, [phrase, instead]) => text.replace(phrase, instead), words);
}

function withoutRequest(error: Error): string {
  const { message } = error;
  if (!('url' in error) || !('method' in error)) return message;
  const line = `${String(error.method)} ${String(error.url)}: `;
  return message.startsWith(line) ? message.slice(line.length) : message;
}
