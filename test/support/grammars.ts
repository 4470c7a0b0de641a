/** The grammars as the build would put them, straight from the packages that syntaxes/grammars.json names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GrammarName, Grammars } from '../../engine/syntax/grammars';
import { loadGrammars } from '../../engine/syntax/grammars';

const root = join(__dirname, '../..');
let loading: Promise<Grammars> | undefined;

/** Loaded once for all tests of a process. */
export function testGrammars(): Promise<Grammars> {
  return loading ??= load();
}

function load(): Promise<Grammars> {
  const listed = JSON.parse(readFileSync(join(root, 'syntaxes/grammars.json'), 'utf8')) as { name: string; package: string; file: string }[];
  const bytes = new Map(listed.map((each) => [each.name, new Uint8Array(readFileSync(join(root, 'node_modules', each.package, each.file)))]));
  const core = bytes.get('core');
  if (!core) throw new Error('syntaxes/grammars.json names no core');
  bytes.delete('core');
  return loadGrammars({ core, languages: Object.fromEntries(bytes) as Partial<Record<GrammarName, Uint8Array>> });
}
