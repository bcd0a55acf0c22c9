/** A program of a test, in a file of its own. */
import { build } from 'esbuild';
import { join } from 'node:path';

/** The program in one file of JavaScript, as users run it: to strip types takes Node 40 MB. */
export async function buildProgram(program: string, folder: string): Promise<string> {
  const outfile = join(folder, 'program.cjs');
  const conditions = ['cotask-source'];
  await build({ entryPoints: [program], outfile, bundle: true, platform: 'node', format: 'cjs', conditions });
  return outfile;
}
