/** The two example applications: one finding of each rule they are there to show, and none where all is right. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding } from '../../engine/audit/outcome';
import type { ReportCard } from '../../report/card';
import { everyReport, ROOT, shipworthy } from './built';
import { temporaryFolder } from './folder';
import { reportFaults } from '../report/report-schema';

interface Expected { readonly rule: string; readonly path: string; readonly line: string }

const EXPECTED: readonly Expected[] = JSON.parse(readFileSync(path.join(__dirname, 'examples.expect.json'), 'utf8'));

async function card(example: string): Promise<ReportCard> {
  const { out, err } = await shipworthy(['check', path.join(ROOT, 'examples', example), '--format', 'json', '--fail-on', 'never', '--as-of', '2026-11-20']);
  assert.equal(err, '');
  return JSON.parse(out);
}

function said(finding: Finding, example: string): string {
  const lines = readFileSync(path.join(ROOT, 'examples', example, finding.path), 'utf8').split('\n');
  return `${finding.rule} ${finding.path}: ${lines[finding.range.start.line]?.trim() ?? ''}`;
}

const open = (from: ReportCard) => from.results.flatMap((result) => result.findings);

describe('the example applications', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('not-ready shows rules that exist', async () => {
    const { out } = await shipworthy(['list', '--format', 'json']);
    const ids = new Set(JSON.parse(out).rules.map((rule: { id: string }) => rule.id));
    assert.deepEqual(EXPECTED.filter(({ rule }) => !ids.has(rule)).map(({ rule }) => rule), []);
  });

  it('not-ready has exactly the findings it is there to show', async () => {
    const found = open(await card('not-ready')).map((finding) => said(finding, 'not-ready'));
    const meant = (one: string) => EXPECTED.some(({ rule, path: at, line }) => one.startsWith(`${rule} ${at}: `) && one.includes(line));
    const missing = EXPECTED.filter(({ rule, path: at, line }) => found.filter((one) => one.startsWith(`${rule} ${at}: `) && one.includes(line)).length !== 1);
    assert.deepEqual({ missing, unexpected: found.filter((one) => !meant(one)) }, { missing: [], unexpected: [] });
  });

  it('not-ready is NOT READY, and its secrets are in no output', async () => {
    const { verdict } = await card('not-ready');
    assert.equal(verdict.value, 'NOT READY');
    const reports = await everyReport('examples/not-ready', folder.path);
    for (const [form, text] of Object.entries(reports)) {
      assert.ok(text.length > 100, form);
      for (const secret of ['kayaks-on-the-tide', 'ebb-and-flow-7', 'dockside-scanner-key', 'low-tide-at-seven-41']) assert.ok(!text.includes(secret), `${form} shows ${secret}`);
    }
  });

  it('give JSON that the published schema describes', async () => {
    for (const example of ['not-ready', 'ready']) assert.deepEqual(reportFaults(await card(example)), []);
  });

  it('ready has no finding, and a verdict that says so', async () => {
    const ready = await card('ready');
    assert.deepEqual(open(ready).map((finding) => said(finding, 'ready')), []);
    assert.equal(ready.verdict.value, 'READY');
    assert.deepEqual(ready.notices.map((notice) => notice.message), []);
  });
});
