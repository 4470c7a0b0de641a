import assert from 'node:assert/strict';
import { markdown } from '../../report/markdown';
import { demo, mended } from './demo';
import { HOLDING, card } from './fixture';
import { hostile } from './hostile';

/** Lines that are not inside code. */
function outsideCode(text: string): readonly string[] {
  let fence: string | undefined;
  return text.split('\n').filter((line) => {
    const mark = /^ *(`{3,})$/.exec(line)?.[1];
    if (fence === undefined && mark) {
      fence = mark;
      return false;
    }
    if (fence !== undefined && mark === fence) fence = undefined;
    else if (fence === undefined) return true;
    return false;
  });
}

describe('the Markdown report', () => {
  const text = markdown(demo());
  const headings = outsideCode(text).filter((line) => /^#{1,6} /.test(line));

  it('is in the order of a hand-written audit', () => {
    assert.deepEqual(headings.filter((line) => /^##? /.test(line)), [
      '# Production readiness: bibliotheca', '## Summary', '## Verdict: NOT READY', '## Report card', '## How the score adds up', '## Strengths', '## Findings', '## Plan',
      '## Not applicable', '## Not checked', '## Silenced', '## Notices', '## Method',
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
    const part = text.slice(text.indexOf('#### C2.'), text.indexOf('### High'));
    for (const words of [
      '#### C2. SECRET_KEY falls back to a value that anybody can read here.', '- [`app/config.py:12`](./app/config.py#L12)', 'SECRET_KEY = os.environ.get("SECRET_KEY") or "dev********"',
      '- **Blocks shipping:** yes', '- **Why it matters:** Whoever can read', '- **How to fix:** Refuse to start', '- **Quick fix:** Refuse to start without it (review before applying). Left to do: Set SECRET_KEY',
      '- **Effort:** 0.5–1 h', '- **If it held:** Overall stays at 59.9, Configuration & secrets 52.9 → 98.8, still NOT READY',
    ]) assert.ok(part.includes(words), words);
  });
  it('shows strengths with their evidence', () => assert.ok(text.includes('- **Passwords are hashed with a slow, salted hash** (`weak-password-hash`)\n  - bcrypt with 13 rounds ([`app/models.py:10`](./app/models.py#L10))')));
  it('prints the sums that make the scores', () => {
    assert.ok(text.includes('- Above 60 deductions are compressed: 1600 ÷ (63.1 − 20) = 37.1.'));
    assert.ok(text.includes('÷ 100 = 74.4, rounded down.'));
    assert.ok(markdown(mended()).includes('- With nothing silenced it would be 90.2.'));
  });
  it('has tables whose rows are as wide as their heads', () => {
    let width = 0;
    for (const line of outsideCode(text + markdown(hostile()))) {
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
    assert.match(made, /### Conditions\n\n- Backups are written to storage\/backups on the same machine \(backup-local-only, 1 open\)\./);
  });
  it('lets no text of the repository become markup, a link or a control character', () => {
    const made = outsideCode(markdown(hostile()));
    const bare = made.map((line) => line.replace(/\\[\s\S]/g, '').replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, ''));
    for (const line of bare) {
      assert.doesNotMatch(line, /<(?!!-- -->|https:\/\/)/, line);
      assert.doesNotMatch(line, /!\[|\]\((?!\.\/)|https?:(?!\/\/ok)|www\.|@\w|#\d/, line);
    }
    assert.doesNotMatch(markdown(hostile()), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  });
  it('says None where there is nothing', () => {
    const made = markdown(card(HOLDING));
    for (const section of ['Not applicable', 'Not checked', 'Silenced', 'Notices']) assert.ok(made.includes(`## ${section}\n\nNone.`), section);
  });
  it('makes the same bytes of the same card, and ends with one line break', () => {
    assert.equal(markdown(demo()), text);
    assert.match(text, /[^\n]\n$/);
  });
});
