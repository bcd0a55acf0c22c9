// How large the built kernel is in a user's bundle, as esbuild makes it and gzip -9 packs it, held to size-limits.json: `bar`
// is what is aimed at, `ceiling` what must not be passed meanwhile. `node scripts/bundle-size.mjs` prints what is in each.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const kernel = fileURLToPath(new URL('../packages/cotask', import.meta.url));

const programs = {
  'run + sleep + gather': "export { run, sleep, gather } from 'cotask';",
  everything: "export * from 'cotask';",
};

const limits = JSON.parse(readFileSync(new URL('size-limits.json', import.meta.url), 'utf8'));

/** The files of a bundle that are loaded with its entry; what is loaded later, by `import()`, does not count. */
const loadedAtOnce = (outputs) => {
  const loaded = new Set();
  const load = (file) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { path, kind } of outputs[file].imports) if (kind === 'import-statement') load(path);
  };
  for (const [file, { entryPoint }] of Object.entries(outputs)) if (entryPoint === '<stdin>') load(file);
  return loaded;
};

const bundle = async (contents) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: kernel, loader: 'js' },
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    outdir: kernel,
    absWorkingDir: kernel,
    write: false,
    metafile: true,
  });
  const loaded = loadedAtOnce(metafile.outputs);
  const files = outputFiles.filter(({ path }) => loaded.has(relative(kernel, path)));
  const modules = [...loaded].flatMap((file) =>
    Object.entries(metafile.outputs[file].inputs).map(([input, { bytesInOutput }]) => ({
      file: input,
      bytes: bytesInOutput,
    })),
  );
  return { bytes: gzipSync(Buffer.concat(files.map(({ contents: text }) => text)), { level: 9 }).length, modules };
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
