import { describe, expect, test } from 'vitest';
import { checkUrl, isListedUrl } from './check-url.ts';

const at = { line: 7, offset: 99 };

function reasonOf(text: string): string {
  const entry = checkUrl(text, at);
  if (isListedUrl(entry)) throw new Error(`${text} was taken as ${entry.href}`);
  expect(entry).toMatchObject(at);
  return entry.reason;
}

describe('checkUrl', () => {
  test('normalises a URL, takes its fragment away and keeps its place', () => {
    expect(checkUrl('HTTP://Example.COM:80/a/../B?x=1#part', at)).toEqual({
      ...at,
      href: 'http://example.com/B?x=1',
      host: 'example.com',
      authorization: null,
      identity: 'http://example.com/B?x=1',
    });
  });

  test('keeps the port in the key of the host', () => {
    expect(checkUrl('http://h:8080/', at)).toMatchObject({ host: 'h:8080' });
  });

  test('turns user and password into a header, and leaves the password out of everything else', () => {
    const entry = checkUrl('https://us%40er:p%C3%A9ss@h/x', at);
    expect(entry).toMatchObject({ href: 'https://h/x', identity: 'https://us%40er@h/x' });
    expect(entry).toMatchObject({ authorization: `Basic ${Buffer.from('us@er:péss').toString('base64')}` });
  });

  test.each([
    ['file:///etc/passwd', 'file: is not downloaded; only http: and https: are'],
    ['ftp://h/x', 'ftp: is not downloaded; only http: and https: are'],
    ['data:,x', 'data: is not downloaded; only http: and https: are'],
    ['javascript:alert(1)', 'javascript: is not downloaded; only http: and https: are'],
    ['example.com/x.jpg', 'the URL has no scheme; did you mean https:// in front?'],
    ['/x.jpg', 'this is not a URL; a line is an absolute URL such as https://example.com/file.jpg'],
    ['hello', 'this is not a URL; a line is an absolute URL such as https://example.com/file.jpg'],
    ['http://[', 'this is not a valid URL'],
    ['http://h:99999/', 'this is not a valid URL'],
    ['https://', 'this is not a valid URL'],
    ['http://a/\thttp://b/', 'a tab stands inside the line; write one URL a line and nothing else'],
    ['http://a/b c', 'a blank stands inside the line; write %20 for a blank in a URL, and one URL a line'],
    ['http://a/\u00a0b', 'a blank stands inside the line; write %20 for a blank in a URL, and one URL a line'],
    ['http://a/k1\rX', 'a control character stands inside the line'],
    ['http://a/\u0085', 'a control character stands inside the line'],
  ])('refuses %j', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  test('shows an excerpt that is short, harmless on a terminal and free of passwords', () => {
    const entry = checkUrl(`ftp://user:secret@h/\u001b[2J${'x'.repeat(500)}`, at);
    if (isListedUrl(entry)) throw new Error('taken');
    expect(entry.excerpt).not.toContain('secret');
    expect(entry.excerpt).not.toContain('\u001b');
    expect(entry.excerpt.length).toBeLessThanOrEqual(80);
  });
});
