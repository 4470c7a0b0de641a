// Bundles the suites that run inside a real VS Code: every *.test.ts in and under this folder goes into
// out/test/editor/index.js, except those of broken/, which are there to go wrong.
// For an extension host that is a web worker, into index.web.js, without *.node.test.ts, which are about processes and tasks. *.web.test.ts
// are for that host alone.
// As a program: node test/editor/build.mjs
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');

/** Begins a line of a worker's console that is the result of a test. */
export const RESULT = 'shipworthy-result ';

/**
 * Bundles the entry and every suite in and under a folder into one CommonJS file under out/, where mocha is found beside it.
 * @param {string} [suites]  a folder of this repository with *.test.ts; default this one
 * @param {{ grep?: string }} [worker]  for an extension host that is a web worker, which runs only tests whose title matches
 * @returns {Promise<string>} the path of that file: out/test/editor/index.js for test/editor
 * @throws {Error} when the folder holds no suite or is not ours, or esbuild's own error
 */
export async function buildSuites(suites = HERE, worker) {
  const path = relative(ROOT, suites);
  if (path.startsWith('..')) throw new Error(`${suites} is not in this repository.`);
  const to = join(ROOT, 'out', path, worker ? 'index.web.js' : 'index.js');
  const files = readdirSync(suites, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('broken/') && !name.endsWith(worker ? '.node.test.ts' : '.web.test.ts'))
    .sort();
  if (files.length === 0) throw new Error(`There is no *.test.ts in ${suites}.`);
  const part = `${to}.${process.pid}`; // a VS Code that another run has started may be reading the last one
  await build({
    outfile: part,
    bundle: true,
    format: 'cjs', // the extension host finds extensionTestsPath with require()
    sourcemap: 'inline',
    logLevel: 'warning',
    ...(worker ? forWorker(worker) : FOR_NODE),
    plugins: [importOfAll(suites, files), mochaOfBrowsers],
  });
  renameSync(part, to);
  return to;
}

const FOR_NODE = { entryPoints: [join(HERE, 'index.ts')], platform: 'node', target: 'node20', external: ['vscode', 'mocha'] };

const forWorker = ({ grep = '' }) => ({
  entryPoints: [join(HERE, 'index.web.ts')], platform: 'browser', target: 'es2022', external: ['vscode'],
  define: { global: 'globalThis', __RESULT__: JSON.stringify(RESULT), __GREP__: JSON.stringify(grep) },
});

/** Mocha's package says that it is a module, so that esbuild leaves its UMD build unwrapped: it would take our exports for its own. */
const mochaOfBrowsers = {
  name: 'mocha-of-browsers',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]mocha[\\/]mocha\.js$/ }, ({ path }) => ({ contents: `var module, exports, define;\n${readFileSync(path, 'utf8')}`, loader: 'js' }));
  },
};

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
