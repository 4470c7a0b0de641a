import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULTS, readConfig } from '../../engine/workspace/config';
import { configSchema } from '../../engine/workspace/schema';

const RULES = [{ id: 'csrf-missing', title: 'a' }, { id: 'cookie-insecure', title: 'b' }];
const read = (text: string) => readConfig(text, 'shipworthy.json', RULES);
/** The one notice of a text, and what it underlines. */
const complaint = (text: string) => {
  const { notices, config } = read(text);
  assert.equal(notices.length, 1, notices.map((one) => one.message).join('\n'));
  const [notice] = notices;
  assert.ok(notice?.range);
  const { start, end } = notice.range;
  const line = text.split('\n')[start.line] ?? '';
  assert.deepEqual([notice.code, notice.path], ['config', 'shipworthy.json']);
  return { message: notice.message, at: line.slice(start.character, end.line === start.line ? end.character : undefined), line: start.line, config, incomplete: notice.incomplete };
};

describe('shipworthy.json', () => {
  it('is read with comments and trailing commas', () => {
    const { config, notices } = read(`{
      // decided in March
      "$schema": "./x.json",
      "rules": { "csrf-missing": "low", "cookie-*": "off", },
      "exclude": ["legacy/", "legacy/", "*.sql"],
      "weights": { "security": 30, "frontend": 0 },
      "profile": { "exposure": "internal", "data": ["personal"] },
    }`);
    assert.deepEqual(notices, []);
    assert.deepEqual(config, { rules: { 'csrf-missing': 'low', 'cookie-*': 'off' }, exclude: ['legacy/', '*.sql'], weights: { security: 30, frontend: 0 }, profile: { exposure: 'internal', data: ['personal'], stage: 'production' }, signoffs: {}, gate: {} });
  });

  it('may be empty', () => {
    for (const text of ['', ' \n', '{}', '// nothing yet\n']) assert.deepEqual(read(text), { config: DEFAULTS, notices: [] }, text);
  });

  it('says what is no key of it, and what may have been meant', () => {
    const { message, at, config } = complaint('{\n  "rulez": {"csrf-missing": "off"}\n}');
    assert.deepEqual([message, at, config], ['`rulez` is no key of this file. Did you mean `rules`? It is left out.', '"rulez"', DEFAULTS]);
    assert.match(complaint('{"profile": {"exposer": "internal"}}').message, /`exposer` is no key of `profile`\. Did you mean `exposure`\?/);
    assert.match(complaint('{"weights": {"secrity": 1}}').message, /Did you mean `security`\?/);
    assert.doesNotMatch(complaint('{"somethingElse": 1}').message, /Did you mean/);
  });

  it('says which rules there are not', () => {
    const { message, at } = complaint('{"rules": {"csrf-mising": "off"}}');
    assert.deepEqual([message, at], ['`csrf-mising` is no rule. Did you mean `csrf-missing`? It is left out.', '"csrf-mising"']);
    assert.match(complaint('{"rules": {"session-*": "off"}}').message, /`session-\*` is no rule/);
    assert.deepEqual(readConfig('{"rules": {"csrf-mising": "off"}}', 'shipworthy.json').notices, []);
  });

  it('says which values it does not take, and leaves only those out', () => {
    const { message, at, config } = complaint('{"rules": {"csrf-missing": "hihg", "cookie-insecure": "off"}}');
    assert.equal(message, '`rules.csrf-missing` is `hihg`; it may be `critical`, `high`, `medium`, `low`, `info` or `off`. Did you mean `high`? It is left out.');
    assert.deepEqual([at, config.rules], ['"hihg"', { 'cookie-insecure': 'off' }]);
    assert.match(complaint('{"exclude": "legacy"}').message, /`exclude` must be a list in \[ \]/);
    assert.deepEqual(complaint('{"exclude": ["a", 1]}').config.exclude, ['a']);
    assert.match(complaint('{"weights": {"security": 1.5}}').message, /`weights\.security` must be a whole number from 0 to 100/);
    assert.match(complaint('{"weights": {"security": -1}}').message, /from 0 to 100/);
    assert.match(complaint('{"profile": {"data": ["personel"]}}').message, /`profile\.data\[0\]` is `personel`.*Did you mean `personal`\?/);
    assert.match(complaint('[]').message, /The file must be an object/);
    assert.match(complaint('{"profile": null}').message, /`profile` must be an object/);
  });

  it('takes what a gate asks and which sign-offs are required', () => {
    const gate = {
      informational: true, verdict: { atLeast: 'MOSTLY_READY' }, score: { overall: { min: 80, maxDrop: 0.5 }, security: { target: 'auto' } }, new: { critical: 0, medium: 3 },
      signoffs: { required: 'warn', expiringWithinDays: 14 }, suppressions: { max: 10, expired: 'error' }, analysis: { coverage: { min: 0.8 } },
    };
    const { config, notices } = read(JSON.stringify({ gate, signoffs: { required: ['restore-drill'] } }));
    assert.deepEqual([notices, config.gate, config.signoffs], [[], gate, { required: ['restore-drill'] }]);
    assert.deepEqual(read('{"signoffs": {"required": []}}').config.signoffs, { required: [] });
    assert.match(complaint('{"gate": {"verdict": {"atLeast": "MOSTLY READY"}}}').message, /`gate\.verdict\.atLeast` is `MOSTLY READY`.*Did you mean `MOSTLY_READY`\?/);
    assert.match(complaint('{"gate": {"analysis": {"coverage": {"min": 80}}}}').message, /`gate\.analysis\.coverage\.min` must be a number from 0 to 1\./);
    assert.match(complaint('{"gate": {"informational": "yes"}}').message, /`gate\.informational` must be `true` or `false`\./);
    assert.match(complaint('{"gate": {"new": {"hihg": 0}}}').message, /Did you mean `high`\?/);
  });

  it('counts for nothing when it is no JSON, which is said with line and reason', () => {
    const { message, line, config, incomplete } = complaint('{\n  "rules": {\n    "csrf-missing": "off"\n    "cookie-insecure": "off"\n  }\n}');
    assert.deepEqual([line, config, incomplete], [3, DEFAULTS, true]);
    assert.match(message, /^shipworthy\.json is not valid JSON: a comma is expected in line 4\./);
    assert.match(complaint('{"rules": {').message, /closing } is missing|name of a key/);
    assert.match(complaint('{"exclude": [').message, /value is expected|closing \] is missing/);
    assert.match(complaint('nonsense').message, /not valid JSON/);
    assert.match(complaint('['.repeat(5_000)).message, /nested too deeply/);
  });

  it('is never too odd', () => {
    const odd = fc.oneof(fc.string(), fc.json(), fc.array(fc.constantFrom('{', '}', '[', ']', '"rules"', '"profile"', '"__proto__"', ':', ',', '"a*"', '"off"', '1', '//', '\n'), { maxLength: 30 }).map((parts) => parts.join('')));
    fc.assert(fc.property(odd, (text) => {
      const { config, notices } = read(text);
      assert.deepEqual(Object.keys(config).sort(), Object.keys(DEFAULTS).sort());
      for (const { range } of notices) assert.ok(range && range.start.line <= range.end.line);
    }), { numRuns: 1_000 });
  });

  it('has a schema for editors, made of the same keys', () => {
    const schema = configSchema(RULES);
    assert.deepEqual(Object.keys(schema.properties ?? {}).sort(), ['$schema', ...Object.keys(DEFAULTS)].sort());
    assert.deepEqual(Object.keys(schema.properties?.rules?.properties ?? {}), ['csrf-missing', 'cookie-insecure']);
    const said = (part: object): readonly unknown[] => Object.values(part).flatMap((one: unknown) => (typeof one === 'object' && one !== null ? [...('type' in one ? ['description' in one] : []), ...said(one)] : []));
    assert.ok(said(schema).every((one) => one === true));
  });
});
