// What a person decides, by keyboard, in a real VS Code: a risk is accepted, a false positive marked, a control signed.
//   npx mocha test/editor/drive/decisions.test.mjs
// $SHIPWORTHY_VSIX and $SHIPWORTHY_SHOTS: as in drive.test.mjs.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../scripts/host.mjs';
import { makeRepository } from '../../support/repository.ts';
import { answer, leave, pick, refused, untilAsked } from './asking.mjs';
import { applyQuickFix, openFile, openQuickFixes, untilNoSquiggle, untilSquiggle } from './editor.mjs';
import { contextMenu, focusRow, openReport, rows, runCommand } from './views.mjs';
import { openWorkbench, WORKSPACE } from './workbench.mjs';
import { pictureOfFailure, VSIX } from './under-test.mjs';

const ADA = 'Ada Lovelace <ada@example.org>';
const LINE = 'SECRET_KEY';
const RULE = 'secret-key-default';
const NO_REASON = 'A reason is needed: without one nobody can tell later whether it still holds.';
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

for (const host of ['newest', 'oldest']) {
  describe(`decisions in the ${host} VS Code`, function () {
    this.timeout(120_000);
    let workbench;
    let page;
    let report;
    let commit;
    const repository = makeRepository();
    const path = (name) => join(workbench.folder, '.shipworthy', name);
    // The editor creates the file first, and then fills it.
    const text = (name) => existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '';
    const untilWritten = async (name) => JSON.parse(await until(name, () => text(name) || false));
    const nothingWritten = () => assert.equal(existsSync(join(workbench.folder, '.shipworthy')), false);

    before(async () => {
      cpSync(WORKSPACE, repository.root, { recursive: true });
      repository.git('config', 'user.name', 'Ada Lovelace');
      repository.git('config', 'user.email', 'ada@example.org');
      commit = repository.commit();
      assert.ok(existsSync(VSIX), `${VSIX} is missing: run npm run package.`);
      workbench = await openWorkbench({ host, vsix: VSIX, workspace: repository.root });
      ({ page } = workbench);
      await openFile(page, 'settings.py');
      await untilSquiggle(page, LINE);
    });

    afterEach(function () { return pictureOfFailure(page, this.currentTest, `decisions-${host}`); });

    after(async () => {
      await workbench?.close();
      repository.remove();
    });

    const acceptRisk = async () => {
      await openQuickFixes(page, LINE, 'Accept risk until');
      await applyQuickFix(page, 'Accept risk until');
    };

    it('write nothing when a person leaves, at any step', async () => {
      await acceptRisk();
      await untilAsked(page, 'The reason.');
      await leave(page);
      await acceptRisk();
      await answer(page, 'The reason.', 'moves in December');
      await untilAsked(page, 'Who answers for it?');
      await leave(page);
      await acceptRisk();
      await answer(page, 'The reason.', 'moves in December');
      await answer(page, 'Who answers for it?');
      await untilAsked(page, 'The last day it counts on');
      await leave(page);
      await untilSquiggle(page, LINE);
      nothingWritten();
    });

    it('accept a risk with reason, owner and day, and refuse what is none', async () => {
      await acceptRisk();
      await refused(page, 'The reason.', { ' ': NO_REASON });
      await answer(page, 'The reason.', 'moves in December');
      assert.equal(await untilAsked(page, 'Who answers for it?'), ADA);
      await refused(page, 'Who answers for it?', { '': 'Somebody has to answer for a risk.' });
      await answer(page, 'Who answers for it?');
      const last = 'The last day it counts on';
      const latest = await untilAsked(page, last);
      await refused(page, last, {
        soon: `Write a day as YYYY-MM-DD, such as ${latest}.`,
        '2026-02-30': `Write a day as YYYY-MM-DD, such as ${latest}.`,
        [day(-1)]: `${day(-1)} is over.`,
        '2099-01-01': `For this severity a risk can be accepted until ${latest} at the latest.`,
      });
      await answer(page, last, day(7));
      const { suppressions: [{ fingerprint, ...said }, ...others] } = await untilWritten('suppressions.json');
      assert.match(fingerprint, /^[0-9a-f]{16}$/);
      assert.deepEqual([said, others], [{ rule: RULE, path: '/settings.py', lane: 'accepted-risk', reason: 'moves in December', owner: ADA, until: day(7) }, []]);
      await untilNoSquiggle(page, LINE);
    });

    it('are taken back with their record', async () => {
      rmSync(path(''), { recursive: true });
      await untilSquiggle(page, LINE);
    });

    it('mark a false positive from the tree, and show it there and in the panel', async () => {
      await focusRow(page, 'Configuration & secrets', 'Signing keys have no', 'settings.py:3');
      await contextMenu(page, 'Mark False Positive');
      await refused(page, 'The reason.', { '': NO_REASON });
      await answer(page, 'The reason.', 'a demo, never deployed');
      const { suppressions } = await untilWritten('suppressions.json');
      assert.deepEqual(suppressions.map(({ rule, lane, reason, until: end }) => [rule, lane, reason, end]), [[RULE, 'false-positive', 'a demo, never deployed', undefined]]);
      await untilNoSquiggle(page, LINE);
      await rows(page, 'accepted in 1 place').waitFor();
      report = await openReport(page);
      await report.getByRole('tab', { name: 'Not open' }).click();
      await report.locator('#silenced', { hasText: 'a demo, never deployed' }).waitFor();
    });

    it('are asked for from the panel as well', async () => {
      await report.getByRole('tab', { name: 'Findings' }).click();
      await report.getByRole('button', { name: 'Accept risk…' }).first().click();
      await untilAsked(page, 'The reason.');
      await leave(page);
      await report.getByRole('button', { name: 'False positive…' }).first().click();
      await untilAsked(page, 'The reason.');
      await leave(page);
    });

    it('sign a control with its question, evidence, person, day and commit, and show it in the panel', async () => {
      const sign = async () => {
        await runCommand(page, 'Shipworthy: Sign Off…');
        await pick(page, 'Sign off which control?', 'A restore from backup has been tried');
        return pick(page, 'Sign off: A restore from backup has been tried', 'Passed');
      };
      assert.match(await sign(), /When was the latest backup last restored[^]*Evidence: Date, duration/);
      await untilAsked(page, 'A path in the project or an address.');
      await leave(page);
      await sign();
      await refused(page, 'A path in the project or an address.', { '': 'What proves it? A sign-off that passed needs evidence.' });
      await answer(page, 'A path in the project or an address.', 'docs/drill.md');
      await refused(page, 'What was done', { '  ': 'Say what was done: whoever reads it later was not there.' });
      await leave(page);
      assert.equal(existsSync(path('signoffs.json')), false);
      await sign();
      await answer(page, 'A path in the project or an address.', 'docs/drill.md');
      await answer(page, 'What was done', 'Restored in 14 min.');
      const { signoffs } = await untilWritten('signoffs.json');
      assert.deepEqual(signoffs, [{
        control: 'restore-drill', status: 'passed', by: ADA, on: day(0), statement: 'Restored in 14 min.', evidence: 'docs/drill.md', commit, digest: signoffs[0].digest,
      }]);
      await report.getByRole('tab', { name: 'Checklist' }).click();
      const row = report.locator('tr', { hasText: 'A restore from backup has been tried' }).first();
      await until('the sign-off in the panel', async () => /Signed[^]*Ada Lovelace[^]*docs\/drill\.md/.test(await row.innerText()));
      await focusRow(page, 'Sign-offs'); // further down than what is on screen
      await rows(page, '4 of 5 required open').waitFor();
    });
  });
}
