import assert from 'node:assert/strict';
import { appOf, asked, inOrder, reviewerProblem, spokenSignoff, stateWords, statusChoices } from '../../client/signoff-words';
import { treeOf } from '../../client/tree-model';
import type { TreeView } from '../../client/tree-model';
import { finding, placed, result, signoff, SIGNED } from './cards';

const CONTROLS = [
  signoff({ control: 'load-test', title: 'The load was tested', required: false }),
  signoff({ ...SIGNED, control: 'tls-at-edge', title: 'TLS ends at the edge' }),
  signoff(),
  signoff({ ...SIGNED, control: 'pentest', title: 'It was attacked', required: false, state: 'failed', status: 'failed' }),
];
const tree = (show: TreeView['show'], signoffs = CONTROLS) => treeOf([placed({ signoffs, results: [result({ findings: [finding()] })] })], { group: 'category', show });
const branch = (show: TreeView['show'], signoffs = CONTROLS) => tree(show, signoffs).find(({ label }) => label === 'Sign-offs');

describe('sign-offs in the tree', () => {
  it('stand last, required and open ones first, with what is open in a word', () => {
    assert.equal(tree('everything').at(-1)?.label, 'Sign-offs');
    const node = branch('everything');
    assert.deepEqual([node?.description, node?.spoken], ['1 of 2 required open', 'Sign-offs: 1 of 2 required open, 4 controls in all']);
    assert.deepEqual(node?.children.map(({ label, description }) => [label, description]), [
      ['A backup was restored', 'required · Missing · restore-drill'], ['TLS ends at the edge', 'required · Signed until 2027-02-10 · tls-at-edge'],
      ['It was attacked', 'Failed on 2026-11-12 · pentest'], ['The load was tested', 'Not asked for · load-test'],
    ]);
    assert.equal(branch('everything', [signoff({ ...SIGNED })])?.description, 'none of 1 required open');
    assert.equal(branch('everything', [signoff({ required: false })])?.description, 'none is required');
  });

  it('show what is open when that is asked for, and nothing where nothing can be fixed or signed', () => {
    assert.deepEqual(branch('open')?.children.map(({ subject }) => subject.control), ['restore-drill', 'pentest']);
    assert.equal(branch('fixable'), undefined);
    assert.equal(branch('everything', []), undefined);
    assert.equal(branch('open', [signoff({ ...SIGNED })]), undefined);
  });

  it('lead to their record, and to signing where there is none', () => {
    const [missing, signed] = branch('everything')?.children ?? [];
    assert.deepEqual([missing?.subject.control, missing?.subject.opens], ['restore-drill', undefined]);
    assert.deepEqual(signed?.subject.opens, { folder: 'file:///work/shop', ...SIGNED.where });
    assert.deepEqual(missing?.roles, ['signoff']);
  });

  it('say all there is to know in the tooltip, escaped', () => {
    const [node] = branch('everything', [signoff({ ...SIGNED, statement: '[x](command:evil)', resolves: ['backup-missing'], remark: 'It has no digest.', twoPerson: true })])?.children ?? [];
    for (const part of ['Was a backup restored?', 'Evidence: Notes of the drill.', 'Lasts 90 days at most · takes two people', '`backup-missing`', '`docs/drill.md`', 'It has no digest.', 'on 2026-11-12']) assert.ok(node?.tooltip.includes(part), part);
    assert.ok(!node?.tooltip.includes('[x](command:evil)'));
  });

  it('say for a screen reader whether they are required, in what state, and who signed', () => {
    assert.equal(spokenSignoff(signoff()), 'Required, missing: A backup was restored');
    assert.equal(spokenSignoff(signoff(SIGNED)), 'Required, signed until 2027-02-10 by Ada: A backup was restored');
    assert.equal(spokenSignoff(signoff({ ...SIGNED, state: 'expired', required: false })), 'Expired on 2027-02-10 by Ada: A backup was restored');
  });
});

describe('what is asked for a sign-off', () => {
  it('begins with what is required and open', () => {
    assert.deepEqual(inOrder(CONTROLS).map(({ control }) => control), ['restore-drill', 'tls-at-edge', 'pentest', 'load-test']);
  });

  it('names each state with its end', () => {
    const words = (state: 'expiring' | 'pending' | 'stale' | 'not-applicable') => stateWords(signoff({ ...SIGNED, state }));
    assert.deepEqual([words('expiring'), words('pending'), words('stale'), words('not-applicable')], ['Signed until 2027-02-10', 'Pending', 'Stale', 'Not applicable until 2027-02-10']);
  });

  it('says what evidence is expected of one that passed', () => {
    assert.deepEqual(statusChoices(signoff()).map(({ status }) => status), ['passed', 'failed', 'not-applicable']);
    assert.match(statusChoices(signoff())[0]?.detail ?? '', /Notes of the drill\./);
  });

  it('takes a second person that is another, by mail where there is one, or none yet', () => {
    for (const other of ['', '  ', 'Grace <grace@example.org>', 'Ada']) assert.equal(reviewerProblem(other, SIGNED.by), undefined, other);
    for (const same of ['A. L. <ADA@example.org>', SIGNED.by]) assert.ok(reviewerProblem(same, SIGNED.by), same);
    assert.equal(reviewerProblem('Ada', undefined), undefined);
  });

  const shop = placed();
  const api = placed({ project: { ...shop.card.project, name: 'api', root: 'services/api' } });
  it('is about the record it takes the place of, else the application where there are several', () => {
    assert.equal(appOf(api, [api], signoff()), undefined);
    assert.equal(appOf(api, [shop, api], signoff()), 'services/api');
    assert.equal(appOf(shop, [shop, api], signoff()), undefined);
    assert.equal(appOf(api, [shop, api], signoff(SIGNED)), undefined, 'a record for all of them is renewed for all of them');
    assert.equal(appOf(shop, [shop, api], signoff({ ...SIGNED, app: 'services/api' })), 'services/api');
  });

  it('finds the card that a command was called about', () => {
    assert.equal(asked([shop, api], { card: api.key }), api);
    assert.equal(asked([shop, api], { card: 'gone' }), undefined);
    assert.equal(asked([shop, api], { uri: 'file:///work/shop/.shipworthy/signoffs.json', app: 'services/api' }), api);
    assert.equal(asked([api, shop], { uri: 'file:///work/shop/.shipworthy/signoffs.json' }), shop);
    assert.equal(asked([api], { uri: 'file:///work/shop' }), api);
    assert.equal(asked([shop], { uri: 'file:///work/shopping/a.json' }), undefined);
    assert.equal(asked([shop], {}), undefined);
  });
});
