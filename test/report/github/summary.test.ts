import assert from 'node:assert/strict';
import type { ReportCard } from '../../../report/card';
import { compared } from '../../../report/comparison/compare';
import { githubComment, githubSummary } from '../../../report/github/summary';
import { demo, mended } from '../demo';
import { HOLDING, card, signed } from '../fixture';
import { hostile } from '../hostile';

const HERE = {};
const size = (text: string) => Buffer.byteLength(text, 'utf8');
const large = (name: string) => card([{ rule: 'a', severity: 'low', message: `Ünderlined ${'very '.repeat(60)}long.`, findings: 6000 }, { rule: 'b', severity: 'critical', message: 'This blocks.' }],
  { project: { name, root: name, frameworks: [], deployable: true } });

function againstBase(of: ReportCard): ReportCard {
  const base = { kind: 'baseline', file: '.shipworthy/baseline.json', entries: 1 } as const;
  const known = [
    ...of.results.flatMap((result) => result.findings).filter((one) => one.rule !== 'csrf-missing').map(({ fingerprint, rule, severity, path }) => ({ fingerprint, rule, severity, path, shape: '' })),
    { fingerprint: 'f'.repeat(16), rule: 'debug-enabled', severity: 'critical', path: 'app/old.py', shape: '' } as const,
  ];
  return compared([of], { base, known, gone: () => false })[0] ?? assert.fail();
}

/** Every `details` is closed, in order, and none is within another. */
function balanced(text: string): boolean {
  return /^(?:<details><summary><\/details>)*$/.test([...text.matchAll(/<details><summary>|<\/details>/g)].map(([tag]) => tag).join(''));
}

for (const [name, make, budget] of [['summary of a step', githubSummary, 900 * 1024], ['comment on a pull request', githubComment, 60_000]] as const) {
  describe(`the ${name}`, () => {
    it('says the verdict first, with the reasons', () => {
      const text = make([demo()], HERE).replace('<!-- shipworthy -->\n', '');
      assert.match(text, /^### bibliotheca: NOT READY, [A-F].* \d+\.\d\n\nThis should not ship as it is\. Confidence .*\n\n- /);
    });

    it('lists what is new and what is gone when there is something to compare with', () => {
      const text = make([againstBase(demo())], HERE);
      assert.match(text, /#### New \(1\)\n\n- `app\/__init__\.py:30` Flask-WTF .*\(`csrf-missing`: High, likely, blocks, new\)/);
      assert.match(text, /#### Gone \(1\)\n\n- `debug-enabled` in `app\/old\.py`/);
      assert.doesNotMatch(make([demo()], HERE), /#### (?:New|Gone)/);
    });

    it('folds every open finding, what blocks first', () => {
      const text = make([demo()], HERE);
      assert.match(text, /<details><summary>Open findings \(\d+\)<\/summary>\n\n- `app\/catalog\/routes\.py:88`/);
      assert.ok(balanced(text));
    });

    it('links to the files of the commit when it knows where they are', () => {
      const text = make([demo()], { address: 'https://github.com/o/r/blob/0ea1ce2' });
      assert.match(text, /\[`app\/catalog\/routes\.py:88`\]\(https:\/\/github\.com\/o\/r\/blob\/0ea1ce2\/app\/catalog\/routes\.py#L88\)/);
    });

    it('fits, ends what it began and says what was cut', () => {
      for (const cards of [[large('one')], [large('one'), large('two'), large('three')]]) {
        const text = make(cards, HERE);
        assert.ok(size(text) <= budget, `${size(text)}`);
        assert.ok(size(text) > budget * 0.9, `${size(text)}`);
        assert.match(text, /Left out, because there is room for \d+ KiB here: .*\d+ open findings/);
        assert.match(text, /`b`: Critical, blocks/, 'the worst is there');
        assert.ok(balanced(text));
      }
    });

    it('shows several applications in one table, and names them', () => {
      const text = make([demo(), mended()], HERE);
      assert.match(text, /\| Application \| Verdict \|.*\n.*\n\| bibliotheca \| NOT READY \|.*\n\| bibliotheca \| READY \|/);
      assert.match(text, /<summary><code>bibliotheca<\/code>: Open findings/);
    });

    it('takes no mark, mention or markup from the repository', () => {
      const text = make([hostile(), hostile()], HERE);
      assert.doesNotMatch(text.replace(/(`+)(?!`).*?(?<!`)\1(?!`)|<code>.*?<\/code>/g, ''), /(?<!\\)<script|(?<!\\)<img|(?<!\\)\]\(javascript|(?<![\\\w])@someone/);
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    });
  });
}

describe('the summary of a step', () => {
  it('has the categories as a table and the rest folded', () => {
    const text = githubSummary([demo()], HERE);
    assert.match(text, /\| \*\*Security\*\* \| [A-F].* \| \d+\.\d \| \d+\.\d \| 1 critical/);
    for (const title of ['What would make it READY', 'Silenced', 'Not checked', 'Notices', 'Strengths']) assert.match(text, new RegExp(`<details><summary>${title} \\(\\d+\\)</summary>`));
  });
});

describe('the numbers and names of a summary', () => {
  it('are what is left and what is lost of a hundred, caps and compression among it', () => {
    const rows = [...githubSummary([demo()], HERE).matchAll(/^\| [^|]+ \| [A-F][^|]* \| ([\d.]+) \| ([\d.]+) \|/gm)];
    assert.ok(rows.length > 9);
    for (const [row, score, lost] of rows) assert.equal(Math.round(Number(score) * 10) + Math.round(Number(lost) * 10), 1000, row);
  });
  it('call a control by its title', () => {
    const text = githubSummary([card(HOLDING, { signoffs: signed([{ control: 'restore-drill', required: true }]) })], HERE);
    assert.ok(text.includes('- `restore-drill`: restore-drill was done\n'));
    assert.ok(text.includes('- 1 required sign-off is open: “restore-drill was done” missing.\n'), text);
  });
});

describe('the comment on a pull request', () => {
  it('can be found again', () => assert.ok(githubComment([demo()], HERE).startsWith('<!-- shipworthy -->\n')));
  it('leaves out what has not to do with the change', () => assert.doesNotMatch(githubComment([demo()], HERE), /Strengths|Not checked/));
});
