import assert from 'node:assert/strict';
import { run } from '../../cli/commands';
import { page } from '../../cli/explain';
import { cardOf } from '../report/fixture';
import { fakeProduct, fakeSession, RULES, surroundings } from './fake';

async function shipworthy(words: readonly string[], env: Record<string, string> = {}) {
  const around = surroundings('/', env);
  const code = await run(words, fakeProduct(fakeSession([])), around);
  return { code, out: around.stdout.text, err: around.stderr.text };
}

const ESCAPE = '\u001b[';

describe('shipworthy explain', () => {
  it('prints what a rule is about', async () => {
    const { code, out, err } = await shipworthy(['explain', 'http-timeout-missing'], { LANG: 'C.UTF-8' });
    assert.equal(code, 0);
    assert.equal(err, '');
    for (const part of [
      'Outbound HTTP calls have a timeout', 'http-timeout-missing  medium 6 · confirmed · integrations',
      '  What http-timeout-missing is for.', '  How to do http-timeout-missing.', '  It does not block by itself.', '  https://requests.readthedocs.io/',
    ]) assert.ok(out.includes(`${part}\n`), `${part} is missing in\n${out}`);
    assert.ok(!out.includes(ESCAPE));
  });

  it('stays in ASCII where nothing else arrives', async () => {
    assert.match((await shipworthy(['explain', 'http-timeout-missing'])).out, /^[\n -~]*$/);
  });

  it('says all that is special about a rule', () => {
    const card = { ...cardOf({ rule: 'a' }), blocks: 'the cookie is cross-site', ladder: { name: 'csrf', rung: 2 }, hides: ['b', 'c'], attestable: 'tls-at-edge', anchors: ['bandit B201'] };
    const text = page({ card, fixes: [{ title: 'Set it', safety: 'review', remains: 'Tell everybody.' }], examples: [] }, { colour: false, width: 200, unicode: true });
    for (const part of ['when this holds: the cookie is cross-site.', 'Rung 2 of csrf', 'instead of b, c', 'sign-off tls-at-edge can', '  bandit B201', '  Set it (review before applying). Then: Tell everybody.']) assert.ok(text.includes(part), `${part} is missing in\n${text}`);
    assert.ok(Math.max(...text.split('\n').map((line) => line.length)) <= 100, 'prose is not wider than can be read');
  });

  it('fits into a narrow terminal', () => {
    const text = page({ card: cardOf({ rule: 'a', why: 'Whoever reads the repository can forge sessions. '.repeat(5).trim() }), fixes: [], examples: [] }, { colour: false, width: 40, unicode: true });
    const prose = text.split('\n').filter((line) => line.startsWith('  '));
    assert.ok(prose.length > 6);
    assert.ok(prose.every((line) => line.length <= 40), text);
  });

  it('has colours when they are asked for', async () => {
    assert.ok((await shipworthy(['explain', 'debug-enabled', '--color'])).out.includes(ESCAPE));
    assert.ok(!(await shipworthy(['explain', 'debug-enabled', '--no-color'], { FORCE_COLOR: '1' })).out.includes(ESCAPE));
  });

  it('names the nearest rules for one that does not exist', async () => {
    const { code, out, err } = await shipworthy(['explain', 'debug-enable']);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.equal(err, 'shipworthy: There is no rule "debug-enable". Did you mean debug-enabled? `shipworthy list` shows them all.\n');
  });

  it('wants a rule', async () => assert.equal((await shipworthy(['explain'])).code, 2));
});

describe('shipworthy list', () => {
  it('prints every rule under its category', async () => {
    const { code, out } = await shipworthy(['list']);
    assert.equal(code, 0);
    assert.match(out, /^configuration \(1\)\n {2}critical {2}debug-enabled /);
    assert.deepEqual(RULES.filter(({ rule }) => !out.includes(` ${rule} `)), []);
    assert.match(out, /\n4 rules\. /);
  });

  it('cuts titles so that a rule stays on its line', async () => {
    const { out } = await shipworthy(['list'], { COLUMNS: '60' });
    assert.ok(out.includes('...'));
    assert.ok(out.split('\n').filter((line) => line.startsWith('  ')).every((line) => line.length <= 60), out);
  });

  it('prints one category', async () => {
    const { out } = await shipworthy(['list', '--category', 'auth']);
    assert.match(out, /csrf-missing/);
    assert.doesNotMatch(out, /debug-enabled/);
  });

  it('names the nearest category for one that does not exist', async () => {
    const { code, err } = await shipworthy(['list', '-c', 'securty']);
    assert.equal(code, 2);
    assert.match(err, /There is no category "securty"\. Did you mean security\? The categories are security, configuration, /);
  });

  it('prints JSON for programs', async () => {
    const listed = JSON.parse((await shipworthy(['list', '--format', 'json', '--color'])).out);
    assert.equal(listed.ruleset, '7');
    assert.deepEqual(listed.rules.map((rule: { id: string }) => rule.id), RULES.map(({ rule }) => rule));
    assert.equal(listed.rules[0].severity, 'critical');
  });
});

describe('shipworthy', () => {
  it('tells the versions of tool and rule set', async () => {
    assert.deepEqual(await shipworthy(['--version']), { code: 0, out: 'shipworthy 0.1.0 (rule set 7)\n', err: '' });
  });

  it('helps, with the exit codes', async () => {
    assert.match((await shipworthy(['--help'])).out, /check[^]*explain[^]*list/);
    const { code, out } = await shipworthy(['check', '--help']);
    assert.equal(code, 0);
    assert.match(out, /--fail-on[^]*Exit codes:\n {2}0 {2}/);
  });

  it('shows its help on standard error when nothing is asked', async () => {
    const { code, out, err } = await shipworthy([]);
    assert.equal(code, 2);
    assert.equal(out, '');
    assert.match(err, /Usage: shipworthy/);
  });

  it('names the nearest command for one that does not exist', async () => {
    const { code, err } = await shipworthy(['chek']);
    assert.equal(code, 2);
    assert.match(err, /unknown command 'chek'\n\(Did you mean check\?\)/);
  });

  it('repeats nothing that could drive the terminal', async () => {
    for (const words of [['\u001b[2J'], ['check', '--\u001b[2J'], ['explain', '\u001b[2J'], ['list', '-c', '\u001b[2J'], ['check', '\u001b[2J']]) {
      const { code, err } = await shipworthy(words);
      assert.equal(code, 2);
      assert.ok(!err.includes('\u001b'), JSON.stringify(err));
    }
  });
});
