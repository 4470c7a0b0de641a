/** What the arithmetic takes for granted of every rule: without it, mending something could cost points. */
import assert from 'node:assert/strict';
import { rules } from '../../rules';
import type { Rule } from '../../rules/kit';
import { CATEGORIES, CONFIDENCES, POINTS, SEVERITIES } from '../../rules/kit';

const byId = new Map(rules.map((rule) => [rule.id, rule]));
/** 0 is the worst and the surest. */
const severity = (rule: Rule) => SEVERITIES.indexOf(rule.severity);
const confidence = (rule: Rule) => CONFIDENCES.indexOf(rule.confidence);
/** `always` blocks more than a condition, a condition more than `never`. */
const blocking = ({ blocks }: Rule) => (blocks === 'always' ? 2 : blocks === 'never' ? 0 : 1);

const ladders = new Map<string, Rule[]>();
for (const rule of rules) if (rule.ladder) ladders.set(rule.ladder.name, [...(ladders.get(rule.ladder.name) ?? []), rule]);

/** All rules of which something is said that is not so, in words. */
const faults = (say: (rule: Rule) => string | false | undefined) => rules.flatMap((rule) => { const said = say(rule); return said ? [`${rule.id}: ${said}`] : []; });

describe('the catalogue', () => {
  it('names each rule once, in a category there is', () => {
    assert.equal(byId.size, rules.length);
    assert.deepEqual(faults((rule) => !CATEGORIES.includes(rule.category) && `is in ${rule.category}`), []);
  });

  it('has points within the band of their severity', () => {
    assert.deepEqual(faults(({ points, severity: of }) => (points < POINTS[of].least || points > POINTS[of].most || !Number.isInteger(points)) && `${points} points for ${of}`), []);
  });

  it('lets critical rules always block, medium ones and below never, and what is only possible never', () => {
    assert.deepEqual(faults((rule) => rule.severity === 'critical' && rule.blocks !== 'always' && 'is critical and does not always block'), []);
    assert.deepEqual(faults((rule) => severity(rule) > SEVERITIES.indexOf('high') && rule.blocks !== 'never' && `is ${rule.severity} and blocks`), []);
    assert.deepEqual(faults((rule) => rule.confidence === 'possible' && severity(rule) <= SEVERITIES.indexOf('high') && 'is only possible, and would block if it were likely'), []);
  });

  it('sums up one place in the singular and several in the plural, as a phrase without a full stop', () => {
    const summary = (rule: Rule, count: number) => rule.scope === 'file' ? rule.file.summary?.(count) : undefined;
    assert.deepEqual(faults((rule) => { const [one, two] = [summary(rule, 1), summary(rule, 2)]; return one !== undefined && one.replace('1', '2') === two && `says ${one}`; }), []);
    assert.deepEqual(faults((rule) => [1, 2].some((count) => summary(rule, count)?.endsWith('.')) && 'ends with a full stop'), []);
  });

  it('has versions that can be compared', () => assert.deepEqual(faults(({ since }) => !/^\d+(\.\d+)*$/.test(since) && `came with ${since}`), []));

  it('has ladders with one rule on each rung, all of one category', () => {
    for (const [name, all] of ladders) {
      assert.deepEqual(all.map((rule) => rule.ladder?.rung).filter((rung, index, rungs) => rungs.indexOf(rung) !== index), [], name);
      assert.equal(new Set(all.map((rule) => rule.category)).size, 1, `${name} is in several categories`);
    }
  });

  it('has no lower rung that is worse, heavier, surer or more blocking than the top', () => {
    for (const [name, all] of ladders) {
      const [top, ...lower] = all.toSorted((a, b) => (a.ladder?.rung ?? 0) - (b.ladder?.rung ?? 0));
      assert.equal(top?.ladder?.rung, 1, `${name} has no top`);
      for (const rule of lower) {
        const said = `${rule.id} against ${top.id}`;
        assert.ok(severity(rule) >= severity(top), `${said}: worse`);
        assert.ok(rule.points <= top.points, `${said}: heavier`);
        assert.ok(confidence(rule) >= confidence(top), `${said}: surer`);
        assert.ok(blocking(rule) <= blocking(top), `${said}: blocks more`);
      }
    }
  });

  it('hides no rule behind a lighter one', () => {
    for (const rule of rules) for (const id of rule.hides) {
      const hidden = byId.get(id);
      // A rule that is yet to be written hides nothing.
      if (!hidden) continue;
      assert.ok(hidden.points <= rule.points && severity(hidden) >= severity(rule), `${rule.id} (${rule.severity} ${rule.points}) hides ${id} (${hidden.severity} ${hidden.points})`);
    }
  });
});
