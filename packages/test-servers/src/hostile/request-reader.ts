// Just enough of HTTP/1.1 to hear what a client asks for, with every byte of its head kept: Node's parser would refuse
// or tidy up what a test wants to see.

/** A request head as it was sent. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** Names in lower case; of a repeated field, the first value. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Cuts a connection's bytes into requests; their bodies are read and dropped. */
export class RequestReader {
  #unread = '';

  /** Adds what arrived. False when the client has sent over 1 MiB without ending a request. */
  push(chunk: Buffer): boolean {
    this.#unread += chunk.toString('latin1');
    return this.#unread.length <= LIMIT;
  }

  /** Whether anything of a further request is here. */
  get holdsMore(): boolean {
    return this.#unread.length > 0;
  }

  /** The next request that is here in full, or null. */
  next(): RequestHead | null {
    const end = this.#unread.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const head = parseHead(this.#unread.slice(0, end));
    const bodyEnd = endOfBody(this.#unread, end + 4, head.headers);
    if (bodyEnd === null) return null;
    this.#unread = this.#unread.slice(bodyEnd);
    return head;
  }
}

const LIMIT = 1024 * 1024;

function parseHead(text: string): RequestHead {
  const [requestLine = '', ...lines] = text.split('\r\n');
  const [method = '', target = ''] = requestLine.split(' ');
  const rawHeaders = lines.map(parseField);
  const headers: Record<string, string> = {};
  for (const [name, value] of rawHeaders) headers[name.toLowerCase()] ??= value;
  return { method, target, rawHeaders, headers };
}

function parseField(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** Where the body that begins at `start` ends, or null while it is not here in full. */
function endOfBody(text: string, start: number, headers: Readonly<Record<string, string>>): number | null {
  if (headers['transfer-encoding'] !== undefined) {
    const last = text.startsWith('0\r\n\r\n', start) ? start - 2 : text.indexOf('\r\n0\r\n\r\n', start);
    return last < 0 ? null : last + 7;
  }
  const end = start + Number(headers['content-length'] ?? 0);
  return text.length < end ? null : end;
}
