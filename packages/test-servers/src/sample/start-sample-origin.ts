import { startServer } from '../start-server.ts';
import { SampleCatalogue } from './sample-catalogue.ts';
import { sampleHandler } from './sample-handler.ts';
import { ServedSample } from './sample-origin.ts';
import type { SampleOrigin, SampleOriginOptions } from './sample-origin.ts';

/**
 * Serves a sample set from this process.
 *
 * ```ts
 * import { startSampleOrigin } from '@cotask/test-servers';
 *
 * await using origin = await startSampleOrigin({ files: 40 });
 * const url = origin.urlAt(0);
 * const body = await (await fetch(url)).bytes();
 * console.log(body.length === origin.expected(url).bytes); // true
 * ```
 */
export async function startSampleOrigin(options: SampleOriginOptions = {}): Promise<SampleOrigin> {
  const catalogue = new SampleCatalogue(options);
  const server = await startServer(sampleHandler(catalogue), { record: false, port: options.port ?? 0 });
  return new ServedSample(server.url, catalogue, () => server.close());
}
