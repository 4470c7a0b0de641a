/**
 * Small projects that keep their promises. `expect: id` in a comment at the end of a line, or alone above it, promises a finding there; `^^^` under a line
 * promises its columns; `miss: id -- reason` and `false-alarm: id -- reason` are known errors, and fail on the day they are cured. What is not promised is clean.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../../engine/audit/open';
import type { Finding } from '../../engine/audit/outcome';
import { openDisk } from '../../engine/workspace/disk';
import { testGrammars } from '../support/grammars';

const ROOT = join(__dirname, '../fixtures');

interface Promised { readonly path: string; readonly line: number; readonly rule: string; readonly kind: 'expect' | 'miss' | 'false-alarm'; readonly columns?: readonly [number, number] }

/** Promises of a file, lines from 0. */
function promises(path: string, text: string): Promised[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const said = /#\s*(expect|miss|false-alarm):\s*([\w-]+(?:\s*,\s*[\w-]+)*)/.exec(line);
    if (!said) return [];
    const alone = /^\s*#/.test(line);
    const about = alone ? at + 1 : at;
    const carets = /^\s*#\s*(\^+)\s*$/.exec(lines[about + 1] ?? '');
    const start = carets ? (lines[about + 1] ?? '').indexOf('^') : -1;
    const columns = carets ? [start, start + (carets[1]?.length ?? 0)] as const : undefined;
    return (said[2] ?? '').split(/\s*,\s*/).map((rule): Promised => ({ path, line: about, rule, kind: said[1] as Promised['kind'], ...(columns && { columns }) }));
  });
}

describe('fixtures', () => {
  for (const name of readdirSync(ROOT)) {
    it(`${name} keeps its promises`, async () => {
      const folder = join(ROOT, name);
      const session = openSession({ workspace: openDisk(folder), grammars: await testGrammars() });
      await session.refresh();
      const found = session.audits().flatMap((audit) => audit.outcomes.flatMap((each) => each.findings));
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name).slice(folder.length + 1));
      const promised = files.flatMap((path) => promises(path, readFileSync(join(folder, path), 'utf8')));
      session.dispose();

      const at = (one: Promised) => (finding: Finding) => finding.rule === one.rule && finding.path === one.path && finding.range.start.line === one.line
        && (!one.columns || (finding.range.start.character === one.columns[0] && finding.range.end.character === one.columns[1]));
      const say = (one: { rule: string; path: string }, line: number) => `${one.path}:${line + 1} ${one.rule}`;
      assert.deepEqual({
        broken: promised.filter((one) => one.kind !== 'miss' && !found.some(at(one))).map((one) => say(one, one.line)),
        cured: promised.filter((one) => one.kind === 'miss' && found.some(at(one))).map((one) => say(one, one.line)),
        unpromised: found.filter((finding) => !promised.some((one) => at(one)(finding))).map((finding) => say(finding, finding.range.start.line)),
      }, { broken: [], cured: [], unpromised: [] });
    });
  }
});
