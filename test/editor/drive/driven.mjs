// Shipworthy as a person meets it: the packaged extension in a real VS Code, by mouse and keyboard.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  applyQuickFix, hover, line, openFile, openQuickFixes, typeAtEnd, undo, untilNoSquiggle, untilSquiggle,
} from './editor.mjs';
import { VSIX, witnessed } from './under-test.mjs';
import { openContainer, openReport, rows, switchTheme } from './views.mjs';
import { openWorkbench, THEMES } from './workbench.mjs';

const LINE = 'SECRET_KEY';
const MESSAGE = 'SECRET_KEY falls back to a value';
const FIX = 'Require the variable';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const EVERYTHING = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** What axe has against the document in a panel, as it stands there now. */
async function violations(report, runOnly) {
  const inside = await documentOf(report);
  if (await inside.evaluate(() => globalThis.axe === undefined)) await inside.evaluate(AXE);
  return inside.evaluate(async (only) => {
    const found = await globalThis.axe.run({ runOnly: only, resultTypes: ['violations'], preload: false });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`);
  }, runOnly);
}

const documentOf = async (report) => (await report.locator('body').elementHandle()).ownerFrame();

/**
 * Shows what is behind all tabs at once, or again what is behind the one that is chosen. axe reads the whole document each time, and has
 * the same to say of a panel whether or not others are shown.
 */
async function showAllTabs(report, all) {
  await (await documentOf(report)).evaluate((every) => {
    const chosen = document.querySelector('[role=tab][aria-selected=true]');
    for (const panel of document.querySelectorAll('[role=tabpanel]')) panel.hidden = !every && panel.getAttribute('aria-labelledby') !== chosen.id;
  }, all);
}

/**
 * The tests of what meets the eye first.
 * @param {import('../../../scripts/host/versions.mjs').HostName} host
 */
export function driven(host) {
  describe(`driven in the ${host} VS Code`, function () {
    this.timeout(300_000);
    /** @type {import('./workbench.mjs').Workbench} */
    let workbench;
    let page;
    const colours = new Set(); // of the report's text
    const it = witnessed(`driven-${host}`, () => page);

    before(async () => {
      assert.ok(existsSync(VSIX), `${VSIX} is missing: run npm run package.`);
      workbench = await openWorkbench({ host, vsix: VSIX });
      ({ page } = workbench);
    });

    after(() => workbench?.close());

    it('underlines a fault when its file is opened', async () => {
      await openFile(page, 'settings.py');
      await untilSquiggle(page, LINE);
    });

    it('says on hover what is wrong', async () => {
      const text = await hover(page, LINE, MESSAGE);
      assert.match(text, /shipworthy/i, 'the hover names its source');
    });

    it('fixes it from the quick fix menu, and undo brings it back', async () => {
      await openQuickFixes(page, LINE, FIX);
      await applyQuickFix(page, FIX);
      await line(page, 'os.environ["SECRET_KEY"]').waitFor();
      await untilNoSquiggle(page, LINE);
      await undo(page);
      await untilSquiggle(page, LINE);
    });

    it('underlines a fault as it is typed, and no longer than it is there', async () => {
      await typeAtEnd(page, 'SECRET_KEY = os.getenv("SECRET_KEY", "typed")');
      await untilSquiggle(page, '"typed"');
      await undo(page);
      await line(page, '"typed"').waitFor({ state: 'detached' });
    });

    it('lists findings in the side bar', async () => {
      await openContainer(page);
      await rows(page).first().waitFor();
      assert.ok(await rows(page).count() > 0);
    });

    it('opens the report', async () => {
      const report = await openReport(page);
      assert.ok((await report.locator('h1').first().innerText()).length > 0);
    });

    it('steps through the findings of the report by key', async () => {
      const report = await openReport(page);
      const focused = report.locator('article.finding:focus');
      const ids = await report.locator('article.finding').evaluateAll((all) => all.map(({ id }) => id));
      assert.ok(ids.length > 1);
      await report.locator('h1').first().click();
      for (const [key, id] of [['F8', ids[0]], ['F8', ids[1]], ['Shift+F8', ids[0]], ['Shift+F8', ids.at(-1)]]) {
        await page.keyboard.press(key);
        await report.locator(`article.finding:focus[id="${id}"]`).waitFor();
      }
      assert.equal(await focused.count(), 1);
    });

    const inTheme = async (theme) => {
      const report = await openReport(page);
      await switchTheme(page, theme);
      await report.locator(`body[data-vscode-theme-kind="${THEMES[theme].webview}"]`).waitFor();
      colours.add(await report.locator('body').evaluate((body) => getComputedStyle(body).color));
      return report;
    };
    const [first, ...others] = Object.keys(THEMES);

    it(`is open to everyone in ${THEMES[first].label}: axe finds nothing in the report, as it opens and behind all of its tabs`, async () => {
      const report = await inTheme(first);
      assert.deepEqual(await violations(report, EVERYTHING), []);
      await showAllTabs(report, true);
      assert.deepEqual(await violations(report, EVERYTHING), []);
      await showAllTabs(report, false);
    });

    // Only colours are others in the next theme.
    for (const theme of others) {
      it(`can be read by everyone in ${THEMES[theme].label}: axe finds nothing in the report's colours`, async () => {
        const report = await inTheme(theme);
        await showAllTabs(report, true);
        assert.deepEqual(await violations(report, COLOURS), []);
        await showAllTabs(report, false);
      });
    }

    it('follows the theme in the report', () => {
      assert.ok(colours.size > 1, `the text has the same colour in every theme: ${[...colours]}`);
    });
  });
}
