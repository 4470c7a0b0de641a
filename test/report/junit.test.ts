import assert from 'node:assert/strict';
import { junit } from '../../report/junit';
import { demo } from './demo';
import { card } from './fixture';
import { hostile } from './hostile';
import { elements } from './markup';

const parsed = (...cards: Parameters<typeof junit>[0]) => {
  const [declaration, ...rest] = junit(cards).split('\n');
  assert.equal(declaration, '<?xml version="1.0" encoding="UTF-8"?>');
  return elements(rest.join('\n'));
};

describe('the JUnit report', () => {
  it('has a suite for each category and a case for each rule', () => {
    const all = parsed(demo());
    assert.equal(all.filter((one) => one.name === 'testcase').length, demo().results.length);
    assert.deepEqual(all.filter((one) => one.name === 'testsuite').map((one) => one.attributes.get('name')).slice(0, 2), ['Security', 'Configuration &amp; secrets']);
  });

  it('counts what it holds, in every suite and as a whole', () => {
    for (const suite of parsed(demo(), hostile()).filter((one) => one.name.startsWith('testsuite'))) {
      const within = (name: string) => (suite.text.length, suite.name === 'testsuites' ? suite.children.flatMap((one) => one.children) : suite.children).filter((one) => name === 'testcase' || one.children.some((child) => child.name === name)).length;
      for (const [attribute, element] of [['tests', 'testcase'], ['failures', 'failure'], ['skipped', 'skipped']] as const) if (suite.attributes.has(attribute) || suite.name === 'testsuite') assert.equal(Number(suite.attributes.get(attribute)), within(element), `${suite.attributes.get('name')} ${attribute}`);
    }
  });

  it('fails an open rule with its places, why and how, and skips the rest with a reason', () => {
    const cases = parsed(demo()).filter((one) => one.name === 'testcase');
    const of = (rule: string) => cases.find((one) => one.attributes.get('name')?.endsWith(`(${rule})`));
    assert.match(of('sql-injection')?.text ?? '', /app\/catalog\/routes\.py:88:5: SQL is built [^]*\(Critical, blocks\)\n[^]*Why: A visitor[^]*How: Pass values/);
    assert.equal(of('sql-injection')?.children[0]?.attributes.get('type'), 'critical');
    assert.deepEqual(of('path-traversal')?.children, []);
    const skipped = (rule: string) => of(rule)?.children.find((one) => one.name === 'skipped')?.attributes.get('message');
    assert.equal(skipped('xml-external-entities'), 'Not applicable: No XML is parsed here.');
    assert.match(skipped('https-not-enforced') ?? '', /^Not checked: TLS may end/);
    assert.equal(skipped('session-cookie-insecure'), 'Accepted: The pilot runs on the internal network.');
  });

  it('has no attribute that the schema of Jenkins does not know', () => {
    const known: Readonly<Record<string, readonly string[]>> = {
      testsuites: ['name', 'time', 'tests', 'failures', 'errors'], testsuite: ['name', 'tests', 'failures', 'errors', 'time', 'skipped', 'timestamp'],
      testcase: ['name', 'time', 'classname'], failure: ['type', 'message'], skipped: ['message'],
    };
    for (const one of parsed(demo(), hostile())) for (const name of one.attributes.keys()) assert.ok(known[one.name]?.includes(name), `${one.name} ${name}`);
  });

  it('names the application where there are several', () => {
    assert.ok(parsed(demo(), demo()).some((one) => one.attributes.get('name') === 'bibliotheca: Security'));
  });

  it('is well formed whatever the text holds, and has no character that XML forbids', () => {
    parsed(hostile());
    assert.doesNotMatch(junit([hostile(), card([{ rule: 'a', message: 'x\uffff\u0000' }])]).replaceAll('\n', ''), /[\u0000-\u001f\ufffe\uffff\ud800-\udfff]/u);
  });
});
