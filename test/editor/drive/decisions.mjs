// What a person decides, by keyboard, in a real VS Code: a risk is accepted, a false positive marked, a control signed by one or two people.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../../scripts/host.mjs';
import { makeRepository } from '../../support/repository.ts';
import { answer, leave, pick, refused, untilAsked } from './asking.mjs';
import { applyQuickFix, openFile, openQuickFixes, untilNoSquiggle, untilSquiggle } from './editor.mjs';
import { notifications } from './notifications.mjs';
import { VSIX, witnessed } from './under-test.mjs';
import { contextMenu, focusRow, openReport, rows, runCommand } from './views.mjs';
import { openWorkbench, WORKSPACE } from './workbench.mjs';

const ADA = 'Ada Lovelace <ada@example.org>';
const GRACE = 'Grace Hopper <grace@example.org>';
const LINE = 'SECRET_KEY';
const RULE = 'secret-key-default';
const FINDING = ['Configuration & secrets', 'Signing keys have no', 'settings.py:3'];
const NO_REASON = 'A reason is needed: without one nobody can tell later whether it still holds.';
const OWNER = 'Who answers for it?';
const LAST = 'The last day it counts on';
const EVIDENCE = 'A path in the project or an address.';
const DONE = 'What was done';
const SECOND = 'This one takes two people.';
const REVIEW = 'A penetration test or security review was done';
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A folder with one finding, in a repository of Ada's, open in VS Code; and what is written into its records. */
async function openRecords(host, repository) {
  cpSync(WORKSPACE, repository.root, { recursive: true });
  repository.git('config', 'user.name', 'Ada Lovelace');
  repository.git('config', 'user.email', 'ada@example.org');
  const commit = repository.commit();
  assert.ok(existsSync(VSIX), `${VSIX} is missing: run npm run package.`);
  const workbench = await openWorkbench({ host, vsix: VSIX, workspace: repository.root });
  const path = (name) => join(workbench.folder, '.shipworthy', name);
  /** The record after a decision is written, and told to be: only then has the editor finished with the file. */
  const written = async (name, decide) => {
    const told = `Written to .shipworthy/${name}. Commit it with the code.`;
    const count = async () => (await notifications(workbench.page)).filter((text) => text.startsWith(told)).length;
    const before = await count();
    await decide();
    await until(`"${told}"`, async () => await count() > before);
    return JSON.parse(readFileSync(path(name), 'utf8'));
  };
  return { workbench, commit, path, written };
}

/**
 * The tests of decisions.
 * @param {import('../../../scripts/host/versions.mjs').HostName} host
 */
