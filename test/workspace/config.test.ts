import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { DEFAULTS, readConfig } from '../../engine/workspace/config';
import { configSchema, editorSchema } from '../../engine/workspace/config-schema';
import { customisations } from '../../engine/workspace/customised';
import type { PresetName } from '../../engine/workspace/presets';
import { PRESETS, presetOf } from '../../engine/workspace/presets';
import type { Choice, Schema } from '../../engine/workspace/schema';
import { rules as allRules } from '../../rules';
import { WEIGHTS } from '../../rules/kit';

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
    assert.deepEqual(config, {
      ...DEFAULTS, rules: { 'csrf-missing': { severity: 'low' }, 'cookie-*': { severity: 'off' } }, exclude: ['legacy/', '*.sql'], weights: { security: 30, frontend: 0 },
      profile: { exposure: 'internal', data: ['personal'], stage: 'production' },
    });
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
    assert.deepEqual([at, config.rules], ['"hihg"', { 'cookie-insecure': { severity: 'off' } }]);
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
      assert.deepEqual(Object.keys(config).filter((key) => key !== 'ruleset').sort(), Object.keys(DEFAULTS).sort());
      for (const { range } of notices) assert.ok(range && range.start.line <= range.end.line);
    }), { numRuns: 1_000 });
  });

  it('takes a reason with a rule, and says what else a rule may be', () => {
    const { config, notices } = read('{"rules": {"csrf-missing": {"severity": "off", "reason": "tokens only"}}}');
    assert.deepEqual([notices, config.rules], [[], { 'csrf-missing': { severity: 'off', reason: 'tokens only' } }]);
    assert.match(complaint('{"rules": {"csrf-missing": true}}').message, /`rules\.csrf-missing` must be a text in quotes or an object in \{ \}\./);
    const half = complaint('{"rules": {"csrf-missing": {"reason": "tokens only"}}}');
    assert.match(half.message, /`rules\.csrf-missing\.severity` is missing/);
    assert.deepEqual(half.config.rules, {});
  });

  it('asks why a category does or does not apply', () => {
    const { config, notices } = read('{"applicability": {"integrations": {"value": false, "reason": "no outbound mail"}}}');
    assert.deepEqual([notices, config.applicability], [[], { integrations: { value: false, reason: 'no outbound mail' } }]);
    for (const said of ['{"value": false}', '{"value": false, "reason": " "}']) {
      const text = `{"applicability": {"integrations": ${said}}}`;
      assert.ok(read(text).notices.length > 0, said);
      assert.deepEqual(read(text).config.applicability, {}, said);
    }
    assert.match(complaint('{"applicability": {"mail": {"value": false, "reason": "x"}}}').message, /`mail` is no key of `applicability`/);
  });

  it('takes a version of the rule set that there is', () => {
    assert.equal(read('{"ruleset": "1"}').config.ruleset, '1');
    assert.match(complaint('{"ruleset": "latest"}').message, /`ruleset` is `latest`; it must be a version such as 1 or 2027\.1\./);
    const future = complaint('{\n"ruleset": "2999.1"\n}');
    assert.match(future.message, /`ruleset` is `2999\.1`, and this Shipworthy knows rules up to 1\. Update Shipworthy\./);
    assert.deepEqual([future.at, future.config], ['"2999.1"', DEFAULTS]);
  });

  it('has a schema for editors, made of the same keys', () => {
    const schema = configSchema(RULES);
    assert.deepEqual(Object.keys(schema.properties ?? {}).sort(), ['$schema', 'ruleset', ...Object.keys(DEFAULTS).filter((key) => key !== 'strict')].sort());
    const ruled = schema.properties?.rules;
    assert.ok(ruled && 'properties' in ruled);
    assert.deepEqual(Object.keys(ruled.properties ?? {}), ['csrf-missing', 'cookie-insecure']);
  });

  it('describes every key and value of it, with a default or an example where it is not one of a few', () => {
    const lacking = (schema: Schema | Choice, path: string): readonly string[] => {
      const here = schema.description === '' ? [`${path}: no description`] : [];
      if ('anyOf' in schema) return [...here, ...schema.anyOf.flatMap((one) => lacking(one, path))];
      const shown = schema.type === 'object' || schema.default !== undefined || schema.examples !== undefined || schema.enum !== undefined;
      const explained = schema.enum === undefined || schema.enumDescriptions?.length === schema.enum.length;
      return [
        ...here, ...(shown ? [] : [`${path}: no default, example or list of values`]), ...(explained ? [] : [`${path}: values without a description`]),
        ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => lacking(below, `${path}.${key}`)),
        ...(schema.items ? lacking(schema.items, `${path}[]`) : []), ...(schema.additionalProperties ? lacking(schema.additionalProperties, `${path}.*`) : []),
      ];
    };
    assert.deepEqual(lacking(configSchema(RULES), ''), []);
  });

  it('is what editors are given, with code in its descriptions marked as such', () => {
    const text = JSON.stringify(editorSchema(RULES));
    assert.deepEqual(JSON.parse(text, (key, value: unknown) => (key === 'markdownDescription' ? undefined : value)), JSON.parse(JSON.stringify(configSchema(RULES))));
    assert.match(text, /"description":"`false`: [^"]*","markdownDescription":"`false`: /);
    const written = JSON.parse(readFileSync('syntaxes/shipworthy.schema.json', 'utf8')) as { properties: { rules: { properties: object } } };
    assert.deepEqual(Object.keys(written.properties.rules.properties), allRules.map((rule) => rule.id));
  });

  it('is what VS Code completes shipworthy.json with', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as { contributes: { jsonValidation: readonly { fileMatch: readonly string[]; url: string }[] } };
    const [ours] = contributes.jsonValidation.filter(({ fileMatch }) => fileMatch.includes('shipworthy.json'));
    assert.ok(ours);
    const { allowComments, allowTrailingCommas } = JSON.parse(readFileSync(ours.url, 'utf8')) as { allowComments: boolean; allowTrailingCommas: boolean };
    assert.deepEqual([allowComments, allowTrailingCommas], [true, true]);
  });

  it('is shown in the documentation by an example that is right', () => {
    const [example = ''] = /(?<=```jsonc\n)[^`]*/.exec(readFileSync('docs/configuration.md', 'utf8')) ?? [];
    const { config, notices } = readConfig(example, 'shipworthy.json', allRules);
    assert.deepEqual(notices, []);
    assert.equal(Object.keys(config.rules).length, 3);
  });

  it('shows editors examples and defaults that it takes itself', () => {
    const schema = configSchema(RULES);
    for (const [key, below] of Object.entries(schema.properties ?? {})) {
      for (const example of [...(below.examples ?? []), ...(below.default === undefined ? [] : [below.default])]) {
        const { notices } = readConfig(JSON.stringify({ [key]: example }), 'shipworthy.json');
        assert.deepEqual(notices, [], `${key}: ${JSON.stringify(example)}`);
      }
    }
  });
});

