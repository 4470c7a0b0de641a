/** The panel's script in a real browser. Where there is none, the tests are skipped and say so. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { body, html } from '../../report/html';
import type { ReportCard } from '../../report/card';
import { demo, mended } from './demo';
import { hostile } from './hostile';

const executablePath = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path !== undefined && existsSync(path));

/** What the page keeps for the test, in place of the editor. */
const EDITOR = `window.sent = []; window.kept = window.kept ?? null;
window.acquireVsCodeApi = () => ({ postMessage: (message) => window.sent.push(message), getState: () => window.kept, setState: (state) => { window.kept = state; } });`;

describe('the panel in a browser', function () {
  this.timeout(30_000);
  let browser: Browser;
  let page: Page;
  let faults: string[];

  before(async function () {
    if (executablePath === undefined) this.skip();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  after(async () => browser?.close());
  afterEach(async () => page?.close());

  async function open(card: ReportCard, mode: 'panel' | 'page' = 'panel', before = EDITOR, width = 800): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 700 } });
    faults = [];
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => faults.push(message.text()));
    if (mode === 'panel') await page.addInitScript(before);
    await page.route('http://report.test/', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html(card, { mode, nonce: 'abc' }) }));
    await page.goto('http://report.test/');
  }
  const sent = () => page.evaluate('window.sent');
  const update = (card: ReportCard) => page.evaluate((text) => window.postMessage({ type: 'card', body: text }, '*'), body(card, 'panel'));
  const visible = () => page.locator('[data-item]:visible').count();

  it('says it is ready, and what is clicked', async () => {
    await open(demo());
    await page.locator('[data-open="app/config.py:12:5"]').click();
    await page.locator('[data-fix]').first().click();
    await page.locator('.finding [data-explain="csrf-missing"]').click();
    await page.locator('[data-rescan]').click();
    const fingerprint = demo().results.find((result) => result.rule === 'sql-injection')?.findings[0]?.fingerprint;
    assert.deepEqual(await sent(), [
      { type: 'ready' }, { type: 'open', path: 'app/config.py', line: 12, column: 5 }, { type: 'fix', fingerprint, index: 0 }, { type: 'explain', rule: 'csrf-missing' }, { type: 'rescan' },
    ]);
    assert.deepEqual(faults, []);
  });

  it('gives back paths to the letter, colons and controls included', async () => {
    await open(hostile());
    await page.locator('.finding [data-open]').first().click();
    const path = hostile().results.find((result) => result.rule === 'a')?.findings[0]?.path;
    assert.deepEqual((await sent() as readonly object[]).at(-1), { type: 'open', path, line: 1, column: 5 });
  });

  it('works by keyboard alone', async () => {
    await open(demo());
    await page.locator('[data-open="app/config.py:12:5"]').focus();
    await page.keyboard.press('Enter');
    assert.equal((await sent() as readonly object[]).length, 2);
    await page.locator('details[data-key="ledger-security"] > summary').focus();
    await page.keyboard.press('Space');
    assert.ok(await page.locator('details[data-key="ledger-security"] table').isVisible());
  });

  it('filters by words, severity, category and state together', async () => {
    await open(demo());
    const all = await visible();
    await page.selectOption('[name=state]', 'open');
    assert.equal(await visible(), 16);
    await page.selectOption('[name=severity]', 'critical');
    assert.equal(await visible(), 2);
    await page.selectOption('[name=category]', 'configuration');
    assert.equal(await page.locator('[data-item]:visible').getAttribute('id'), 'rule-secret-key-default');
    assert.match(await page.locator('output').innerText(), /^1 of \d+ shown$/);
    await page.locator('button[type=reset]').click();
    await page.waitForFunction((count) => document.querySelectorAll('[data-item]:not([hidden])').length === count, all);
    await page.fill('[name=text]', 'SCANNER.py except');
    assert.equal(await page.locator('[data-item]:visible').getAttribute('id'), 'rule-exception-swallowed');
    assert.equal(await page.locator('#findings h3:visible', { hasText: 'Low' }).count(), 0);
  });

  it('takes a new card without losing filters, focus or what is unfolded, and says so', async () => {
    await open(demo());
    await page.locator('details[data-key="ledger-data"] > summary').click();
    await page.selectOption('[name=severity]', 'high');
    await page.fill('[name=text]', 'backup');
    await update(mended());
    await page.waitForFunction(() => document.getElementById('said')?.textContent !== '');
    assert.equal(await page.locator('#said').innerText(), 'Card updated: READY, grade A−, 90.3 of 100');
    assert.equal(await page.locator('#verdict-title').innerText(), 'READY');
    assert.ok(await page.locator('details[data-key="ledger-data"]').getAttribute('open') !== null);
    assert.deepEqual(await page.evaluate(() => [document.activeElement?.getAttribute('name'), (document.activeElement as HTMLInputElement).selectionStart]), ['text', 6]);
    assert.equal(await visible(), 1);
    assert.deepEqual(faults, []);
  });

  it('keeps focus on the same control of a new card, or on its heading when that is gone', async () => {
    await open(demo());
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-open') ?? document.activeElement?.id);
    await page.locator('.finding [data-open="scripts/backup.sh:14:5"]').focus();
    await update(mended());
    await page.waitForFunction(() => document.getElementById('said')?.textContent !== '');
    assert.equal(await focused(), 'scripts/backup.sh:14:5');
    await page.locator('.finding [data-open="app/admin/routes.py:859:5"]').first().focus();
    await update(demo());
    await page.waitForFunction(() => document.getElementById('said')?.textContent?.includes('NOT READY'));
    await page.locator('.finding [data-open="app/config.py:12:5"]').focus();
    await update(mended());
    await page.waitForFunction(() => !document.getElementById('said')?.textContent?.includes('NOT READY'));
    assert.equal(await focused(), 'findings-title');
  });

  it('comes back as it was left', async () => {
    await open(demo(), 'panel', `window.kept = { filters: { text: 'sql', severity: '', category: '', state: '' }, open: ['ledger-auth'], top: 0 };${EDITOR}`);
    assert.equal(await page.locator('[name=text]').inputValue(), 'sql');
    assert.ok(await page.locator('details[data-key="ledger-auth"]').getAttribute('open') !== null);
    assert.equal(await page.locator('.finding:visible').count(), 1);
    await page.fill('[name=text]', 'sqlx');
    assert.equal(await page.evaluate('window.kept.filters.text'), 'sqlx');
  });

  it('runs nothing that the repository holds, in the document or in a new card', async () => {
    await open(hostile());
    await update(hostile());
    await page.waitForFunction(() => document.getElementById('said')?.textContent !== '');
    assert.equal(await page.evaluate('window.pwned'), undefined);
    assert.deepEqual(faults, []);
  });

  it('has targets of at least 24 by 24 pixels and fits 320 pixels', async () => {
    await open(demo(), 'panel', EDITOR, 320);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0);
    const small = await page.evaluate(() => [...document.querySelectorAll('button, select, input, summary, nav a')].filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      return width > 0 && (height < 24 || width < 24);
    }).map((one) => one.outerHTML));
    assert.deepEqual(small, []);
  });

  it('is readable as a page, with the same filters and nothing of the editor', async () => {
    await open(demo(), 'page');
    await page.selectOption('[name=severity]', 'critical');
    assert.equal(await page.locator('.finding:visible').count(), 2);
    assert.equal(await page.locator('[data-open]').count(), 0);
    assert.deepEqual(faults, []);
  });

  it('is whole without its script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    page = await context.newPage();
    await page.setContent(html(demo(), { mode: 'page', nonce: 'abc' }));
    assert.equal(await page.locator('.finding:visible').count(), 16);
    assert.equal(await page.locator('form.filters:visible').count(), 0);
    await page.locator('details[data-key="ledger-security"] > summary').click();
    assert.ok(await page.locator('details[data-key="ledger-security"] table').isVisible());
    await context.close();
  });
});
