// How large the built kernel is in a user's bundle, as esbuild makes it and gzip -9 packs it, held to size-limits.json: `bar`
// is what is aimed at, `ceiling` what must not be passed meanwhile. `node scripts/bundle-size.mjs` prints what is in each.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const kernel = fileURLToPath(new URL('../packages/cotask', import.meta.url));

const programs = {
  'run + sleep + gather': "export { run, sleep, gather } from 'cotask';",
  everything: "export * from 'cotask';",
};

const limits = JSON.parse(readFileSync(new URL('size-limits.json', import.meta.url), 'utf8'));

const bundle = async (contents) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: kernel, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    metafile: true,
  });
  const [output] = Object.values(metafile.outputs);
  const modules = Object.entries(output.inputs).map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }));
  return { bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length, modules };
};

/** Measures each program and says how it stands; false when one has passed its ceiling. */
export async function checkBundleSize() {
  let right = true;
  for (const [name, contents] of Object.entries(programs)) {
    const { bytes } = await bundle(contents);
    const { bar, ceiling } = limits[name];
    const limit = Math.max(bar, ceiling);
    console.log(
      `cotask in a bundle, ${name}: ${bytes} bytes gzip, ${bytes > limit ? `MORE THAN ${limit}` : `at most ${limit}`}` +
        `${bytes > bar ? `; ${bytes - bar} over the bar` : ''}`,
    );
    right &&= bytes <= limit;
  }
  return right;
}

if (import.meta.main) {
  for (const [name, contents] of Object.entries(programs)) {
    const { bytes, modules } = await bundle(contents);
    console.log(`${name}: ${bytes} bytes gzip; minified, by module:`);
    for (const each of modules.filter((one) => one.bytes > 0).toSorted((a, b) => b.bytes - a.bytes))
      console.log(`${String(each.bytes).padStart(8)}  ${each.file.replace(/^.*dist\//, '')}`);
  }
}
