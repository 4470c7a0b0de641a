/** Finding comments, in the formats that have only simple ones. */
import type { Comment } from './suppression';

/** Words without which no comment silences anything: most files hold none and are not looked through. */
const MARKERS = /shipworthy:|nosec|noqa|nosem|hadolint|checkov:|trivy:|eslint-disable|shellcheck|zizmor:|njsscan/;

/**
 * Comments from `#` (or what `opener` matches) to the end of the line, where it begins the line or follows white space.
 * A `#` inside a quoted text is taken for one too: that is harmless, since only markers are looked for in them.
 */
export function lineComments(text: string, opener = /#/): Comment[] {
  if (!MARKERS.test(text)) return [];
  const found: Comment[] = [];
  const pattern = new RegExp(`(?<=^|\\s)(?:${opener.source}).*$`, 'gm');
  for (const each of text.matchAll(pattern)) {
    const lineStart = Math.max(text.lastIndexOf('\n', each.index - 1), text.lastIndexOf('\r', each.index - 1)) + 1;
    found.push({ text: each[0], at: { start: each.index, end: each.index + each[0].length }, alone: text.slice(lineStart, each.index).trim() === '' });
  }
  return found;
}

/** Comments of markup and of the template languages in it: `<!-- … -->`, `{# … #}`, `{% comment %}`, `<%# … %>`. */
export function markupComments(text: string): Comment[] {
  return between(text, /<!--[\s\S]*?-->|\{#[\s\S]*?#\}|\{% *comment\b[\s\S]*?endcomment *%\}|<%#[\s\S]*?%>|\{\{!--[\s\S]*?--\}\}/g);
}

/** Comments of the C family, as in JSON with comments and in style sheets. */
export function slashComments(text: string): Comment[] {
  return between(text, /(?<=^|\s)\/\/.*$|\/\*[\s\S]*?\*\//gm);
}

function between(text: string, pattern: RegExp): Comment[] {
  if (!MARKERS.test(text)) return [];
  return [...text.matchAll(pattern)].map((each) => {
    const before = text.slice(0, each.index).split(/[\r\n]/).at(-1) ?? '';
    const after = text.slice(each.index + each[0].length).split(/[\r\n]/, 1)[0] ?? '';
    return { text: each[0], at: { start: each.index, end: each.index + each[0].length }, alone: (before + after).trim() === '' };
  });
}
