import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, symlinkSync, chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../cli/commands';
import { openSession, ruleCards } from '../../engine/audit/open';
import { openDisk } from '../../engine/workspace/disk';
import { testGrammars } from '../support/grammars';
import { fakeProduct, fakeSession, surroundings } from './fake';
import { temporaryFolder } from './folder';

const FILE = '.shipworthy/suppressions.json';
const APP = `from flask import Flask
import requests

app = Flask(__name__)


@app.get("/")
def weather():
    return requests.get("https://weather.example/now").text


@app.get("/tide")
def tide():
    return requests.get("https://tides.example/now").text
`;
const RULE = 'http-timeout-missing';

describe('the command suppress', () => {
  const folder = temporaryFolder();
  const text = (name: string) => readFileSync(path.join(folder.path, name), 'utf8');
  const records = () => JSON.parse(text(FILE)).suppressions;

  /** The command over a real session with all rules. TODAY of the surroundings is 2026-11-20. */
  async function cli(...words: readonly string[]) {
    const around = surroundings(folder.path);
    const grammars = await testGrammars();
    const product = { ...fakeProduct(fakeSession([])), rules: ruleCards, open: async (root: string) => openSession({ workspace: openDisk(root), grammars }) };
    const code = await run(words, product, around);
    return { code, out: around.stdout.text, err: around.stderr.text };
  }
  const suppress = (...words: readonly string[]) => cli('suppress', ...words);
  const refused = async (...words: readonly string[]) => {
    const { code, err } = await suppress(...words);
    assert.equal(code, 2, err);
    return err;
  };
  const wrong = ['--lane', 'false-positive', '--reason', 'the client of the company has a timeout of its own'];
  const risk = ['--lane', 'accepted-risk', '--reason', 'after the move'];
  const at = (line: number) => ['--rule', RULE, '--path', `app.py:${line}`];

  async function open(): Promise<readonly { readonly fingerprint: string; readonly line: number }[]> {
    const cards = JSON.parse((await cli('check', '--format', 'json', '--quiet')).out);
    return [cards].flat().flatMap((card) => card.results).filter((result) => result.rule === RULE)
      .flatMap((result) => result.findings).map((finding) => ({ fingerprint: finding.fingerprint, line: finding.range.start.line + 1 }));
  }

  beforeEach(() => { folder.write('app.py', APP); });

  it('writes a record of one finding, named by its place, and the next check has one less', async () => {
    const before = await open();
    const { code, out } = await suppress(...at(9), ...wrong);
    assert.deepEqual([code, out], [0, `The finding of ${RULE} in app.py is silenced as false positive in ${FILE}.\n`]);
    assert.deepEqual(records(), [{ rule: RULE, path: '/app.py', fingerprint: before[0]?.fingerprint, lane: 'false-positive', reason: wrong[3] }]);
    assert.deepEqual(await open(), before.slice(1));
  });

  it('takes the beginning of a fingerprint, in capitals too', async () => {
    const [, second] = await open();
    assert.ok(second);
    assert.equal((await suppress(second.fingerprint.slice(0, 8).toUpperCase(), ...wrong)).code, 0);
    assert.deepEqual(records().map((one: { fingerprint: string }) => one.fingerprint), [second.fingerprint]);
  });

  it('accepts a risk until a day, by whom git knows, and renews it in its place', async () => {
    assert.match((await suppress(...at(9), ...risk, '--until', '2027-01-31')).out, /silenced as accepted risk in \S+ until 2027-01-31\.\n$/);
    assert.equal((await suppress(...at(9), ...risk, '--until', '2027-02-28', '--owner', 'Grace <g@example.org>')).code, 0);
    assert.deepEqual(records().map((one: { owner: string; until: string }) => [one.owner, one.until]), [['Grace <g@example.org>', '2027-02-28']]);
    await suppress(...at(14), ...risk, '--until', '2027-01-31');
    assert.deepEqual(records().map((one: { owner: string }) => one.owner).sort(), ['Ada <ada@example.org>', 'Grace <g@example.org>']);
  });

  it('writes comments: above the line, in the newlines and with the byte order mark and rights of the file', async () => {
    const file = folder.write('app.py', `\uFEFF${APP.replaceAll('\n', '\r\n')}`);
    chmodSync(file, 0o640);
    assert.equal((await suppress(...at(9), ...wrong, '--place', 'line')).code, 0);
    assert.equal(text('app.py'), `\uFEFF${APP.replace('    return', `    # shipworthy: ignore ${RULE} -- ${wrong[3] ?? ''}\n    return`).replaceAll('\n', '\r\n')}`);
    assert.equal(statSync(file).mode & 0o777, 0o640);
    assert.equal(existsSync(path.join(folder.path, '.shipworthy')), false);
  });

  it('silences a rule in a whole file, by a comment or a record, and says how many', async () => {
    assert.match((await suppress('--rule', RULE, '--path', './app.py', ...wrong, '--place', 'path', '--dry-run')).out, /"path": "\/app\.py", "lane"/);
    assert.match((await suppress('--rule', RULE, '--path', 'app.py', ...wrong, '--place', 'file')).out, /^2 findings of http-timeout-missing in app\.py are silenced as false positive in app\.py\.\n$/);
    assert.match(text('app.py'), /^# shipworthy: ignore-file http-timeout-missing -- the client/);
    assert.deepEqual(await open(), []);
  });

  it('prints a diff and writes nothing with --dry-run', async () => {
    const { code, out } = await suppress(...at(14), ...wrong, '--place', 'line', '--dry-run');
    assert.deepEqual([code, out], [0, `--- a/app.py\n+++ b/app.py\n@@ -13,0 +14 @@\n+    # shipworthy: ignore ${RULE} -- ${wrong[3] ?? ''}\n`]);
    assert.match((await suppress(...at(14), ...wrong, '--dry-run')).out, /^--- \/dev\/null\n\+\+\+ b\/\.shipworthy\/suppressions\.json\n@@ -0,0 \+1,6 @@\n\+\{\n/);
    assert.deepEqual([text('app.py'), existsSync(path.join(folder.path, '.shipworthy'))], [APP, false]);
  });

  it('asks for what is missing', async () => {
    assert.match(await refused(), /Which finding\? Give the beginning of its fingerprint, or --rule and --path\./);
    assert.match(await refused('--rule', RULE), /Which finding\?/);
    assert.match(await refused('abc', ...wrong), /"abc" is no fingerprint: 6 to 16 hexadecimal digits\./);
    assert.match(await refused('abcdef', ...at(9), ...wrong), /Leave out --rule and --path/);
    assert.match(await refused(...at(9)), /Add --lane false-positive or --lane accepted-risk/);
    assert.match(await refused(...at(9), '--lane', 'maybe'), /Allowed choices are false-positive, accepted-risk/);
    assert.match(await refused(...at(9), '--lane', 'false-positive', '--reason', ' '), /needs a reason: .*Add --reason\./);
    assert.match(await refused(...at(9), ...wrong, '--until', '2027-01-01'), /--until is of an accepted risk/);
    assert.match(await refused(...at(9), ...risk), /needs an end\. Add --until with a day, 2027-05-19 at the latest for http-timeout-missing \(medium\)/);
    assert.match(await refused(...at(9), ...risk, '--until', '2027-05-20'), /too late: .* until 2027-05-19/);
    assert.match(await refused(...at(9), ...risk, '--until', '2026-11-19'), /is over already: the day is 2026-11-20/);
    assert.match(await refused(...at(9), ...risk, '--until', '2027-02-30'), /must be a day/);
    assert.match(await refused(...at(9), ...risk, '--until', '2027-01-01', '--place', 'file'), /is accepted in \.shipworthy\/suppressions\.json, not by a comment/);
    assert.equal(existsSync(path.join(folder.path, '.shipworthy')), false);
  });

  it('says what is there instead', async () => {
    assert.match(await refused('--rule', 'http-timeout-mising', '--path', 'app.py', ...wrong), /There is no rule .* Did you mean http-timeout-missing\?/);
    assert.match(await refused('--rule', RULE, '--path', 'api.py', ...wrong), /has no open finding in api\.py\. Did you mean app\.py\?/);
    assert.match(await refused('--rule', RULE, '--path', 'elsewhere/weather.py', ...wrong), /It has some in app\.py\./);
    assert.match(await refused(...at(3), ...wrong), /has no open finding in app\.py:3\. There it has app\.py:9:12, app\.py:14:12\./);
    assert.match(await refused('000000', ...wrong), /No open finding has a fingerprint that begins with 000000/);
    const [first, second] = await open();
    const many = await refused('--rule', RULE, '--path', 'app.py', ...wrong);
    assert.match(many, /^shipworthy: 2 findings could be meant\. Name one by its fingerprint:\n/);
    assert.ok(many.includes(`  ${first?.fingerprint.slice(0, 8) ?? '?'}  app.py:9:12  `) && many.includes(`  ${second?.fingerprint.slice(0, 8) ?? '?'}  app.py:14:12  `), many);
    await suppress(...at(9), ...wrong);
    assert.match(await refused(...at(9), ...wrong), /at app\.py:9:12 is silenced already, by \.shipworthy\/suppressions\.json:4:\d+: the client/);
  });

  it('does not write a comment that would silence nothing', async () => {
    folder.write('app.py', APP.replace('return requests.get("https://weather.example/now").text', 'return """\n""" + requests.get("https://weather.example/now").text'));
    assert.match(await refused(...at(10), ...wrong, '--place', 'line'), /A comment above that line would not silence the finding\. Nothing was written; try --place finding\./);
    assert.doesNotMatch(text('app.py'), /shipworthy/);
    assert.equal((await suppress(...at(10), ...wrong)).code, 0);
  });

  it('does not write over a file that it does not understand, nor through a link, nor in another encoding', async () => {
    folder.write(FILE, '{ "version": 9 }');
    assert.match(await refused(...at(9), ...wrong), /Nothing was written\. .*version 9/);
    assert.equal(text(FILE), '{ "version": 9 }');
    folder.write('elsewhere.txt', '# nothing\n');
    folder.write('latin.py', '');
    writeFileSync(path.join(folder.path, 'latin.py'), Buffer.from(`# caf\u00e9\n${APP}`, 'latin1'));
    assert.match(await refused('--rule', RULE, '--path', 'latin.py:10', ...wrong, '--place', 'line'), /latin\.py cannot be changed: it is not UTF-8\. Nothing was written\./);
  });

  it('does not replace a link', async function () {
    if (process.platform === 'win32') this.skip();
    const real = folder.write('shared/records.json', '{ "version": 1, "suppressions": [] }\n');
    folder.write('.shipworthy/x', '');
    symlinkSync(real, path.join(folder.path, FILE));
    const { code, err } = await suppress(...at(9), ...wrong);
    assert.deepEqual([code, readFileSync(real, 'utf8')], [2, '{ "version": 1, "suppressions": [] }\n']);
    assert.match(err, /\.shipworthy\/suppressions\.json is a link or lies behind one\. Nothing was written/);
  });
});
