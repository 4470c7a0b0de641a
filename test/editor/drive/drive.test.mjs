// Shipworthy as a person meets it: the packaged extension in a real VS Code, by mouse and keyboard.
//   npx mocha test/editor/drive/drive.test.mjs
// $SHIPWORTHY_VSIX: another package than shipworthy.vsix in the root. $SHIPWORTHY_SHOTS: a folder for a picture of each failure.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  applyQuickFix, hover, line, openFile, openQuickFixes, typeAtEnd, undo, untilNoSquiggle, untilSquiggle,
} from './editor.mjs';
import { pictureOfFailure, VSIX } from './under-test.mjs';
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
  const inside = await (await report.locator('body').elementHandle()).ownerFrame();
  if (await inside.evaluate(() => globalThis.axe === undefined)) await inside.evaluate(AXE);
  return inside.evaluate(async (only) => {
    const found = await globalThis.axe.run({ runOnly: only, resultTypes: ['violations'], preload: false });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' ')}`);
  }, runOnly);
}

for (const host of ['newest', 'oldest']) {
  describe(`driven in the ${host} VS Code`, function () {
    this.timeout(120_000);
    /** @type {import('./workbench.mjs').Workbench} */
    let workbench;
    let page;
    const colours = new Set(); // of the report's text

    before(async () => {
      assert.ok(existsSync(VSIX), `${VSIX} is missing: run npm run package.`);
      workbench = await openWorkbench({ host, vsix: VSIX });
      ({ page } = workbench);
    });

    afterEach(function () { return pictureOfFailure(page, this.currentTest, host); });

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

    for (const [position, theme] of Object.keys(THEMES).entries()) {
      it(`is open to everyone in ${THEMES[theme].label}: axe finds nothing in the report, behind any tab`, async () => {
        const report = await openReport(page);
        await switchTheme(page, theme);
        await report.locator(`body[data-vscode-theme-kind="${THEMES[theme].webview}"]`).waitFor();
        colours.add(await report.locator('body').evaluate((body) => getComputedStyle(body).color));
        for (const tab of await report.getByRole('tab').all()) {
          await tab.click();
          // Only colours are others in the next theme.
          assert.deepEqual(await violations(report, position === 0 ? EVERYTHING : COLOURS), [], await tab.innerText());
        }
      });
    }

    it('follows the theme in the report', () => {
      assert.ok(colours.size > 1, `the text has the same colour in every theme: ${[...colours]}`);
    });
  });
}
