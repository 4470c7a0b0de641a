/** package.json, and the lock files of every ecosystem. */
import type { Manifest, Package } from '../../rules/kit';
import { head } from './head';
import { parseJson } from './json';
import { lockedVersions } from './locks';
import { scriptOf } from './scripts';
import type { Tree } from './tree';
import { get, leaves, members, scalar } from './tree';

export function readPackageJson(path: string, text: string): Manifest {
  const { roots, whole } = parseJson(text);
  const root = roots[0];
  const node = scalar(root, 'engines', 'node') ?? scalar(root, 'volta', 'node');
  return {
    kind: 'manifest', ...head(path, text, whole, []), ecosystem: 'node', format: 'package.json', lock: false,
    packages: [
      ...packages(get(root, 'dependencies'), false), ...packages(get(root, 'optionalDependencies'), false, 'optional'),
      ...packages(get(root, 'peerDependencies'), false, 'peer'), ...packages(get(root, 'devDependencies'), true, 'dev'),
    ],
    includes: [],
    scripts: members(get(root, 'scripts')).flatMap((one) => (one.value.kind === 'scalar' ? [{ name: one.name, command: one.value.text, ...scriptOf(one.value, text) }] : [])),
    ...(node && { nodeVersion: node.text }), entries: leaves(root),
  };
}

function packages(tree: Tree | undefined, dev: boolean, group?: string): readonly Package[] {
  return members(tree).flatMap((one): Package[] => {
    if (one.value.kind !== 'scalar') return [];
    const written = one.value.text;
    const source = /^(?:git|https?|file|link|workspace|portal|github|gitlab|bitbucket)[:+]|^[\w.-]+\/[\w.-]+(?:#|$)/.test(written);
    const stated = source ? { source: written } : written === '' ? {} : { version: written, versionAt: one.value.at };
    return [{ name: one.name, ...stated, dev, ...(group && { group }), extras: [], hashed: false, at: one.at }];
  });
}

/** A lock file. Of its text, only names and versions are looked at. */
export function readLock(path: string, text: string): Manifest {
  const format = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const ecosystem = /^(?:package-lock|npm-shrinkwrap|yarn|pnpm-lock|bun)\b/.test(format) ? 'node' : 'python';
  return { kind: 'manifest', ...head(path, text, true, []), ecosystem, format, lock: true, locked: lockedVersions(path, text), packages: [], includes: [], scripts: [], entries: [] };
}
