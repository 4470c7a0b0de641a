import assert from 'node:assert/strict';
import type { Inventory } from '../../engine/audit/inventory';
import { compared } from '../../report/comparison/compare';
import { MARKDOWN_STYLES, markdown } from '../../report/markdown';
import { demo, mended } from './demo';
import { HOLDING, card, signed } from './fixture';
import type { RuleSpec } from './fixture';
import { ALL, hostile } from './hostile';

/** Lines that are not inside code. */
function outsideCode(text: string): readonly string[] {
  let fence: string | undefined;
  return text.split('\n').filter((line) => {
    const mark = /^ *(`{3,})(?:diff|sh|mermaid)?$/.exec(line)?.[1];
    if (fence === undefined && mark) {
      fence = mark;
      return false;
    }
    if (fence !== undefined && mark === fence) fence = undefined;
    else if (fence === undefined) return true;
    return false;
  });
}

const SPOT = { path: `src/${ALL}/a b|c.py`, line: 4 };
const NAMED = { ...SPOT, text: ALL };

/** The hostile card with hostile tables and code. */
function loaded() {
  const inventory: Inventory = {
    stack: [{ name: ALL, part: 'framework', version: ALL, exact: false, at: SPOT }], scope: { entries: [NAMED], auth: [NAMED], services: [NAMED], fronts: [NAMED] }, scale: { workers: 'one', server: NAMED, database: 'file' },
    routes: Array.from({ length: 30 }, () => ({ methods: ['GET'], path: ALL, handler: ALL, at: SPOT, auth: 'guarded', by: ALL, limit: 'own', csrf: 'exempt' } as const)),
    variables: [{ name: ALL, need: 'required', secret: true, reads: [SPOT, SPOT, SPOT], declared: [{ ...SPOT, kind: 'example' }] }], jobs: [{ name: ALL, when: ALL, by: ALL, at: SPOT }],
    models: [{ name: ALL, at: SPOT, columns: 1, indexes: [{ columns: [ALL], unique: true }], relations: [ALL, 'User'] }], flows: [{ route: ALL, at: SPOT, tests: [ALL] }],
    tests: { cases: 1, files: 1, tools: [ALL] }, markers: { todo: 1, fixme: 0, other: 0, files: 1 }, files: [{ kind: ALL, count: 1 }], failed: [],
  };
  const card = hostile();
  const fix = { title: ALL, changes: [{ path: ALL, line: 0, before: [ALL], after: [ALL, '```'] }], remains: ALL };
  const closeUps = Object.fromEntries(card.results.flatMap((result) => result.findings).map((one) => [one.fingerprint, { line: 3, code: [ALL, '````', ALL], own: [1, 1] as const, fix }]));
  return { ...card, inventory, content: { ...card.content, closeUps } };
}

describe('the Markdown report', () => {
  const text = markdown(demo());
  const headings = outsideCode(text).filter((line) => /^#{1,6} /.test(line));

  it('is in the order of a hand-written audit', () => {
    assert.deepEqual(headings.filter((line) => /^##? /.test(line)), [
      '# Production readiness: bibliotheca', '## Summary', '## Verdict: NOT READY', '## Scope', '## Report card', '## Strengths', '## Findings', '## Controls', '## Critical flows', '## Checklist', '## Sign-offs', '## Plan',
      '## Conclusion', '## Inventory', '## How the score adds up', '## Not applicable', '## Not checked', '## Silenced', '## Notices', '## Method',
    ]);
  });
  it('has headings that skip no level', () => {
    let level = 0;
    for (const heading of headings) {
      const next = heading.indexOf(' ');
      assert.ok(next <= level + 1, heading);
      level = next;
    }
  });
  it('has a section for every severity, and says what was checked where nothing is open', () => {
    assert.deepEqual(headings.filter((line) => /^### (Critical|High|Medium|Low|Info)$/.test(line)).length, 5);
    assert.match(markdown(mended()), /### Critical\n\nNone\. 5 rules of this severity were checked and hold\./);
  });
  it('gives each finding its place, code, reason, remedy, blocking, effort and what if', () => {
    const part = text.slice(text.indexOf('#### <a id="c2"></a>C2.'), text.indexOf('### High'));
    for (const words of [
      '#### <a id="c2"></a>C2. SECRET_KEY falls back to a value that anybody can read here.', '- [`app/config.py:12`](./app/config.py#L12)', 'SECRET_KEY = os.environ.get("SECRET_KEY") or "dev********"',
      '**Blocks shipping:** yes, as everything critical does', '- **Why it matters:** Whoever can read', '- **How to fix:** Refuse to start', '- **Quick fix:** Refuse to start without it (review before applying). Left to do: Set SECRET_KEY',
      '- **Effort:** 0.5–1 h. **Once done:** Overall stays at 59.9, Configuration & secrets 52.9 → 98.8, still NOT READY',
    ]) assert.ok(part.includes(words), words);
  });
  it('shows strengths with their evidence', () => assert.ok(text.includes('- **Passwords are hashed with a slow, salted hash**: bcrypt with 13 rounds ([`app/models.py:10`](./app/models.py#L10))')));
  it('prints the sums that make the scores', () => {
    assert.ok(text.includes('- Above 60 deductions are compressed: 1600 ÷ (63.1 − 20) = 37.1.'));
    assert.ok(text.includes('÷ 100 = 74.4, rounded down.'));
    assert.ok(markdown(mended()).includes('- With nothing silenced it would be 90.2.'));
  });
  it('has tables whose rows are as wide as their heads', () => {
    let width = 0;
    for (const line of [text, ...MARKDOWN_STYLES.map((style) => markdown(loaded(), { style }))].flatMap(outsideCode)) {
      if (!line.startsWith('|')) {
        width = 0;
        continue;
      }
      const cells = line.replaceAll('\\|', '').split('|').length;
      if (width === 0) width = cells;
      assert.equal(cells, width, line);
    }
  });
  it('names conditions where it may ship with them', () => {
    const made = markdown(mended());
    assert.match(made, /## Verdict: READY\n/);
    assert.match(made, /### Conditions\n\n1\. [^\n]*\(\[H1\]\(#h1\), 1 open\)\.\n2\. Backups are written to storage\/backups on the same machine \(\[H2\]\(#h2\), 1 open\)\./);
  });
  it('lets no text of the repository become markup, a link or a control character, in whatever style', () => {
    const made = MARKDOWN_STYLES.flatMap((style) => outsideCode(markdown(loaded(), { style })));
    const bare = made.map((line) => line.replace(/\\[\s\S]/g, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '').replace(/\]\(\.\/[^()\s]*\)/g, '](./)'));
    for (const line of bare) {
      assert.doesNotMatch(line, /<(?!!-- -->|https:\/\/|\/?(?:details|summary)>|a id="[a-z0-9-]*[chmli]\d+">|\/a>)/, line);
      assert.doesNotMatch(line, /!\[|\]\((?!\.\/|#[a-z0-9-]*[chmli]\d+\))|https?:(?!\/\/ok)|www\.|@\w|#\d/, line);
    }
    for (const style of MARKDOWN_STYLES) assert.doesNotMatch(markdown(loaded(), { style }), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
  it('speaks of open rules by their short names, in its own order, and of controls by their titles', () => {
    const said = markdown(card([...HOLDING, { rule: 'a-key', severity: 'critical' }, { rule: 'b-key', severity: 'critical', findings: 2 }], { signoffs: signed([{ control: 'restore-drill', required: true }]) }));
    assert.ok(said.includes('- 2 rules that must hold before this ships are open: [C1](#c1) and [C2](#c2).'), said);
    assert.ok(said.includes('- [C1](#c1) The rule b-key holds (`b-key`)\n- [C2](#c2) The rule a-key holds (`a-key`)\n- Sign-off: restore-drill was done (`restore-drill`)'));
    assert.ok(said.includes('2 of them critical') || said.includes('all of them critical'));
    assert.match(markdown(card(HOLDING, { signoffs: signed([{ control: 'restore-drill', required: true }]) })), /- 1 required sign-off is open: “restore-drill was done” missing\./);
  });
  it('holds what people signed, with who, until when and what they said, and what they are asked for', () => {
    const said = markdown(card(HOLDING, { signoffs: signed([{ control: 'restore-drill', required: true, status: 'passed' }, { control: 'rollback', required: true }, { control: 'pentest' }]) }));
    assert.ok(said.includes('| restore-drill was done | Signed, required | Ada \\<ada@<!-- -->example.org> on 2026-11-01 | 2027-01-30 | It was. Evidence: [`docs/note.md`](./docs/note.md) |'), said);
    assert.ok(said.includes('| rollback was done | Missing, required | – | – | Was rollback done? Evidence: A note. |'));
    assert.ok(said.includes('1 more control can be signed off'));
    const proven = (evidence: string) => markdown(card(HOLDING, { signoffs: signed([{ control: 'drill', status: 'passed', evidence }]) }));
    assert.ok(proven('https://wiki.example.org/drill').includes('Evidence: <https://wiki.example.org/drill> |'));
    for (const odd of ['../../etc/passwd', '/etc/passwd', 'a note <b>', 'javascript:x']) assert.doesNotMatch(proven(odd), /Evidence: [<[]/, odd);
    assert.ok(said.includes('- [x] restore-drill was done (signed by Ada on 2026-11-01, until 2027-01-30)'));
    assert.ok(said.includes('people have to give 1 sign-off before it is READY'));
  });
  it('names gaps by what is wrong, and steps by what their category gains', () => {
    const made = markdown(demo(), { style: 'consultant' });
    const gaps = made.slice(made.indexOf('## Known gaps'), made.indexOf('## Suggested'));
    assert.ok(gaps.includes('- [C2](#c2) SECRET_KEY falls back to a value that anybody can read here. (Configuration & secrets, **blocks**)'), gaps);
    assert.ok(!gaps.includes('The signing key'), gaps);
    assert.match(made, /\. \[C2\]\(#c2\) [^\n]*: Refuse to start[^\n]* \(0\.5–1 h; Configuration & secrets 52\.9 → 98\.8\)/);
  });
  it('says what is missing of a control, and shows a place once', () => {
    const made = markdown(card([{ rule: 'csp-missing' }, { rule: 'metrics-missing', state: 'holds', evidence: ['counted', 'counted', 'timed'] }]));
    assert.ok(made.includes('| Content security policy | ❌ missing | [M1](#m1) csp-missing does not hold here. |'));
    assert.ok(markdown(card([{ rule: 'error-handler-missing', state: 'not-applicable', reason: 'The framework answers.' }, { rule: 'error-detail-leaked', message: 'It leaks.' }])).includes('It leaks. The framework answers. |'));
    assert.match(made, /\| Metrics \| ✅ in place \| counted \([^|]*\); timed \([^|]*\) \|/);
  });
  it('names what is new by its finding, and what is gone with what proves it or is left of it', () => {
    const of = card([...HOLDING, { rule: 'left', findings: 2 }, { rule: 'mended', title: 'All is mended', state: 'holds', evidence: ['it is off'] }]);
    const gone = (rule: string, digit: string) => ({ fingerprint: digit.repeat(16), rule, severity: 'medium', path: 'old.py', shape: '' } as const);
    const [known] = of.results.flatMap((result) => result.findings);
    const base = { kind: 'baseline', file: 'b.json', entries: 3 } as const;
    const [against] = compared([of], { base, known: [gone('mended', 'e'), gone('left', 'f'), ...(known ? [{ ...gone('left', '0'), fingerprint: known.fingerprint, path: known.path }] : [])], gone: () => false });
    const said = markdown(against ?? assert.fail());
    assert.ok(said.includes('New:\n\n- [M1](#m1) left does not hold here. ([`app.py:2`](./app.py#L2))\n\nGone:'), said);
    assert.ok(said.includes('- ✅ All is mended (`mended` in `old.py`): it is off ([`app.py:10`](./app.py#L10))'));
    assert.ok(said.includes('- ✅ The rule left holds (`left` in `old.py`); 2 places of it are left'));
  });
  it('keeps the findings of several applications of one document apart', () => {
    const [one, two] = ['', 'services/Shop 2'].map((root) => markdown(card([{ rule: 'a' }], { project: { name: 'x', root, frameworks: [], deployable: true } })));
    assert.ok(one?.includes('<a id="m1"></a>M1.') && one.includes('[M1](#m1)'));
    assert.ok(two?.includes('<a id="services-shop-2-m1"></a>M1.') && two.includes('[M1](#services-shop-2-m1)') && !two.includes('](#m1)'));
  });
  it('says of nothing that it could not be checked, and not that it lacks sign-offs alone', () => {
    const made = markdown(card([{ rule: 'a', category: 'documentation', state: 'holds' }], { files: { seen: 0, read: 0, parsed: 0, lines: 0, routes: 0 } }));
    assert.match(made, /### What would make it READY\n\n- Beyond what rules can mend: Nothing that decides/);
    assert.ok(made.includes('No file could be analysed, so there is no letter.') && made.includes('| no file could be analysed |'));
    assert.doesNotMatch(made, /Only 0 %|only 0 %/);
  });
  it('says None where there is nothing', () => {
    const made = markdown(card(HOLDING));
    for (const section of ['Not applicable', 'Not checked', 'Silenced', 'Notices']) assert.ok(made.includes(`## ${section}\n\nNone.`), section);
  });
  it('says of what does not apply that it was not seen, and no more', () => {
    const said = /## Not applicable\n\nWhat these rules are about was not seen in the project\. .* no proof that it is not there\.\n\n/;
    assert.match(text, said);
    assert.doesNotMatch(markdown(card(HOLDING)), said);
  });
  it('makes the same bytes of the same card, and ends with one line break', () => {
    assert.equal(markdown(demo()), text);
    assert.match(text, /[^\n]\n$/);
  });
  it('shows code from near with its lines, and a fix as a diff of them', () => {
    const card = demo();
    const finding = card.results.find((result) => result.rule === 'secret-key-default')?.findings[0];
    assert.ok(finding);
    const fix = { title: 'Refuse to start without it', changes: [{ path: 'app/config.py', line: 11, before: ['KEY = get("KEY", "***")'], after: ['KEY = environ["KEY"]'] }] };
    const made = markdown({ ...card, content: { ...card.content, closeUps: { [finding.fingerprint]: { line: 10, code: ['import os', 'KEY = get("KEY", "***")', ''], own: [1, 1], fix } } } });
    assert.ok(made.includes('  ```\n    11  import os\n  > 12  KEY = get("KEY", "***")\n    13\n  ```\n'));
    assert.ok(made.includes('`app/config.py:12`:\n\n```diff\n- KEY = get("KEY", "***")\n+ KEY = environ["KEY"]\n```'));
  });
  it('names the other places of a rule by file, and shows the code of a place once', () => {
    const findings = Array.from({ length: 9 }, (_, index) => ({ path: index < 6 ? 'a.py' : 'b.py', line: index + 1 }));
    const made = markdown(card([{ rule: 'many', severity: 'medium', findings }, { rule: 'zoo', severity: 'medium', findings: [{ path: 'a.py', line: 1 }] }]));
    assert.ok(made.includes('- and 6 more places: `a.py` ([4](./a.py#L4), [5](./a.py#L5), [6](./a.py#L6)), `b.py` ([7](./b.py#L7)'), made);
    assert.equal(made.split('x = 1').length - 1, 3);
  });
  it('has dates where the day is known on which the work begins', () => {
    assert.match(markdown(demo(), { start: '2026-11-21' }), /Together [\d.–]+ h, from 2026-11-23 to 2026-1\d-\d\d for one person\./);
    assert.doesNotMatch(text, /for one person/);
  });
  it('counts routes in a sentence, and leaves out what there is none of', () => {
    const spot = { path: 'a.py', line: 0 };
    const route = (auth: 'guarded' | 'public', limit: 'own' | 'none', path: string) => ({ methods: ['POST'], path, handler: 'h', at: spot, auth, limit, csrf: 'unchecked' } as const);
    const said = (routes: Inventory['routes']) => markdown({ ...demo(), inventory: { ...demo().inventory, routes } }).split('\n').find((line) => line.includes(' who is there before ')) ?? '';
    assert.equal(said([route('guarded', 'none', '/a')]), '1 of 1 route asks who is there before it runs. None has a rate limit. 1 that trusts a cookie is not checked for where a request comes from.');
    assert.match(said([route('guarded', 'own', '/a'), { ...route('public', 'none', '/b'), by: 'AllowAny' }]), /^1 of 2 routes asks who is there before it runs and 1 is open because the code says so\./);
    assert.equal(
      said([route('guarded', 'own', '/a'), route('guarded', 'none', '/b'), route('public', 'none', '/login')]),
      '2 of 3 routes ask who is there before they run and 1 is open as the name says (login, health and the like). 1 has a rate limit. 3 that trust a cookie are not checked for where a request comes from.',
    );
  });
  it('does not name the place of a finding again beside it', () => {
    const at = { path: 'a.py', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } } };
    const made = markdown(card([{ rule: 'a', severity: 'high', findings: [{ path: 'a.py', line: 1, related: [{ ...at, text: 'the same line' }, { ...at, path: 'b.py', text: 'elsewhere' }] }] }]));
    assert.deepEqual([made.includes('the same line'), made.includes('elsewhere')], [false, true]);
  });
  it('says how the plan is ordered', () => {
    assert.match(markdown(card([{ rule: 'a' }], {}, { planOrder: 'points' })), /phase, what regains most points an hour comes first\./);
    assert.match(text, /phase, what by itself lifts the verdict comes first/);
  });
  it('counts in brief what it does not name', () => {
    const rules = Array.from({ length: 15 }, (_, index): RuleSpec => ({ rule: `r${index}`, severity: index < 10 ? 'medium' : 'low' }));
    assert.ok(markdown(card(rules), { style: 'brief' }).includes('… and 3 more rules: 3 low.'));
  });
  it('is a page in brief, boxes as a checklist, and domains as a consultant writes them', () => {
    const second = (style: 'brief' | 'checklist' | 'consultant') => markdown(demo(), { style }).split('\n').filter((line) => line.startsWith('## '));
    assert.deepEqual(second('brief'), ['## Summary', '## Verdict: NOT READY', '## Report card', '## First things', '## Conclusion']);
    assert.deepEqual(second('checklist'), ['## Summary', '## Checklist', '## Sign-offs', '## Variables to set', '## Next audit']);
    assert.deepEqual(second('consultant'), ['## Summary', '## Scope', '## Readiness by domain', '## Sign-offs', '## Known gaps (observed 2026-11-20)', '## Suggested next steps (small → impactful)', '## Conclusion']);
    assert.ok(markdown(demo(), { style: 'brief' }).split('\n').length < 80);
    assert.match(markdown(demo(), { style: 'checklist' }), /- \[ \] .* → C2/);
  });
});
