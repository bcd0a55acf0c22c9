/** The options that say whether and within which bounds a body's content codings are undone. */
import { defaultBounds } from '../bounds.ts';
import type { DecodingBounds } from './exchange-plan.ts';
import { hasHeader, mergeHeaders, type HeaderFields } from '../message/request-headers.ts';

/** As the options say it. */
export interface DecodingOptions {
  readonly autoDecompress?: boolean | undefined;
  readonly maxDecompressedSize?: number | undefined;
  readonly maxExpansion?: number | undefined;
}

/** What holds for a session or a request. */
export interface Decoding extends DecodingBounds {
  readonly autoDecompress: boolean;
}

export const defaultDecoding: Decoding = {
  autoDecompress: true,
  maxDecompressedSize: defaultBounds.maxDecompressedSize,
  maxExpansion: defaultBounds.maxExpansion,
};

/** The options over `base`. */
export function resolveDecoding(options: DecodingOptions, base: Decoding): Decoding {
  const { autoDecompress, maxDecompressedSize, maxExpansion } = options;
  if (autoDecompress === undefined && maxDecompressedSize === undefined && maxExpansion === undefined) return base;
  return {
    autoDecompress: autoDecompress ?? base.autoDecompress,
    maxDecompressedSize: maxDecompressedSize ?? base.maxDecompressedSize,
    maxExpansion: maxExpansion ?? base.maxExpansion,
  };
}

/** The fields with a word that nothing is to be coded. */
export function identityOnly(fields: HeaderFields): HeaderFields {
  return hasHeader(fields, 'accept-encoding') ? mergeHeaders(fields, [['accept-encoding', 'identity']]) : fields;
}
