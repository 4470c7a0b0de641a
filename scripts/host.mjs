// A real VS Code, offline: everything under scripts/host/ that tests, screenshots and `npm start` need, in one import.
// As a program, it puts hosts into the cache: node scripts/host.mjs [newest] [oldest]
import { fileURLToPath } from 'node:url';
import { ensureHost } from './host/install.mjs';
import { hostName, HOST_NAMES } from './host/versions.mjs';

export { openBrowser } from './host/browser.mjs';
export { ensureHost, hostsFolder } from './host/install.mjs';
export { findProgram, onInterrupt, startGroup } from './host/processes.mjs';
export { installVsix, pageUrl, remoteUri, startServer } from './host/server.mjs';
export { hostName, HOST_NAMES } from './host/versions.mjs';
export { pause, temporaryFolder, until, within } from './host/waiting.mjs';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const names = process.argv.slice(2).map(hostName);
    for (const name of names.length ? names : HOST_NAMES) {
      const host = await ensureHost(name, console.log);
      console.log(`${name}: VS Code ${host.vscode} in ${host.folder}, run by ${host.node}`);
    }
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
