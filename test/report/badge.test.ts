import assert from 'node:assert/strict';
import { badge, badgeJson, FILLS } from '../../report/badge';
import type { ReportCard } from '../../report/card';
import { demo } from './demo';
import { card, HOLDING, TODAY } from './fixture';
import { elements } from './markup';

const json = (cards: readonly ReportCard[], asOf = TODAY): Record<string, unknown> => JSON.parse(badgeJson(cards, asOf));
const ready = () => card(HOLDING);
const mostly = () => card([...HOLDING, { rule: 'a', severity: 'high', findings: 3 }]);

/** WCAG 2: of white on a colour. */
function contrast(fill: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(fill.slice(at, at + 2), 16) / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

describe('the badge', () => {
  it('says grade, score and verdict in the colour of the verdict', () => {
    assert.deepEqual(json([ready()]), { schemaVersion: 1, label: 'shipworthy', message: 'A+ 100.0 · ready', color: 'brightgreen' });
    assert.match(String(json([mostly()]).message), / · mostly ready$/);
    assert.equal(json([mostly()]).color, 'yellow');
    assert.equal(json([demo()]).color, 'red');
  });

  it('is grey and an error when nothing is known', () => {
    for (const cards of [[card([])], []]) {
      assert.equal(json(cards).color, 'lightgrey');
      assert.equal(json(cards).isError, true);
    }
  });

  it('is grey when the card is more than 30 days old, and says how old', () => {
    assert.equal(json([ready()], '2026-12-20').color, 'brightgreen');
    assert.deepEqual(json([ready()], '2026-12-21'), { schemaVersion: 1, label: 'shipworthy', message: 'ready 31 days ago', color: 'lightgrey', isError: true });
  });

  it('shows the worst of several applications', () => assert.equal(json([ready(), demo(), mostly()]).color, 'red'));

  it('is a picture with a title, that fetches nothing', () => {
    const text = badge([demo()], TODAY);
    const all = elements(text);
    assert.equal(all[0]?.attributes.get('role'), 'img');
    assert.equal(all.find((one) => one.name === 'title')?.text, all[0]?.attributes.get('aria-label'));
    assert.match(all[0]?.attributes.get('aria-label') ?? '', /^shipworthy: .* not ready$/);
    assert.doesNotMatch(text.replace('http://www.w3.org/2000/svg', ''), /https?:|url\(|<script|@import/);
  });

  it('has letters that can be read on every fill', () => {
    for (const [name, fill] of Object.entries(FILLS)) assert.ok(contrast(fill) >= 4.5, `${name} ${contrast(fill).toFixed(2)}`);
  });
});
