/** Files of patterns: `.gitignore`, `.dockerignore` and their kin. */
import type { Ignore } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { lines } from './lines';

export function readIgnore(path: string, text: string): Ignore {
  const patterns = lines(text).flatMap((line) => {
    // Blanks at the end do not count unless a backslash stands before them.
    const written = line.text.replace(/^\uFEFF/, '').replace(/(?<!\\)\s+$/, '');
    if (written === '' || written.startsWith('#')) return [];
    const negated = written.startsWith('!');
    const start = line.start + line.text.indexOf(written);
    return [{ pattern: negated ? written.slice(1) : written, negated, at: { start, end: start + written.length } }];
  });
  const tool = /\.([a-z]+)ignore$/i.exec(path)?.[1]?.toLowerCase() ?? 'git';
  return { kind: 'ignore', ...head(path, text, true, lineComments(text)), tool, patterns };
}