describe('presets', () => {
  it('are settings that the file may change again', () => {
    const { config } = read('{"extends": "internal-tool", "weights": {"security": 25}, "profile": {"data": ["personal"]}}');
    assert.deepEqual(config.profile, { exposure: 'internal', data: ['personal'], stage: 'production' });
    assert.deepEqual(config.weights, { ...PRESETS['internal-tool'].weights, security: 25 });
    assert.deepEqual(read('{"extends": "solo"}').config.signoffs, { required: [] });
    assert.equal(read('{"extends": "strict", "gate": {"new": {"high": 2}}}').config.gate.verdict?.atLeast, 'READY');
    assert.deepEqual(read('{"extends": "strict", "gate": {"new": {"high": 2}}}').config.gate.new, { high: 2 });
    assert.equal(read('{"extends": "strict"}').config.strict, true);
    assert.deepEqual(read('{"extends": "standard"}').config, DEFAULTS);
    assert.match(complaint('{"extends": "strickt"}').message, /it may be `standard`, `strict`, `solo`.*Did you mean `strict`\?/);
  });

  it('have weights that add up to 100', () => {
    for (const name of Object.keys(PRESETS) as PresetName[]) {
      assert.equal(Object.values({ ...WEIGHTS, ...presetOf(name).weights }).reduce((sum, weight) => sum + weight, 0), 100, name);
    }
  });

  it('share the areas of an audit out among the categories they hold', () => {
    const { weights } = PRESETS.audit;
    assert.deepEqual([weights.security + weights.configuration + weights.auth, weights.code + weights.dependencies + weights.frontend, weights.deployment + weights.observability], [30, 20, 5]);
  });

  it('are described in the documentation with every weight they change', () => {
    const page = readFileSync('docs/configuration.md', 'utf8');
    for (const name of Object.keys(PRESETS) as PresetName[]) {
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      assert.ok(row, `no row for ${name}`);
      for (const [category, weight] of Object.entries(presetOf(name).weights)) assert.ok(row.includes(`${category} ${weight}`), `${name}: ${category} ${weight}`);
    }
  });
});

describe('customised settings', () => {
  const named = (text: string) => customisations(read(text).config).map(({ key, value, usual, reason }) => [key, value, usual, reason].filter((one) => one !== undefined).join(' | '));

  it('are those that differ from the defaults or the preset, each by its name', () => {
    assert.deepEqual(named(`{
      "extends": "internal-tool", "ruleset": "1", "rules": {"csrf-missing": "low", "cookie-*": {"severity": "off", "reason": "tokens only"}}, "exclude": ["legacy/"],
      "weights": {"security": 17, "frontend": 5}, "profile": {"exposure": "public", "data": ["personal"]}, "applicability": {"integrations": {"value": false, "reason": "no mail"}},
      "signoffs": {"required": []}, "gate": {"new": {"high": 0}}
    }`), [
      'extends | internal-tool | standard', 'ruleset | 1', 'rules.csrf-missing | low', 'rules.cookie-* | off | tokens only', 'exclude | legacy/', 'weights.frontend | 5 | 0',
      'profile.exposure | public | internal', 'profile.data | personal | ', 'applicability.integrations | does not apply | no mail',
      'signoffs.required | none | restore-drill, rollback-rehearsed, alert-reaches-human, production-secrets-unique',
    ]);
  });

  it('are none where the file says what is so anyway', () => assert.deepEqual(named('{"extends": "standard", "weights": {"security": 20}, "profile": {"stage": "production"}, "gate": {"informational": true}}'), []));
});
