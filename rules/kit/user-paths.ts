/** Paths that a visitor has a say in: what they go through, and what keeps them inside a folder. */
import type { Passage } from './flow';
import { mentions } from './flow';

/** What a path goes through and stays the same place in the file system. */
export const PATHS = /(^|\.)(os\.path\.(join|abspath|normpath|realpath|expanduser|expandvars)|path\.(join|abspath|normpath|realpath)|pathlib\.(Pure)?Path|joinpath|resolve|absolute|expanduser|with_suffix|as_posix|fspath|open)$/;

/** The function looks where the path leads before it uses it. */
export function isContained(passage: Passage): boolean {
  const { before } = passage;
  return /\.is_relative_to\(|\.relative_to\(|commonpath\(|commonprefix\(/.test(before)
    || (/realpath|abspath|normpath|\.resolve\(/.test(before) && /\.startswith\([^\n]*(os\.sep|os\.path\.sep|["']\/["'])/.test(before)) || (/\.resolve\(|realpath/.test(before) && /\bin\s+[\w.()]+\.parents\b/.test(before))
    || mentions(passage, (name) => `["'](?:\\.\\.|/)["']\\s+(?:not\\s+)?in\\s+[\\w.(]*${name}`)
    || mentions(passage, (name) => `(?:basename|secure_filename|safe_join|get_valid_filename|(?:\\w*_)?(?:safe|valid|validate|sanitize|allowed|check|is_inside|contained)\\w*)\\(\\s*[^\\n]*${name}`)
    || mentions(passage, (name) => `re\\.sub\\([^\\n]*${name}`) || mentions(passage, (name) => `(?:Path|PurePath)\\([^\\n]*${name}[^\\n]*\\)\\.name\\b`);
}
