import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compared } from '../../report/comparison/compare';
import { html } from '../../report/html';
import { MARKDOWN_STYLES, markdown } from '../../report/markdown';
import { demo, mended } from './demo';

const page = readFileSync('docs/report.md', 'utf8');
const rows = page.slice(page.indexOf('| Feature |')).split('\n\n')[0]?.split('\n').slice(2).map((row) => row.split(' | ')) ?? [];

/** What a report calls its parts: headings, fields and words that stand out. */
function partsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#{2,4} (?:<a id="\w+"><\/a>)?(.+)$/gm), ...text.matchAll(/^(Fix here):/gm)].map((match) => (match[1] ?? '').replace(/[:(].*/, '').trim());
}

describe('docs/report.md', () => {
  const base = { kind: 'baseline', file: 'b.json', entries: 0 } as const;
  const cards = [demo(), mended(), ...compared([demo()], { base, known: [], gone: () => false })].map((card) => {
    const [first] = card.results.flatMap((result) => result.findings);
    const fix = { title: 'Mend', changes: [{ path: 'a.py', line: 0, before: ['a'], after: ['b'] }] };
    return first ? { ...card, content: { ...card.content, closeUps: { [first.fingerprint]: { line: 0, code: ['a'], own: [0, 0] as const, fix } } } } : card;
  });
  const parts = new Set(cards.flatMap((card) => [...MARKDOWN_STYLES.flatMap((style) => partsOf(markdown(card, { style }))), 'None']));

  it('names sections that a report has', () => {
    assert.ok(rows.length > 45);
    const named = rows.flatMap(([, where = '']) => [...where.matchAll(/(?<!\*)\*([^*]+)\*(?!\*)/g)].map((match) => match[1] ?? '')).filter((name) => name !== 'With the fix');
    assert.ok(named.length > 40);
    for (const name of named) assert.ok(parts.has(name), name);
  });

  it('names what the page calls a fix', () => {
    assert.ok(cards.some((card) => html(card, { mode: 'page', nonce: 'bm9uY2U=' }).includes('<summary>With the fix')));
  });
});
