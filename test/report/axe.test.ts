/** The report as people meet it who see little, use no mouse or have it read out: axe over the page and the panel, as wide as a phone and as a desk. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { html } from '../../report/html';
import type { ReportCard } from '../../report/card';
import { demo, mended } from './demo';
import { card } from './fixture';

const executablePath = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));
const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const CARDS: Readonly<Record<string, ReportCard>> = { 'not ready': demo(), ready: mended(), empty: card([]) };

describe('the report, for everyone', function () {
  this.timeout(120_000);
  let browser: Browser;
  let page: Page;

  before(async function () {
    if (executablePath === undefined) this.skip();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  after(async () => browser?.close());
  afterEach(async () => page?.close());

  async function open(shown: ReportCard, mode: 'panel' | 'page', width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    if (mode === 'panel') await page.addInitScript('window.acquireVsCodeApi = () => ({ postMessage: () => {}, getState: () => null, setState: () => {} });');
    // The policy of the report lets no script in, not even axe: it is taken out for the test.
    await page.setContent(html(shown, { mode, nonce: 'abc' }).replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''));
    await page.addScriptTag({ content: AXE });
  }

  async function violations(): Promise<readonly string[]> {
    return page.evaluate(async (runOnly) => {
      const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      return (await axe.run({ runOnly })).violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html).join(' ')}`);
    }, RULES);
  }

  for (const [name, shown] of Object.entries(CARDS)) {
    for (const colours of ['light', 'dark'] as const) {
      it(`as a page, ${name}, ${colours}`, async () => {
        await open(shown, 'page', 1280, colours);
        await page.evaluate(() => { for (const one of document.querySelectorAll('details')) one.open = true; });
        assert.deepEqual(await violations(), []);
      });
    }
    it(`as a panel, ${name}, behind every tab`, async () => {
      await open(shown, 'panel', 1280);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        assert.deepEqual(await violations(), [], await tab.innerText());
      }
    });
  }

  it('fits 320 pixels, as wide as a page of 1280 at 400 %, without scrolling sideways', async () => {
    for (const mode of ['page', 'panel'] as const) {
      await open(demo(), mode, 320);
      const tabs = mode === 'panel' ? await page.getByRole('tab').all() : [];
      for (const tab of [undefined, ...tabs]) {
        await tab?.click();
        const [wide, widest] = await page.evaluate(() => [document.documentElement.scrollWidth, [...document.querySelectorAll('body *')].filter((one) => !one.closest('.wide, pre, svg, .skip, .unseen') && one.getBoundingClientRect().right > 321).map((one) => one.outerHTML.slice(0, 80))[0]] as const);
        assert.ok(wide <= 320, `${mode}: ${wide} pixels, for example ${widest}`);
      }
      assert.deepEqual(await violations(), [], mode);
    }
  });

  it('has targets of 24 pixels', async () => {
    await open(demo(), 'panel', 1280);
    const small = await page.evaluate(() => [...document.querySelectorAll('button, select, summary, input')].filter((one) => one.getClientRects().length > 0 && (one as HTMLElement).offsetHeight > 0 && one.getBoundingClientRect().height < 23.5 && !(one as HTMLInputElement).matches('[type=checkbox]')).map((one) => one.outerHTML.slice(0, 90)));
    assert.deepEqual(small, []);
  });

  for (const [format, width] of [['A4', 595], ['Letter', 612]] as const) {
    it(`prints to ${format}, everything unfolded, on the paper that is there`, async () => {
      await open(demo(), 'page', 1280);
      const pdf = await page.pdf({ format, preferCSSPageSize: true });
      assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g)?.length ?? 0;
      assert.ok(pages > 3, `${pages} pages`);
      assert.match(pdf.toString('latin1'), new RegExp(`/MediaBox \\[0 0 ${width}[ .]`));
    });
  }
});
