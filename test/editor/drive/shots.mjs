// Pictures of Shipworthy in a real VS Code, the same ones in every theme, for the README and for a look at a change.
//   node test/editor/drive/shots.mjs --out folder [--theme light|dark|high-contrast|high-contrast-light]… [--host newest|oldest]
// Writes <theme>-hover.png, -quick-fix.png, -tree.png and -report.png, and a picture of the report behind each of its tabs.
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hostName } from '../../../scripts/host.mjs';
import { hover, openFile, openQuickFixes, untilSquiggle } from './editor.mjs';
import { expandRows, openContainer, openReport, rows, startAfresh, switchTheme, widenSideBar } from './views.mjs';
import { openWorkbench, screenshot, WORKSPACE } from './workbench.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
/** @type {Record<string, keyof import('./workbench.mjs').THEMES>} */
const NAMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
  'high-contrast-light': 'Default High Contrast Light',
};

/** Reads and checks the arguments. Throws a sentence. */
function readArguments() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      theme: { type: 'string', multiple: true, default: Object.keys(NAMES) },
      host: { type: 'string', default: 'newest' },
      vsix: { type: 'string', default: join(ROOT, 'shipworthy.vsix') },
      folder: { type: 'string', default: WORKSPACE },
      file: { type: 'string', default: 'settings.py' },
      line: { type: 'string', default: 'SECRET_KEY' }, // a text in the line with the squiggle
      fix: { type: 'string', default: '' }, // a text in the title of a quick fix
    },
  });
  if (!values.out) throw new Error('Say where the pictures go: --out folder.');
  const unknown = values.theme.find((name) => !(name in NAMES));
  if (unknown) throw new Error(`"${unknown}" is not a theme: say ${Object.keys(NAMES).join(', ')}.`);
  if (!existsSync(values.vsix)) throw new Error(`${values.vsix} is missing: run npm run package.`);
  return { ...values, out: resolve(values.out), host: hostName(values.host), vsix: resolve(values.vsix), folder: resolve(values.folder) };
}

async function main() {
  const { out, theme: themes, host, vsix, folder, file, line, fix } = readArguments();
  mkdirSync(out, { recursive: true });
  const workbench = await openWorkbench({ host, vsix, workspace: folder, theme: NAMES[themes[0]] });
  const { page } = workbench;
  const take = async (name) => {
    await screenshot(page, join(out, `${name}.png`));
    console.log(join(out, `${name}.png`));
  };
  try {
    for (const theme of themes) {
      await switchTheme(page, NAMES[theme]);
      await startAfresh(page);
      await openFile(page, file);
      await untilSquiggle(page, line);
      await hover(page, line, '');
      await take(`${theme}-hover`);
      await openQuickFixes(page, line, fix);
      await take(`${theme}-quick-fix`);
      await page.keyboard.press('Escape');
      await openContainer(page);
      await rows(page).first().waitFor();
      await widenSideBar(page, 560);
      await expandRows(page);
      await take(`${theme}-tree`);
      await widenSideBar(page, 300);
      const report = await openReport(page);
      await take(`${theme}-report`);
      for (const tab of await report.getByRole('tab').all()) {
        await tab.click();
        await report.getByRole('tablist').evaluate((list) => list.scrollIntoView());
        await take(`${theme}-${(await tab.getAttribute('id')).replace('tab-', '')}`);
      }
    }
  } finally {
    await workbench.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
