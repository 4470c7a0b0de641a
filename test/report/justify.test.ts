import assert from 'node:assert/strict';
import { deductions, riskOf } from '../../report/justify';
import { HOLDING, card, category, incomplete } from './fixture';
import type { RuleSpec } from './fixture';

const said = (rules: readonly RuleSpec[]) => category(card(rules)).justification;
const strong = (rule: string, points: number): RuleSpec => ({ rule, state: 'holds', severity: 'medium', points, title: `The ${rule} is there`, evidence: ['it is'] });

describe('the sentence on a category', () => {
  it('names the strongest of what holds and the largest of what is deducted', () => {
    assert.equal(
      said([strong('lock', 4), strong('fence', 8), strong('gate', 6), { rule: 'unproved', state: 'holds' }, { rule: 'a', severity: 'low' }, { rule: 'b' }, { rule: 'c', severity: 'high', points: 8 }]),
      '4 of 7 rules hold, among them “The fence is there” and “The gate is there”; c (−8.0) and b (−6.0) cost most of 3 deductions.',
    );
  });
  it('says when a cap decides', () => {
    assert.equal(said([strong('lock', 4), { rule: 'a', severity: 'high', blocks: true }]), '1 of 2 rules holds, “The lock is there”; a (−15.0) is deducted, and it is at most 69.9 because a blocking finding is open.');
  });
  it('says when all or nothing holds, applies or could be checked', () => {
    assert.equal(said([{ rule: 'a', state: 'holds' }, { rule: 'b', state: 'holds' }]), 'Both rules hold; nothing is deducted.');
    assert.equal(said([strong('lock', 4)]), 'Its one rule holds, “The lock is there”; nothing is deducted.');
    assert.equal(said([{ rule: 'a' }, { rule: 'b' }]), 'None of 2 rules holds; a (−6.0) and b (−6.0) are deducted.');
    assert.equal(said([{ rule: 'a' }]), 'Its one rule does not hold; a (−6.0) is deducted.');
    assert.equal(said([{ rule: 'a', state: 'not-applicable', reason: 'No.' }]), 'Nothing of it applies here.');
    assert.equal(said([{ rule: 'a', state: 'not-checked', reason: 'No.', severity: 'high' }, { rule: 'b', severity: 'low' }]), 'Only 11 % of what applies could be checked, too little for a letter.');
  });
  it('leaves out lines that a ladder bounds to nothing', () => {
    const rung = (of: number) => ({ ladder: { name: 'l', rung: of } });
    assert.equal(said([{ rule: 'a', severity: 'high', state: 'holds', ...rung(1) }, { rule: 'b', severity: 'high', ...rung(2) }, { rule: 'c', severity: 'low', ...rung(3) }]), '1 of 3 rules holds; b (−15.0) is deducted.');
  });
});

describe('the line on a category', () => {
  const listed = (rules: readonly RuleSpec[]) => deductions(category(card(rules)));
  const many = (amount: number) => Array.from({ length: amount }, (_, index): RuleSpec => ({ rule: `r${index}`, severity: 'low' }));
  it('names what costs most, and the cap that decides', () => {
    assert.equal(listed([{ rule: 'a', severity: 'low' }, { rule: 'b' }]), 'b −6.0, a −2.0');
    assert.equal(listed([{ rule: 'a', severity: 'high', blocks: true }]), 'a −15.0; at most 69.9: a blocking finding is open');
    assert.equal(listed([{ rule: 'a', state: 'holds' }]), '');
  });
  it('counts the rest of many, and leaves none out for a line that would be as long', () => {
    assert.equal(listed(many(4)), 'r0 −2.0, r1 −2.0, r2 −2.0, r3 −2.0');
    assert.equal(listed(many(5)), 'r0 −2.0, r1 −2.0, r2 −2.0 and 2 more');
  });
  it('says when too little was checked', () => {
    assert.equal(listed([{ rule: 'a', state: 'not-checked', reason: 'No.', severity: 'high' }, { rule: 'b', severity: 'low' }]), 'only 11 % could be checked');
  });
});

describe('what a reason of the verdict risks', () => {
  it('is what the heaviest of its rules is for', () => {
    const made = card([...HOLDING, { rule: 'a', severity: 'high', blocks: true, why: 'A stranger reads v1.2 of it. Nobody notices.' }, { rule: 'b', severity: 'critical', why: 'Everybody signs in as anybody. And so on.' }]);
    assert.equal(made.verdict.reasons[0]?.risk, 'Everybody signs in as anybody. (b)');
    assert.equal(riskOf({ code: 'blocking-findings', rules: ['a'] }, made.results), 'A stranger reads v1.2 of it. (a)');
  });
  it('is a sentence for every reason there can be', () => {
    const many = (of: RuleSpec['category'], rules: number): RuleSpec[] => Array.from({ length: rules }, (_, index) => ({ rule: `${of}-${index}`, ...(of && { category: of }) }));
    const cards = [
      card(HOLDING), card([]), card(HOLDING, { notices: [incomplete('a.py')] }), card([...HOLDING, ...many('auth', 5)]), card([...HOLDING, ...many('data', 9)]),
      card([...HOLDING, { rule: 'h', severity: 'high', points: 8, category: 'code' }], {}, { strict: true }), card([...HOLDING, { rule: 'x', category: 'auth', severity: 'high', state: 'not-checked', reason: 'No.' }]),
    ];
    for (const reason of cards.flatMap((one) => one.verdict.reasons)) assert.match(reason.risk, /^[A-Z].*[.)]$/, reason.code);
  });
});
