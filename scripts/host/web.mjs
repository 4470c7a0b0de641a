// VS Code for the Web on this machine only: a page, and an extension host that is a web worker in it. There is no other machine behind it.
import { open } from '@vscode/test-web';
import { freePort } from './server.mjs';
import { layOutWebBuild } from './web-build.mjs';

/** By name and not by number: the worker is in a frame whose address is a name below this one. */
const HOST = 'localhost';

/**
 * Serves a page in which a folder is open. What is written to the folder there stays in the page.
 * @param {import('./install.mjs').Host} host
 * @param {object} options
 * @param {string} options.data       folder for the build
 * @param {string} options.folder     the folder that is open
 * @param {string} options.extension  folder of the extension, built
 * @param {string} [options.bundle]   the file that exports run(), to be run in the worker
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
export async function startWeb(host, { data, folder, extension, bundle }) {
  const commit = layOutWebBuild(host, data);
  const port = await freePort(0);
  const served = await open({
    browserType: 'none', host: HOST, port, quality: 'stable', commit, testRunnerDataDir: data,
    extensionDevelopmentPath: extension, folderPath: folder, ...(bundle && { extensionTestsPath: bundle }),
  });
  return { url: `http://${HOST}:${port}/`, stop: () => served.dispose() };
}
