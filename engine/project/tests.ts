/** The tests of a project, put together from its test files. */
import type { Evidence, TestFile, TestSuite, Unit } from '../../rules/kit';
import { wordsOf } from '../../rules/kit';

/** Suites that are written in a language of their own. */
const FOREIGN: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/\.feature$/, 'a Gherkin feature'], [/\.robot$/, 'a Robot suite'], [/\.hurl$/, 'a Hurl file'], [/(^|\/)test[^/]*\.tavern\.ya?ml$/, 'a Tavern test'], [/postman_collection\.json$/, 'a Postman collection'], [/(^|\/)bruno\.json$/, 'a Bruno collection'], [/\.(venom|maestro)\.ya?ml$/, 'an end-to-end flow'],
];

export function testSuite(units: readonly Unit[], paths: readonly string[]): TestSuite {
  const all = units.flatMap((unit): readonly TestEntry[] => unit.kind === 'module' && unit.tests ? [{ path: unit.path, tests: unit.tests, inTests: unit.role === 'test' }] : []);
  // A production file named like a test counts only when it holds some.
  const read = all.filter((each) => each.inTests || each.tests.cases > 0);
  const files = read.filter((each) => each.tests.cases > 0);
  const sum = (of: (file: TestFile) => number) => read.reduce((total, each) => total + of(each.tests), 0);
  let names: ReadonlyMap<string, string> | undefined;
  let visited: ReadonlyMap<string, readonly Visit[]> | undefined;
  return {
    files, cases: sum((each) => each.cases), assertions: sum((each) => each.assertions), tools: mostUsed(files.flatMap((each) => each.tests.tool ?? [])),
    foreign: paths.flatMap((path) => FOREIGN.filter(([pattern]) => pattern.test(path)).map(([, text]): Evidence => ({ path, start: 0, end: 0, text }))),
    clients: clientsOf(read),
    mentions(name) {
      names ??= namesOf(read);
      return names.get(name.toLowerCase());
    },
    visits(path) {
      visited ??= visitsOf(read);
      const segments = segmentsOf(path);
      const key = segments.findLast((each) => each !== ANY);
      return key === undefined ? undefined : visited.get(key)?.find((visit) => ends(visit.segments, segments))?.path;
    },
  };
}

interface TestEntry { readonly path: string; readonly tests: TestFile; readonly inTests: boolean }

function mostUsed(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function clientsOf(read: readonly TestEntry[]): TestSuite['clients'] {
  const by = mostUsed(read.flatMap((each) => each.tests.client?.by ?? []));
  return by.flatMap((name) => {
    const files = read.flatMap((each) => each.tests.client?.by === name ? [{ path: each.path, ...each.tests.client }] : []);
    const [first] = files;
    return first ? [{ path: first.path, start: first.start, end: first.end, text: name, files: files.length }] : [];
  });
}

/** Whole names, and the words they are made of. */
function namesOf(read: readonly TestEntry[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { path, tests } of read) {
    for (const name of tests.names) for (const each of [name.toLowerCase(), ...wordsOf(name)]) if (!found.has(each)) found.set(each, path);
  }
  return found;
}

// ---- paths

interface Visit { readonly path: string; readonly segments: readonly string[] }
const ANY = '*';

/** `/orders/<int:id>/refund` and `/orders/{id}/refund` are `orders`, anything, `refund`. */
function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter(Boolean).map((each) => /[<{:$(%*^[\\]/.test(each) ? ANY : each.toLowerCase());
}

function visitsOf(read: readonly TestEntry[]): ReadonlyMap<string, readonly Visit[]> {
  const found = new Map<string, Visit[]>();
  for (const { path, tests } of read) {
    for (const each of tests.paths) {
      const segments = segmentsOf(each);
      for (const segment of new Set(segments)) {
        const list = found.get(segment) ?? [];
        list.push({ path, segments });
        found.set(segment, list);
      }
    }
  }
  return found;
}

/** One ends like the other, in one word at least: prefixes are often a variable of the tests, or unknown of the route. */
function ends(a: readonly string[], b: readonly string[]): boolean {
  const pairs = Array.from({ length: Math.min(a.length, b.length) }, (_, back) => [a[a.length - 1 - back], b[b.length - 1 - back]] as const);
  return pairs.every(([one, other]) => one === other || one === ANY || other === ANY) && pairs.some(([one, other]) => one === other && one !== ANY);
}
