/** HTTP/2 frames as bytes (RFC 9113 section 4), and header blocks without compression (RFC 7541), right or wrong. */

export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flags = { endStream: 1, ack: 1, endHeaders: 4, padded: 8 } as const;

export const settings = { enablePush: 2, maxConcurrentStreams: 3, initialWindowSize: 4, maxFrameSize: 5 } as const;

/** One frame. */
export function frame(type: number, flagBits: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flagBits;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function settingsFrame(values: Readonly<Record<number, number>> = {}): Buffer {
  const entries = Object.entries(values).map(([id, value]) => {
    const entry = Buffer.alloc(6);
    entry.writeUInt16BE(Number(id), 0);
    entry.writeUInt32BE(value, 2);
    return entry;
  });
  return frame(frameTypes.settings, 0, 0, Buffer.concat(entries));
}

/** A 32-bit number as a payload: an error code, a window's increment. */
export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function rstFrame(stream: number, code: number): Buffer {
  return frame(frameTypes.rstStream, 0, stream, word(code));
}

export function goAwayFrame(lastStream: number, code: number): Buffer {
  return frame(frameTypes.goAway, 0, 0, Buffer.concat([word(lastStream), word(code)]));
}

export function dataFrame(stream: number, content: string | Uint8Array, end = false): Buffer {
  return frame(frameTypes.data, end ? flags.endStream : 0, stream, Buffer.from(content));
}

/** Fields as literals that no table keeps. */
export function fieldBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A field that the client's table keeps; it is then number 62. */
export function keptField(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
}

/** A field of the tables, by its number (below 127). */
export function indexedField(index: number): Buffer {
  return Buffer.from([0x80 | index]);
}

/** A whole header block in one frame. */
export function headersFrame(
  stream: number,
  fields: readonly (readonly [string, string])[],
  { end = false }: { end?: boolean } = {},
): Buffer {
  return frame(frameTypes.headers, flags.endHeaders | (end ? flags.endStream : 0), stream, fieldBlock(fields));
}

/** A string literal without Huffman's code. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([prefixed(bytes.length), bytes]);
}

/** An integer with a prefix of seven bits. */
function prefixed(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const bytes = [127];
  let left = value - 127;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}
