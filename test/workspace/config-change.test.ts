import assert from 'node:assert/strict';
import fc from 'fast-check';
import { edited } from '../../engine/records/change';
import { readConfig } from '../../engine/workspace/config';
import { putRule } from '../../engine/workspace/config-change';

const OFF = { severity: 'off', reason: 'Done by the proxy.' } as const;
const LINE = '"csp-missing": { "severity": "off", "reason": "Done by the proxy." }';

function written(text: string | undefined, rule = 'csp-missing'): string {
  const change = putRule(text, rule, OFF);
  assert.ok('edits' in change, 'refused' in change ? change.refused.message : '');
  return edited(text ?? '', change.edits);
}

describe('a rule that is switched off', () => {
  it('makes the file where there is none, or nothing in it', () => {
    const fresh = `{\n  "rules": {\n    ${LINE}\n  }\n}\n`;
    assert.equal(written(undefined), fresh);
    assert.equal(written(' \n'), fresh);
    assert.equal(written('// ours\n'), `// ours\n${fresh}`);
    assert.equal(written('{}'), `{\n  "rules": {\n    ${LINE}\n  }\n}`);
  });

  it('comes last, and leaves comments, commas and indentation as they are', () => {
    assert.equal(
      written('{\n    // why\n    "extends": "strict", // for all\n    "rules": {\n        "hsts-missing": "low" // the proxy\n    },\n}\n'),
      `{\n    // why\n    "extends": "strict", // for all\n    "rules": {\n        "hsts-missing": "low", // the proxy\n        ${LINE}\n    },\n}\n`,
    );
    assert.equal(written('{\n\t"rules": {\n\t\t"a-*": "off",\n\t},\n}\n'), `{\n\t"rules": {\n\t\t"a-*": "off",\n\t\t${LINE}\n\t},\n}\n`);
    assert.equal(written('{\r\n  "extends": "solo"\r\n}\r\n'), `{\r\n  "extends": "solo",\r\n  "rules": {\r\n    ${LINE}\r\n  }\r\n}\r\n`);
    assert.equal(written('{ "rules": { "a-b": "low" } }'), `{ "rules": { "a-b": "low",\n    ${LINE} } }`);
    assert.equal(written('{\n    "rules": {}\n}\n'), `{\n    "rules": {\n      ${LINE}\n    }\n}\n`);
    assert.equal(written('{\n  "rules": { // none yet\n  }\n}\n'), `{\n  "rules": { // none yet\n    ${LINE}\n  }\n}\n`);
  });

  it('takes the place of what was decided before', () => {
    assert.equal(written('{ "rules": { "csp-missing": "low", /* x */ "a-b": "off" } }'), `{ "rules": { ${LINE}, /* x */ "a-b": "off" } }`);
    assert.equal(written('{ "rules": { "csp-missing": { "severity": "low",\n "reason": "x" } } }'), `{ "rules": { ${LINE} } }`);
  });

  it('keeps a reason with any letters', () => {
    const reason = 'says "no" \\ und Ümläute 🚢';
    const change = putRule('{}', 'csp-missing', { severity: 'off', reason });
    assert.ok('edits' in change);
    assert.equal(readConfig(edited('{}', change.edits), 'shipworthy.json').config.rules['csp-missing']?.reason, reason);
  });

  it('is refused where the file is not understood, which then stays as it is', () => {
    for (const [text, why] of [
      ['{ "rules": { ', /not valid JSON: .* in line 1/], ['[]', /must be an object/], ['{ "rules": "none" }', /`rules` .* must be an object/], ['{\n"rules": { "csp-missing": "low", "csp-missing": "low"', /line 2/],
    ] as const) {
      const change = putRule(text, 'csp-missing', OFF);
      assert.ok('refused' in change, text);
      assert.match(change.refused.message, why);
    }
  });

  it('changes nothing else, however the file is laid out', () => {
    const blank = fc.constantFrom('', ' ', '\n', '\n  ', ' // note\n', ' /* note */ ', '\r\n');
    const member = fc.tuple(blank, fc.constantFrom('"extends": "strict"', '"exclude": ["a/", /* b */ "c"]', '"profile": { "stage": "pilot" }'), blank).map((parts) => parts.join(''));
    const rule = fc.tuple(blank, fc.constantFrom('"a-b": "low"', '"c-*": { "severity": "off" }', '"csp-missing": "info"'), blank).map((parts) => parts.join(''));
    const rules = fc.tuple(blank, fc.uniqueArray(rule, { maxLength: 3, selector: (text) => /"[\w*-]+"/.exec(text)?.[0] }), fc.boolean(), blank).map(([before, list, comma, after]) => `${before}"rules": {${list.join(',')}${comma && list.length > 0 ? ',' : ''}${after}}`);
    const file = fc.tuple(fc.uniqueArray(member, { maxLength: 3, selector: (text) => /"\w+"/.exec(text)?.[0] }), fc.option(rules), fc.boolean(), blank)
      .map(([members, own, comma, after]) => { const all = own === null ? members : [...members, own]; return `{${all.join(',')}${comma && all.length > 0 ? ',' : ''}${after}}`; });
    fc.assert(fc.property(file, (text) => {
      const before = readConfig(text, 'shipworthy.json');
      fc.pre(before.notices.length === 0);
      const after = written(text);
      const { config, notices } = readConfig(after, 'shipworthy.json');
      assert.deepEqual(notices, []);
      assert.deepEqual(config, { ...before.config, rules: { ...before.config.rules, 'csp-missing': OFF } });
      assert.equal(after.match(/note/g)?.length, text.match(/note/g)?.length, 'comments stay');
    }), { numRuns: 500 });
  });
});
