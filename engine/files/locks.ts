/** Names and versions out of lock files, each format by the lines that hold them. Nothing else of a lock file is read. */
import type { Manifest } from '../../rules/kit';
import { lineOf } from './lines';

type Locked = NonNullable<Manifest['locked']>;

/** The first group is the name, the second the version. */
const FORMATS: readonly (readonly [file: RegExp, entry: RegExp])[] = [
  [/(^|\/)(uv|poetry|pdm)\.lock$|(^|\/)pylock(\.[^/]+)?\.toml$/i, /^name\s*=\s*"([^"\r\n]+)"\r?\nversion\s*=\s*"([^"\r\n]+)"/gm],
  [/(^|\/)pipfile\.lock$/i, /^\s{8}"([\w.-]+)":\s*\{[^{}]*?"version":\s*"==([^"\r\n]+)"/gm],
  [/(^|\/)(package-lock|npm-shrinkwrap)\.json$/i, /^ {4}"node_modules\/((?:@[\w.-]+\/)?[\w.-]+)":\s*\{\s*"version":\s*"([^"\r\n]+)"/gm],
  [/(^|\/)yarn\.lock$/i, /^"?((?:@[\w.-]+\/)?[\w.-]+)@[^\r\n]*:\r?\n\s+version:?\s+"?([\w.+-]+)"?/gm],
  [/(^|\/)pnpm-lock\.ya?ml$/i, /^ {2}'?\/?((?:@[\w.-]+\/)?[\w.-]+)@(\d[\w.+-]*)[^\r\n]*:\s*$/gm],
  [/(^|\/)bun\.lock$/i, /^ {4}"((?:@[\w.-]+\/)?[\w.-]+)":\s*\["[^"\r\n]*@(\d[\w.+-]*)"/gm],
];

/** In the order of the file; empty for formats that are no text, and for what does not look like one. */
export function lockedVersions(path: string, text: string): Locked {
  const entry = FORMATS.find(([file]) => file.test(path))?.[1];
  if (!entry || text === '') return [];
  const line = lineOf(text);
  return [...text.matchAll(entry)].map((match) => ({ name: match[1] ?? '', version: match[2] ?? '', line: line(match.index) }));
}
