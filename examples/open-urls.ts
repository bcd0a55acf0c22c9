import { spawnSampleOrigin } from '@cotask/test-servers';

/** URLs to read; closing them ends whatever serves them. */
export interface OpenUrls extends AsyncDisposable {
  readonly urls: readonly string[];
  close(): Promise<void>;
}

/** The URLs of the command line; without any, three that an origin of our own serves until they are closed. */
export async function openUrls(words: readonly string[] = process.argv.slice(2)): Promise<OpenUrls> {
  if (words.length > 0) return closable(words, async () => {});
  const origin = await spawnSampleOrigin({ files: 3, calm: true });
  return closable(origin.urls, () => origin.close());
}

function closable(urls: readonly string[], close: () => Promise<void>): OpenUrls {
  return { urls, close, [Symbol.asyncDispose]: close };
}
