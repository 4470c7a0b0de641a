// Bundles the suites that run inside a real VS Code: every *.test.ts in and under this folder goes into
// out/test/editor/index.js, except those of broken/, which are there to go wrong.
// As a program: node test/editor/build.mjs
import { readdirSync, renameSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');

/**
 * Bundles the entry and every suite in and under a folder into one CommonJS file under out/, where mocha is found beside it.
 * @param {string} [suites]  a folder of this repository with *.test.ts; default this one
 * @returns {Promise<string>} the path of that file: out/test/editor/index.js for test/editor
 * @throws {Error} when the folder holds no suite or is not ours, or esbuild's own error
 */
export async function buildSuites(suites = HERE) {
  const path = relative(ROOT, suites);
  if (path.startsWith('..')) throw new Error(`${suites} is not in this repository.`);
  const to = join(ROOT, 'out', path, 'index.js');
  const files = readdirSync(suites, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('broken/'))
    .sort();
  if (files.length === 0) throw new Error(`There is no *.test.ts in ${suites}.`);
  const part = `${to}.${process.pid}`; // a VS Code that another run has started may be reading the last one
  await build({
    entryPoints: [join(HERE, 'index.ts')],
    outfile: part,
    bundle: true,
    format: 'cjs', // the extension host finds extensionTestsPath with require()
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
    plugins: [importOfAll(suites, files)],
  });
  renameSync(part, to);
  return to;
}

/** `import('every-suite')` in index.ts means all of these files: a list by hand would forget one without a word. */
const importOfAll = (folder, files) => ({
  name: 'every-suite',
  setup(builder) {
    builder.onResolve({ filter: /^every-suite$/ }, ({ path }) => ({ path, namespace: 'suites' }));
    builder.onLoad({ filter: /.*/, namespace: 'suites' }, () => ({
      contents: files.map((name) => `import './${name}';`).join('\n'),
      resolveDir: folder,
    }));
  },
});

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await buildSuites());
