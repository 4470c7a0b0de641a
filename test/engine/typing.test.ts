/** Real files typed in, letter by letter: what an open file says, and what is found in it, is what a reading of its text from nothing gives. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../../engine/audit/open';
import { unitReader } from '../../engine/audit/read';
import { registryOf } from '../../engine/audit/registry';
import type { Session } from '../../engine/audit/session';
import { Documents } from '../../engine/syntax/documents';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { rules } from '../../rules';
import { testGrammars } from '../support/grammars';
import { random } from '../support/random';

/** Many more have been gone through by hand. */
const seed = Number(process.env['SHIPWORTHY_SEED'] ?? 20261129);
const ROUNDS = Number(process.env['SHIPWORTHY_EDITS'] ?? 12);

/** What is typed. */
const LINES = [
  'owner = User.query.filter_by(name=request.args.get("name")).first()', 'if not request.json: return abort(404)', 'for x in range(10): print(x)', 'CACHE[name] = os.environ["KEY"]',
  '# shipworthy: ignore all -- why', 'try: run()', 'with open(path) as file: file.read()', 'from flask import request', 'self.total += 1', 'global COUNT', 'def inner(a, b=1): return eval(a)',
  'raise ValueError(f"no {name}")', 'db.session.execute("SELECT " + name)', '@app.route("/x")', 'urlpatterns = [path("a/", view)]', 'text = """', 'while True: requests.get(url)', 'elif name:', 'app.run(debug=True)',
];
/** What is put in somewhere. */
const PUTS = ['x', ' ', '.', '(', ')', '"', '=', ':', '#', '\n', '_', '\\', '\n    ', 'return ', '"""', 'é', '\r\n', 'await '];

/** Python files of a folder, by their paths in it. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The texts that a file has while it is typed in. */
function* typing(start: string, chance: () => number, rounds: number): Generator<string> {
  const below = (most: number) => Math.floor(chance() * most);
  const pick = (list: readonly string[]) => list[below(list.length)] ?? '';
  let text = start;
  for (let round = 0; round < rounds; round++) {
    const before = text;
    const at = below(text.length + 1);
    const line = text.lastIndexOf('\n', at - 1) + 1;
    if (chance() < 0.5) {
      const indented = `${/^[ \t]*/.exec(text.slice(line))?.[0] ?? ''}${pick(LINES)}`;
      const step = 1 + below(5);
      for (let length = 1; length <= indented.length; length += step) yield text = `${before.slice(0, line)}${indented.slice(0, length)}\n${before.slice(line)}`;
    } else {
      yield text = text.slice(0, at) + pick(PUTS) + text.slice(at + (chance() < 0.2 ? below(9) : 0));
    }
    if (chance() < 0.6) yield text = before;
  }
}

describe('a file that is typed in', function () {
  this.timeout(120_000);
  let grammars: Grammars;
  const { interest } = registryOf(rules);
  before(async () => { grammars = await testGrammars(); });

  it(`says what it says when it is read from nothing (seed ${seed})`, () => {
    const chance = random(seed);
    const files = Object.entries({ ...filesIn('examples/not-ready'), ...filesIn('test/fixtures') }).filter(([, text]) => text.length < 12_000);
    const roots: ReadonlySet<string> = new Set(files.flatMap(([path]) => path.split('/').map((each) => each.replace(/\.\w+$/, ''))));
    for (let file = 0; file < 6; file++) {
      const documents = new Documents(grammars);
      const reader = unitReader(grammars, documents, interest, () => roots);
      const [path, start] = files[Math.floor(chance() * files.length)] ?? ['', ''];
      let count = 0;
      for (const text of [start, ...typing(start, chance, ROUNDS)]) {
        assert.deepEqual(reader.read(path, text, true), reader.read(path, text, false), `SHIPWORTHY_SEED=${seed}: ${path}, text ${count++}`);
      }
      documents.dispose();
    }
  });

  it(`is judged as it is when it is opened (seed ${seed})`, async () => {
    const chance = random(seed + 1);
    const files = filesIn('examples/not-ready');
    const paths = Object.keys(files).sort();
    const path = paths[Math.floor(chance() * paths.length)] ?? '';
    const said = (session: Session) => ({ found: paths.map((each) => session.findings(each)), outcomes: session.audits().map(({ outcomes }) => outcomes) });
    const session = openSession({ workspace: openMemory(files), grammars });
    await session.refresh();
    for (let round = 0; round < 4; round++) {
      let text = files[path] ?? '';
      for (text of typing(text, chance, 2)) session.edit(path, text);
      await session.refresh();
      const fresh = openSession({ workspace: openMemory({ ...files, [path]: text }), grammars });
      await fresh.refresh();
      assert.deepEqual(said(session), said(fresh), `SHIPWORTHY_SEED=${seed}: ${path}, round ${round}`);
      fresh.dispose();
    }
    session.dispose();
  });
});
