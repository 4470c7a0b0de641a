// VS Code for the Web, as it lies inside code-server's package, laid out as @vscode/test-web expects a build that it has downloaded.
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What code-server's workbench has that ties it to a server, and what stands there without it. */
const TIES = [
  // It takes for granted that the page's own host is a remote machine, and that the page gives what its own server does.
  [/\{\.\.\.JSON\.parse\((\w+)\),remoteAuthority:location\.host\}/,
    (_, given) => `{userDataPath:"/",isEnabledFileDownloads:!0,isEnabledFileUploads:!0,isEnabledCoderGettingStarted:!1,callbackRoute:"/callback",webviewEndpoint:location.origin+"/static/build/out/vs/workbench/contrib/webview/browser/pre",...JSON.parse(${given})}`],
  // It keeps settings on that machine.
  [/(get userRoamingDataHome\(\)\{return \w+\(\w+\.file\(this\.userDataPath\)\.with\(\{scheme:\w+\.)vscodeRemote(\}\),"User"\)\})/, (_, before, after) => `${before}vscodeUserData${after}`],
];

/** The page of test-web creates a workbench by this file; that of a server starts by itself from the same configuration in the page. */
const WORKBENCH = `
export class Emitter { constructor() { this.listeners = new Set(); this.event = (one) => { this.listeners.add(one); return { dispose: () => this.listeners.delete(one) }; }; } fire(event) { for (const one of this.listeners) one(event); } }
export const URI = { revive: (uri) => uri, parse: (text) => ({ toString: () => text, with: () => URI.parse(text) }), from: (parts) => parts };
export function create() { return import('../code/browser/workbench/workbench.js'); }
`;

/**
 * Lays the build out as links, in a folder of its own.
 * @param {import('./install.mjs').Host} host
 * @param {string} folder  where to
 * @returns {string} the commit of the build
 * @throws {Error} a sentence, when this version of code-server looks different
 */
export function layOutWebBuild(host, folder) {
  const { commit } = JSON.parse(readFileSync(join(host.folder, 'product.json'), 'utf8'));
  const to = join(folder, `vscode-web-stable-${commit}`);
  linkAll(join(host.folder, 'out'), join(to, 'out'), ['vs']);
  linkAll(join(host.folder, 'out/vs'), join(to, 'out/vs'), ['workbench', 'code']);
  linkAll(join(host.folder, 'out/vs/code/browser/workbench'), join(to, 'out/vs/code/browser/workbench'), ['workbench.js']);
  linkAll(join(host.folder, 'out/vs/workbench'), join(to, 'out/vs/workbench'));
  for (const name of ['extensions', 'node_modules']) if (existsSync(join(host.folder, name))) symlinkSync(join(host.folder, name), join(to, name));
  writeFileSync(join(to, 'out/vs/code/browser/workbench/workbench.js'), untied(readFileSync(join(host.folder, 'out/vs/code/browser/workbench/workbench.js'), 'utf8'), host.vscode));
  writeFileSync(join(to, 'out/vs/workbench/workbench.web.main.internal.js'), WORKBENCH);
  writeFileSync(join(to, 'out/vs/workbench/workbench.web.main.internal.css'), "@import url('../code/browser/workbench/workbench.css');");
  writeFileSync(join(to, 'package.json'), '{"type":"module"}');
  writeFileSync(join(to, 'version'), `vscode-web-stable-${commit}`);
  return commit;
}

function untied(workbench, version) {
  return TIES.reduce((text, [tie, instead]) => {
    if (!tie.test(text)) throw new Error(`The workbench of code-server with VS Code ${version} looks different: ${tie} is not in it.`);
    return text.replace(tie, instead);
  }, workbench);
}

function linkAll(from, to, except = []) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (!except.includes(name)) symlinkSync(join(from, name), join(to, name));
}
