/** A body that is compressed while it is sent. */
import { pipeline, Readable } from 'node:stream';
import { makeCompressor, type ContentCoding } from './content-coding.ts';
import type { OpenBody, RequestBody } from './request-body.ts';
import { Upload, type BodyChunk } from './upload.ts';

/** The same body in a content coding; its length is known when it ends. */
export function compressedBody(body: RequestBody, coding: ContentCoding): RequestBody {
  const open = (): OpenBody => {
    const { content, contentType } = body.open();
    return { content: new Upload(compressed(content, coding)), contentType };
  };
  return { ...body, open, length: null };
}

async function* compressed(content: Uint8Array | Upload, coding: ContentCoding): AsyncGenerator<BodyChunk, void, void> {
  const source = Readable.from(content instanceof Upload ? content : [content]);
  const compressor = makeCompressor(coding);
  // Who reads the compressor hears of what goes wrong.
  const piped = pipeline(source, compressor, () => undefined);
  try {
    yield* piped;
  } finally {
    source.destroy();
    piped.destroy();
    if (content instanceof Upload) content.stop();
  }
}
