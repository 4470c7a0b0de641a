/** The measurements behind `npm run bench`; run.mjs bundles and starts this. Prints one JSON line; `squiggled` is a Python file that shows a finding. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Keeping } from '../engine/audit/kept';
import { openSession } from '../engine/audit/open';
import type { Session } from '../engine/audit/session';
import type { Grammars } from '../engine/syntax/grammars';
import { grammarOf } from '../engine/syntax/language';
import { kindOf } from '../engine/files/kind';
import { roleOf } from '../engine/files/role';
import { grammarsIn } from '../engine/node/grammars';
import { openDisk } from '../engine/workspace/disk';
import { openMemory } from '../engine/workspace/memory';

interface Row { readonly what: string; readonly milliseconds: number; readonly note?: string }

const [folder = '.', dist = 'dist'] = process.argv.slice(2);

async function main(): Promise<void> {
  const grammars = await grammarsIn(dist);
  const workspace = openDisk(folder);
  const { entries } = await workspace.list();
  const sources = entries.filter((entry) => grammarOf(entry.path) !== undefined && roleOf(entry.path) === 'production').flatMap((entry) => {
    const text = readFileSync(join(folder, entry.path), 'utf8');
    return [{ path: entry.path, text }];
  });
  const rows: Row[] = [];
  let squiggled: string | undefined;
  for (let round = 0; round < 2; round++) parseAll(grammars, sources); // warm
  const parse = best(3, () => parseAll(grammars, sources));
  rows.push({ what: 'parse alone', milliseconds: parse, note: `${sources.length} files, ${lines(sources)} lines` });

  const session = openSession({ workspace, grammars });
  const first = await timed(() => session.refresh());
  rows.push({ what: 'first scan, cold code', milliseconds: first });
  session.dispose();
  const warm: number[] = [];
  for (let round = 0; round < 3; round++) {
    const again = openSession({ workspace: openDisk(folder), grammars });
    warm.push(await timed(() => again.refresh()));
    if (round < 2) { again.dispose(); continue; }
    rows.push({ what: 'first scan, warm code', milliseconds: Math.min(...warm), note: `${again.audits()[0]?.files.read ?? 0} files read` });
    squiggled = again.audits().flatMap(({ outcomes }) => outcomes.flatMap(({ findings }) => findings)).find(({ path, confidence }) => path.endsWith('.py') && confidence !== 'possible')?.path;
    again.touch();
    rows.push({ what: 'second scan, all touched', milliseconds: await timed(() => again.refresh()) });
    rows.push({ what: 'second scan, nothing changed', milliseconds: await timed(() => again.refresh()) });
    again.dispose();
  }
  rows.push(...await kept(grammars));
  rows.push(...await typing(grammars, sources));
  for (const size of [2000, 20_000]) rows.push(...await keystrokes(grammars, sources.map((each) => each.text), size));
  process.stdout.write(`${JSON.stringify({ parse, rows, squiggled })}\n`);
}

/** A scan in another process over files that did not change, beside listing, reading and hashing them. */
async function kept(grammars: Grammars): Promise<Row[]> {
  let text: string | undefined;
  const keeping: Keeping = { edition: '', load: async () => text, save: async (answers) => { text = answers; return undefined; } };
  const first = openSession({ workspace: openDisk(folder), grammars, keeping });
  await first.refresh();
  await first.keep();
  first.dispose();
  const looks: number[] = [];
  const scans: number[] = [];
  for (let round = 0; round < 3; round++) {
    looks.push(await timed(async () => {
      const workspace = openDisk(folder);
      const hash = createHash('sha256');
      for (const { path } of (await workspace.list()).entries) {
        if (kindOf(path) === undefined) continue;
        const reading = await workspace.read(path);
        if ('text' in reading) hash.update(reading.text);
      }
      hash.digest();
    }));
    const session = openSession({ workspace: openDisk(folder), grammars, keeping });
    scans.push(await timed(() => session.refresh()));
    session.audits();
    if (!session.provisional) throw new Error('What was kept was not taken.');
    session.dispose();
  }
  const look = Math.min(...looks);
  return [
    { what: 'listing, reading and hashing alone', milliseconds: look },
    { what: 'second scan, from what was kept', milliseconds: Math.min(...scans), note: `${(Math.min(...scans) / look).toFixed(2)} x of that, ${Math.round((text?.length ?? 0) / 1000)} KB kept` },
  ];
}