export function decisions(host) {
  describe(`decisions in the ${host} VS Code`, function () {
    this.timeout(300_000);
    let page;
    let records;
    const repository = makeRepository();
    const it = witnessed(`decisions-${host}`, () => page);
    const written = (name, decide) => records.written(name, decide);
    const isWritten = (name) => existsSync(records.path(name));

    before(async () => {
      records = await openRecords(host, repository);
      ({ page } = records.workbench);
    });

    after(async () => {
      await records?.workbench.close();
      repository.remove();
    });

    const acceptRisk = async () => {
      await openQuickFixes(page, LINE, 'Accept risk until');
      await applyQuickFix(page, 'Accept risk until');
    };
    const untilSilenced = ([{ fingerprint, ...said }, ...others], expected) => {
      assert.match(fingerprint, /^[0-9a-f]{16}$/);
      assert.deepEqual([said, others], [{ rule: RULE, path: '/settings.py', ...expected }, []]);
      return untilNoSquiggle(page, LINE);
    };
    const takeBack = async () => {
      rmSync(records.path(''), { recursive: true });
      await untilSquiggle(page, LINE);
    };

    it('write nothing when a person leaves, at any step', async () => {
      await openFile(page, 'settings.py');
      await acceptRisk();
      await untilAsked(page, 'The reason.');
      await leave(page);
      await acceptRisk();
      await answer(page, 'The reason.', 'moves in December');
      await untilAsked(page, OWNER);
      await leave(page);
      await acceptRisk();
      await answer(page, 'The reason.', 'moves in December');
      await answer(page, OWNER);
      await untilAsked(page, LAST);
      await leave(page);
      await untilSquiggle(page, LINE);
      assert.equal(isWritten(''), false);
    });

    it('accept a risk with reason, owner and day, and refuse what is none', async () => {
      await acceptRisk();
      await refused(page, 'The reason.', { ' ': NO_REASON });
      await answer(page, 'The reason.', 'moves in December');
      assert.equal(await untilAsked(page, OWNER), ADA);
      await refused(page, OWNER, { '': 'Somebody has to answer for a risk.' });
      await answer(page, OWNER);
      const latest = await untilAsked(page, LAST);
      await refused(page, LAST, {
        soon: `Write a day as YYYY-MM-DD, such as ${latest}.`,
        '2026-02-30': `Write a day as YYYY-MM-DD, such as ${latest}.`,
        [day(-1)]: `${day(-1)} is over.`,
        '2099-01-01': `For this severity a risk can be accepted until ${latest} at the latest.`,
      });
      const { suppressions } = await written('suppressions.json', () => answer(page, LAST, day(7)));
      await untilSilenced(suppressions, { lane: 'accepted-risk', reason: 'moves in December', owner: ADA, until: day(7) });
    });

    it('are taken back with their record', () => takeBack());

    it('accept a risk from the tree, in the name of somebody else', async () => {
      await focusRow(page, ...FINDING);
      await contextMenu(page, 'Accept Risk Until');
      await answer(page, 'The reason.', 'behind the company network');
      await answer(page, OWNER, GRACE);
      const suggested = await untilAsked(page, LAST);
      const { suppressions } = await written('suppressions.json', () => answer(page, LAST));
      await untilSilenced(suppressions, { lane: 'accepted-risk', reason: 'behind the company network', owner: GRACE, until: suggested });
      await rows(page, 'accepted in 1 place').waitFor();
      await takeBack();
    });

    it('mark a false positive from the tree, and show it there and in the panel', async () => {
      await focusRow(page, ...FINDING);
      await contextMenu(page, 'Mark False Positive');
      await refused(page, 'The reason.', { '': NO_REASON });
      const { suppressions } = await written('suppressions.json', () => answer(page, 'The reason.', 'a demo, never deployed'));
      await untilSilenced(suppressions, { lane: 'false-positive', reason: 'a demo, never deployed' });
      await rows(page, 'accepted in 1 place').waitFor();
      const report = await openReport(page);
      await report.getByRole('tab', { name: 'Not open' }).click();
      await report.locator('#silenced', { hasText: 'a demo, never deployed' }).waitFor();
    });

    it('are asked for from the panel as well', async () => {
      const report = await openReport(page);
      await report.getByRole('tab', { name: 'Findings' }).click();
      for (const name of ['Accept risk…', 'False positive…']) {
        await report.getByRole('button', { name }).first().click();
        await untilAsked(page, 'The reason.');
        await leave(page);
      }
    });

    /** The words of a control in the panel's checklist, once they are as expected. */
    const untilInPanel = async (title, words) => {
      const report = await openReport(page);
      await report.getByRole('tab', { name: 'Checklist' }).click();
      const row = report.locator('tr', { hasText: title }).first();
      await until(`${words} in the panel`, async () => words.test(await row.innerText()));
    };

    it('sign a control with its question, evidence, person, day and commit, and show it in the panel', async () => {
      const title = 'A restore from backup has been tried';
      const sign = async () => {
        await runCommand(page, 'Shipworthy: Sign Off…');
        await pick(page, 'Sign off which control?', title);
        return pick(page, `Sign off: ${title}`, 'Passed');
      };
      assert.match(await sign(), /When was the latest backup last restored[^]*Evidence: Date, duration/);
      await untilAsked(page, EVIDENCE);
      await leave(page);
      await sign();
      await refused(page, EVIDENCE, { '': 'What proves it? A sign-off that passed needs evidence.' });
      await answer(page, EVIDENCE, 'docs/drill.md');
      await refused(page, DONE, { '  ': 'Say what was done: whoever reads it later was not there.' });
      await leave(page);
      assert.equal(isWritten('signoffs.json'), false);
      await sign();
      await answer(page, EVIDENCE, 'docs/drill.md');
      const { signoffs } = await written('signoffs.json', () => answer(page, DONE, 'Restored in 14 min.'));
      assert.deepEqual(signoffs, [{
        control: 'restore-drill', status: 'passed', by: ADA, on: day(0), statement: 'Restored in 14 min.', evidence: 'docs/drill.md', commit: records.commit, digest: signoffs[0].digest,
      }]);
      await untilInPanel(title, /Signed[^]*Ada Lovelace[^]*docs\/drill\.md/);
      await focusRow(page, 'Sign-offs'); // further down than what is on screen
      await rows(page, '4 of 5 required open').waitFor();
    });

    const askedOfReview = async () => {
      await pick(page, `Sign off: ${REVIEW}`, 'Passed');
      await answer(page, EVIDENCE, 'docs/pentest.pdf');
      await answer(page, DONE, 'Two findings, both mended.');
    };
    const review = { control: 'penetration-test', status: 'passed', by: ADA, on: day(0), statement: 'Two findings, both mended.', evidence: 'docs/pentest.pdf' };
    const reviews = ({ signoffs }) => signoffs.filter(({ control }) => control === review.control);
    const expected = (reviewers = {}) => [{ ...review, ...reviewers, commit: records.commit }];

    it('let a control that takes two people wait for the second', async () => {
      await runCommand(page, 'Shipworthy: Sign Off…');
      await pick(page, 'Sign off which control?', REVIEW);
      await askedOfReview();
      const record = await written('signoffs.json', () => answer(page, SECOND, ''));
      assert.deepEqual(reviews(record), expected());
      assert.equal(record.signoffs.length, 2, 'the sign-off of before stands');
      await untilInPanel(REVIEW, /Pending/);
    });

    it('take the second person from the tree, who is another than the first', async () => {
      await focusRow(page, 'Sign-offs', REVIEW);
      await contextMenu(page, 'Sign Off');
      await askedOfReview();
      const same = 'The second person is another than the one who signs.';
      await refused(page, SECOND, { [ADA]: same, 'ADA@example.org': same });
      const record = await written('signoffs.json', () => answer(page, SECOND, GRACE));
      assert.deepEqual(reviews(record), expected({ reviewedBy: GRACE }));
      await untilInPanel(REVIEW, /Signed[^]*Ada Lovelace[^]*Grace Hopper/);
    });
  });
}
