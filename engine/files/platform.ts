/** Files that tell a hosting platform how to build and start an application, whatever they are written in. */
import type { Leaf, Platform } from '../../rules/kit';
import { lineComments, slashComments } from './comments';
import { head } from './head';
import { parseJson } from './json';
import { scriptOf } from './scripts';
import { parseToml } from './toml';
import { leaves } from './tree';
import { parseYaml } from './yaml';

const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)render\./, 'render'], [/(?:^|\/)fly\./, 'fly'], [/(?:^|\/)\.do\//, 'digitalocean'], [/(?:^|\/)\.platform\./, 'platform.sh'],
  [/(?:^|\/)(?:vercel|now)\.json/, 'vercel'], [/(?:^|\/)netlify\./, 'netlify'], [/(?:^|\/)railway\./, 'railway'], [/(?:^|\/)(?:heroku\.|app\.json)/, 'heroku'],
  [/(?:^|\/)nixpacks\./, 'nixpacks'], [/(?:^|\/)apprunner\./, 'apprunner'], [/(?:^|\/)wrangler\./, 'cloudflare'], [/(?:^|\/)zeabur\./, 'zeabur'],
  [/(?:^|\/)\.?app\.ya?ml/, 'appengine'],
];

/** Keys whose value is run. */
const RUN = /(?:^|\.)(?:(?:start|build|preDeploy|docker|install|dev|run)Command|initialDeployHook|(?:run|build|release)_command|entrypoint|cmd|command|cmds\.\d+|(?:build|commands?)\.(?:\w+\.)*\d+|postdeploy|processes\.\w+|run\.\w+)$/;

export function readPlatform(path: string, text: string): Platform {
  const parse = /\.json/i.test(path) ? parseJson : /\.toml/i.test(path) ? parseToml : parseYaml;
  const { roots, whole } = parse(text);
  const entries = roots.flatMap((root) => leaves(root));
  const comments = parse === parseJson ? slashComments(text) : lineComments(text);
  const named = PLATFORMS.find(([pattern]) => pattern.test(path.toLowerCase()))?.[1] ?? 'other';
  const platform = named === 'appengine' && entries.some((one) => /^(?:services|jobs|workers|static_sites)\.0\./.test(one.key)) ? 'digitalocean' : named;
  return {
    kind: 'platform', ...head(path, text, whole, comments), platform, entries,
    commands: entries.filter((one) => RUN.test(one.key) && one.value !== '{}' && one.value !== '[]').map((one) => ({ key: one.key, ...scriptOf(scalarOf(one), text) })),
  };
}

function scalarOf(leaf: Leaf) {
  return { kind: 'scalar' as const, text: leaf.value, quoted: true, at: leaf.valueAt };
}
