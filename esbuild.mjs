// Bundles: client, server and command line for node, client and server for editors in a browser; copies the grammars. `--watch` builds again on every change.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

mkdirSync('dist', { recursive: true });
for (const grammar of JSON.parse(readFileSync('syntaxes/grammars.json', 'utf8'))) {
  const from = join('node_modules', grammar.package, grammar.file);
  const found = createHash('sha256').update(readFileSync(from)).digest('hex');
  if (found !== grammar.sha256) throw new Error(`${from} is not the file syntaxes/grammars.json names (sha256 ${found}). Was ${grammar.package} updated? Change both together.`);
  copyFileSync(from, join('dist', grammar.file));
}

/**
 * Writes bundles in ASCII: for one letter beyond Latin, V8 keeps the whole text in two bytes a letter as long as the process runs, and takes longer to read it.
 * esbuild writes strings so by itself and leaves regular expressions as they are; an escape says the same in both.
 */
const ascii = {
  name: 'ascii',
  setup(build) {
    build.onEnd(({ outputFiles }) => {
      for (const { path, text } of outputFiles ?? []) {
        if (/\.raw`[^`]*[^\0-\x7f]/.test(text)) throw new Error(`${path} has a raw template with letters that are not ASCII: an escape would be another text there. Write it as a string.`);
        writeFileSync(path, path.endsWith('.js') ? text.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`) : text);
      }
    });
  },
};

/** What all bundles have in common. */
const every = {
  bundle: true, format: 'cjs', sourcemap: !production, minify: production, legalComments: 'none', logLevel: 'warning',
  mainFields: ['module', 'main'], external: ['vscode'], write: false, plugins: [ascii],
};
/** For node they are CommonJS, web-tree-sitter's other form among it, and have no import(): code that is kept runs without node's own loader. */
const node = {
  ...every, platform: 'node', target: 'node20', alias: { 'web-tree-sitter': createRequire(import.meta.url).resolve('web-tree-sitter') }, supported: { 'dynamic-import': false },
  define: { __SHIPWORTHY_VERSION__: JSON.stringify(version) },
};

/** In a browser the grammars' runtime is handed its code, so that where it is itself does not matter; what it would ask of node is never reached. */
const web = {
  ...every, platform: 'browser', target: 'es2022', mainFields: ['browser', 'module', 'main'], alias: { 'node:crypto': './engine/web/crypto.ts' }, inject: ['engine/web/globals.ts'], external: ['vscode', 'fs/promises', 'module'],
  define: { __SHIPWORTHY_VERSION__: JSON.stringify(version), 'import.meta.url': JSON.stringify('https://localhost/') },
};

const builds = [
  { ...node, entryPoints: { client: 'client/extension.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { server: 'server/start.ts', 'language-server': 'server/node.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { cli: 'cli/main.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  { ...web, entryPoints: { 'web-client': 'client/web-extension.ts' }, outdir: 'dist' },
  { ...web, entryPoints: { 'web-server': 'server/web.ts' }, outdir: 'dist', format: 'iife' },
];
const only = process.argv.find((each) => each.startsWith('--only='))?.slice('--only='.length);
const wanted = builds.filter((each) => !only || only.split(',').includes(Object.keys(each.entryPoints)[0]));

if (watch) for (const each of wanted) await (await esbuild.context(each)).watch();
else await Promise.all(wanted.map((each) => esbuild.build(each)));
