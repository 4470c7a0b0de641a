import assert from 'node:assert/strict';
import { cardAt, openFinding, placedCards } from '../../client/cards';
import { card, finding, placed, result } from './cards';

const score = (value: number | null) => ({ ...card().score, value });
const verdict = (value: 'READY' | 'MOSTLY READY' | 'NOT READY' | 'INCONCLUSIVE') => ({ ...card().verdict, value });

describe('the cards of a workspace', () => {
  it('leave out folders in which nothing was read', () => {
    const empty = card({ files: { seen: 3, read: 0, parsed: 0, lines: 0, routes: 0 } });
    const cards = placedCards([{ uri: 'file:///a', name: 'a', cards: [empty] }, { uri: 'file:///b', name: 'b', cards: [card()] }]);
    assert.deepEqual(cards.map(({ folder }) => folder), ['file:///b']);
  });

  it('have keys of their own, also for applications side by side', () => {
    const project = card().project;
    const cards = placedCards([
      { uri: 'file:///a', name: 'a', cards: [card(), card({ project: { ...project, name: 'admin' } }), card({ project: { ...project, root: 'api' } })] },
      { uri: 'file:///b', name: 'b', cards: [card()] },
    ]);
    assert.equal(new Set(cards.map(({ key }) => key)).size, 4);
  });

  it('come worst first: by the verdict, then by the score, whatever folder they are in', () => {
    const folder = (name: string, ...cards: ReturnType<typeof card>[]) => ({ uri: `file:///${name}`, name, cards });
    const named = (name: string, changes: Parameters<typeof card>[0]) => card({ project: { ...card().project, name }, ...changes });
    const cards = placedCards([
      folder('a', named('good', {}), named('low', { score: score(61) })),
      folder('b', named('blocked', { verdict: verdict('NOT READY'), score: score(90) }), named('unclear', { verdict: verdict('INCONCLUSIVE'), score: score(null) })),
    ]);
    assert.deepEqual(cards.map((placed) => placed.card.project.name), ['blocked', 'unclear', 'low', 'good']);
  });

  it('know an open finding by its fingerprint, in the card that is meant', () => {
    const one = placed({ results: [result({ findings: [finding()] })] });
    const other = { ...placed({ results: [result({ findings: [finding()] })] }), key: 'other' };
    const { fingerprint } = finding();
    assert.equal(openFinding([one, other], { fingerprint })?.placed, one);
    assert.equal(openFinding([one, other], { fingerprint, card: 'other' })?.placed, other);
    assert.equal(openFinding([one], { fingerprint: 'ffffffffffffffff' }), undefined);
  });

  it('are found by a file or folder: the nearest around it, else the worst below', () => {
    const at = (root: string) => placed({ project: { ...card().project, root, name: root || 'all' } });
    const uriOf = (folder: string, path: string): string => `${folder}/${path}`;
    const found = (path: string, ...roots: string[]) => cardAt(roots.map(at), `file:///work/shop${path}`, uriOf)?.card.project.root;
    assert.equal(found('/api/app.py', '', 'api', 'api-old'), 'api');
    assert.equal(found('/apiary/app.py', 'api', ''), '');
    assert.equal(found('/services', 'services/worst', 'services/web', 'other'), 'services/worst');
    assert.equal(found('', 'a', 'b'), 'a');
    assert.equal(found('/docs/x.md', 'a', 'b'), undefined);
  });
});
