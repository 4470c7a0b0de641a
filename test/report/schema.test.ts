/** The published schema of JSON reports against cards: `npm run generate` writes it from the types of the card. */
import assert from 'node:assert/strict';
import { json } from '../../report/json';
import { demo, mended } from './demo';
import { card } from './fixture';
import { hostile } from './hostile';
import { reportFaults } from './report-schema';

describe('the schema of JSON reports', () => {
  const cards = { 'of an empty project': card([]), 'of everything at once': demo(), 'of a mended project': mended(), 'of hostile text': hostile() };
  for (const [name, one] of Object.entries(cards)) {
    it(`takes a card ${name}`, () => assert.deepEqual(reportFaults(JSON.parse(json(one))), []));
  }
  it('takes the cards of several applications', () => assert.deepEqual(reportFaults([demo(), mended()].map((one) => JSON.parse(json(one)))), []));
  it('refuses what it does not know, on top and deep down', () => {
    assert.match(reportFaults({ ...demo(), invented: 1 }).join('\n'), /must NOT have additional properties/);
    const { score, ...rest } = demo();
    assert.match(reportFaults({ ...rest, score: { ...score, invented: 1 } }).join('\n'), /\/score must NOT have additional properties/);
  });
  it('refuses a card without its score', () => {
    const rest = Object.entries(demo()).filter(([key]) => key !== 'score');
    assert.match(reportFaults(Object.fromEntries(rest)).join('\n'), /must have required property 'score'/);
  });
});