/** Letters typed into the project's longest file, with all the other files around it. */
async function typing(grammars: Grammars, sources: readonly { readonly path: string; readonly text: string }[]): Promise<Row[]> {
  const [longest] = sources.filter((each) => each.path.endsWith('.py')).sort((a, b) => b.text.length - a.text.length);
  if (!longest) return [];
  const session = openSession({ workspace: openDisk(folder), grammars });
  await session.refresh();
  const rows = typed(session, longest.path, longest.text, `keystroke in ${lines([longest])} of all lines`);
  session.dispose();
  return rows;
}

/** The same in a file of about `size` lines out of real ones, alone. */
async function keystrokes(grammars: Grammars, texts: readonly string[], size: number): Promise<Row[]> {
  let text = '';
  for (let at = 0, count = 0; count < size && texts.length > 0; at++) { const next = texts[at % texts.length] ?? ''; text += `${next}\n`; count += next.split('\n').length; }
  // Cut before a definition, so that the file is whole but for what is typed.
  text = text.split('\n').slice(0, size).join('\n');
  text = (text.slice(0, Math.max(text.lastIndexOf('\ndef '), text.lastIndexOf('\nclass ')) + 1) || text).replace(/(?:\n@[^\n]*)+\n$/, '\n');
  const session = openSession({ workspace: openMemory({ 'app.py': text, 'requirements.txt': 'flask\n' }), grammars });
  await session.refresh();
  const rows = typed(session, 'app.py', text, `keystroke, ${size} lines`);
  session.dispose();
  return rows;
}

/** Longest time that is typed, in milliseconds. */
const LONGEST = 20_000;

/** A line of little, and one as they are written. */
const LINES = ['value = compute(1)', 'owner = User.query.filter_by(name=request.args.get("name")).first()'];

/** What a letter costs in a function in the middle of a file, where lines are typed over and over above another, at its indentation; their brackets stand open for a while. */
function typed(session: Session, path: string, text: string, what: string): Row[] {
  session.edit(path, text);
  const at = placeIn(text);
  const indentation = /^[ \t]*/.exec(text.slice(at))?.[0] ?? '';
  return LINES.map((line) => {
    const times: number[] = [];
    const begun = performance.now();
    // Where a letter takes a second, thirty tell enough.
    for (let round = 0; round < Math.max(60, 2 * line.length) && (round < 30 || performance.now() - begun < LONGEST); round++) {
      const now = `${text.slice(0, at)}${indentation}${line.slice(0, 1 + (round % line.length))}\n${text.slice(at)}`;
      const start = performance.now();
      session.edit(path, now);
      session.findings(path);
      times.push(performance.now() - start);
    }
    const sorted = times.slice(10).sort((a, b) => a - b);
    const quantile = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return { what: line === LINES[0] ? what : `${what}, a longer line`, milliseconds: quantile(0.5), note: `p95 ${quantile(0.95).toFixed(1)} ms, best ${(sorted[0] ?? 0).toFixed(1)} ms` };
  });
}

/** The start of a statement in a function, as near behind the middle as there is one. */
function placeIn(text: string): number {
  const middle = Math.floor(text.length / 2);
  const statement = /\n(?= {4,}(?:return|if|for|raise|\w+ = )\b)/g;
  statement.lastIndex = middle;
  const found = statement.exec(text);
  return found ? found.index + 1 : text.indexOf('\n', middle) + 1;
}

function parseAll(grammars: Grammars, sources: readonly { readonly path: string; readonly text: string }[]): void {
  for (const { path, text } of sources) {
    const grammar = grammarOf(path);
    if (!grammar) continue;
    const parser = parsers.get(grammar) ?? grammars.parser(grammar);
    parsers.set(grammar, parser);
    parser.parse(text)?.delete();
  }
}
const parsers = new Map<string, ReturnType<Grammars['parser']>>();

function best(rounds: number, run: () => void): number {
  return Math.min(...Array.from({ length: rounds }, () => { const start = performance.now(); run(); return performance.now() - start; }));
}

async function timed(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function lines(sources: readonly { readonly text: string }[]): number {
  return sources.reduce((sum, each) => sum + each.text.split('\n').length, 0);
}

void main();
