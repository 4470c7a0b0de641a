/** The measurements of memory, and of how time grows with a folder, behind `npm run bench`: of a process that does nothing else, since V8 keeps what it once took. Prints one JSON line. */
import { openSession } from '../engine/audit/open';
import type { Session } from '../engine/audit/session';
import { grammarsIn } from '../engine/node/grammars';
import { openDisk } from '../engine/workspace/disk';

interface Row { readonly what: string; readonly milliseconds: number; readonly note: string }

const [folder = '.', dist = 'dist', edited] = process.argv.slice(2);

/** Files that are edited in turn, and how often each is. */
const FILES = 4;
const EDITS = 25;

async function main(): Promise<void> {
  const grammars = await grammarsIn(dist);
  const before = { resident: process.memoryUsage().rss, heap: heap() };
  const workspace = openDisk(folder);
  const session = openSession({ workspace, grammars });
  const begun = performance.now();
  await session.refresh();
  const seconds = (performance.now() - begun) / 1000;
  session.audits();
  const peak = process.resourceUsage().maxRSS * 1024;
  const after = heap();
  const paths = (await workspace.list()).entries.map((each) => each.path);
  // Counted by file: applications side by side share some.
  const texts = paths.flatMap((path) => session.text(path) ?? []);
  const thousands = texts.reduce((sum, text) => sum + text.split('\n').length, 0) / 1000;
  const rows: Row[] = [
    row('seconds for a hundred thousand lines', `${(seconds / thousands * 100).toFixed(1)} s, cold code, ${Math.round(thousands)} thousand in all`),
    row(`memory after a scan of ${texts.length} files`, `${mega(peak)} resident at most, ${mega(after)} heap; before it ${mega(before.resident)} and ${mega(before.heap)}`),
    row('memory for a thousand lines', `${mega((peak - before.resident) / thousands)} resident at most, ${mega((after - before.heap) / thousands)} heap`),
  ];
  if (edited !== undefined) rows.push(await edits(session, paths));
  session.dispose();
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

/** What is left of many edits, with the scan that follows each pause in them. The first round warms up what is made once. */
async function edits(session: Session, paths: readonly string[]): Promise<Row> {
  const texts = paths.filter((path) => path.endsWith('.py')).flatMap((path) => { const text = session.text(path); return text === undefined ? [] : [{ path, text }]; })
    .sort((a, b) => b.text.length - a.text.length).slice(0, FILES);
  const round = async (number: number) => {
    for (const { path, text } of texts) {
      for (let edit = 0; edit < EDITS; edit++) { session.edit(path, `${text}\nvalue_${number} = compute(${'1'.repeat(edit % 20)})\n`); session.findings(path); }
      await session.refresh();
      session.close(path);
    }
    await session.refresh();
  };
  await round(0);
  const before = heap();
  for (let number = 1; number <= 3; number++) await round(number);
  return row(`memory left by ${3 * EDITS * texts.length} edits`, `${mega(heap() - before)} heap`);
}

function row(what: string, note: string): Row {
  return { what, milliseconds: 0, note };
}

/** Bytes in use when all that nobody holds is gone. */
function heap(): number {
  for (let time = 0; time < 3; time++) global.gc?.();
  return process.memoryUsage().heapUsed;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

void main();
