/** The one door to the readers of every format but source modules. */
import type { Module, Plain, Shell, Unit } from '../../rules/kit';
import { lineComments, markupComments, slashComments } from './comments';
import { readCompose } from './compose';
import { readDockerfile } from './dockerfile';
import { readDotenv } from './dotenv';
import { head } from './head';
import { readIgnore } from './ignore-file';
import { readIni } from './ini';
import { isLock, kindOf } from './kind';
import { isKubernetes, readKubernetes } from './kubernetes';
import { targetsOf } from './makefile';
import { readMarkdown } from './markdown';
import { readNginx } from './nginx';
import { readLock, readPackageJson } from './package-json';
import { verbatim } from './piece';
import { untagged } from './placeholders';
import { readPipeline } from './pipeline';
import { readPlatform } from './platform';
import { readCrontab, readProcfile } from './processes';
import { readPipfile, readPyproject } from './pyproject';
import { readRequirements } from './requirements';
import { readSetupCfg } from './setup';
import { shellScript } from './shell-script';
import { readTemplate } from './template';
import { readWorkflow } from './workflow';

/**
 * The facts of one file, by its path (relative to the workspace, with `/`) and its text (without a byte order mark; spans
 * are offsets into exactly this text). Undefined for source modules, which engine/python and engine/javascript read, and
 * for files nobody reads. Never throws: what cannot be understood is left out, and `whole` says so.
 */
export function readUnit(path: string, text: string): Exclude<Unit, Module> | undefined {
  const kind = kindOf(path);
  if (kind === undefined || kind === 'module') return undefined;
  const shown = kind === 'template' || kind === 'markdown' ? undefined : untagged(text);
  const unit = readAs(kind, path, shown ?? text);
  if (shown === undefined) return unit;
  return unit.kind === 'plain' ? readAs(kind, path, text) : { ...unit, whole: false };
}

function readAs(kind: Exclude<Unit['kind'], 'module'>, path: string, text: string): Exclude<Unit, Module> {
  switch (kind) {
    case 'dockerfile': return readDockerfile(path, text);
    case 'compose': return readCompose(path, text);
    case 'workflow': return readWorkflow(path, text);
    case 'pipeline': return readPipeline(path, text);
    case 'dotenv': return readDotenv(path, text);
    case 'shell': return readShell(path, text);
    case 'nginx': return readNginx(path, text);
    case 'manifest': return readManifest(path, text);
    case 'ignore': return readIgnore(path, text);
    case 'ini': return readIni(path, text);
    case 'procfile': return readProcfile(path, text);
    case 'crontab': return readCrontab(path, text);
    case 'platform': return isKubernetes(text) ? readKubernetes(path, text) : /^\s*\{\s*"expo"/.test(text) ? readPlain(path, text) : readPlatform(path, text);
    case 'kubernetes': return readKubernetes(path, text);
    case 'template': return readTemplate(path, text);
    case 'markdown': return readMarkdown(path, text);
    case 'plain': return readPlain(path, text);
  }
}

function readManifest(path: string, text: string): Exclude<Unit, Module> {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (isLock(path)) return readLock(path, text);
  if (name.startsWith('package.json')) return readPackageJson(path, text);
  if (name.startsWith('pyproject.toml')) return readPyproject(path, text);
  if (name.startsWith('pipfile')) return readPipfile(path, text);
  if (name.startsWith('setup.cfg')) return readSetupCfg(path, text) ?? readIni(path, text);
  return readRequirements(path, text);
}

/** A file in a folder of scripts may be in any language: its first line tells. */
function readShell(path: string, text: string): Shell | Plain {
  const interpreter = /^#![ \t]*([^\r\n]*)/.exec(text)?.[1]?.trim();
  if (interpreter !== undefined && !/(?:^|[/\s])(?:ba|da|a|z|k)?sh\b/.test(interpreter)) return plain(path, text, 'text');
  const { commands, whole } = shellScript(verbatim(text));
  return { kind: 'shell', ...head(path, text, whole && !/^\s*\{[{%]/m.test(text), lineComments(text)), ...(interpreter && { interpreter }), commands };
}

/** Formats by the end of the path. */
const FORMATS: readonly (readonly [RegExp, Plain['format']])[] = [
  [/makefile[^/]*$|\.mk$|justfile$/, 'makefile'], [/caddyfile[^/]*$/, 'caddyfile'], [/\.toml$/, 'toml'], [/\.ya?ml$/, 'yaml'],
  [/\.(?:jsonc?|tfstate|babelrc|eslintrc|prettierrc)$/, 'json'], [/\.(?:css|scss|less)$/, 'css'], [/\.sql$/, 'sql'],
];

/** Some files only tell by their text what they are. */
function readPlain(path: string, text: string): Exclude<Unit, Module> {
  const format = FORMATS.find(([pattern]) => pattern.test(path.toLowerCase()))?.[1] ?? 'text';
  if (format === 'yaml' && isKubernetes(text)) return readKubernetes(path, text);
  if (format === 'yaml' && /^services:[ \t]*(?:#.*)?\r?\n(?:[ \t#].*\r?\n|\r?\n)*?[ \t]+(?:image|build):/m.test(text)) return readCompose(path, text);
  if (/\.conf$/i.test(path) && /^\s*(?:server|upstream|location\b[^{;]*|http)\s*\{/m.test(text)) return readNginx(path, text);
  if (/\.conf$/i.test(path) && /^\[[\w:. -]+\]\s*$/m.test(text)) return readIni(path, text);
  return format === 'makefile' ? { ...plain(path, text, format), targets: targetsOf(text) } : plain(path, text, format);
}

function plain(path: string, text: string, format: Plain['format']): Plain {
  const comments = format === 'css' || format === 'json' ? slashComments(text) : format === 'sql' ? lineComments(text, /--/) : [...lineComments(text), ...markupComments(text)];
  return { kind: 'plain', ...head(path, text, true, comments), format };
}
