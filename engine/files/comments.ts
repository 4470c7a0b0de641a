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
    found.push(comment(text, each));
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
  return [...text.matchAll(pattern)].map((each) => comment(text, each));
}

function comment(text: string, found: RegExpExecArray): Comment {
  const at = { start: found.index, end: found.index + found[0].length };
  return { text: found[0], at, alone: /[\r\n]/.test(beside(text, at.start - 1, -1)) && /[\r\n]/.test(beside(text, at.end, 1)) };
}

/** What stands next to a comment, blanks passed over; a line break stands at both ends of the text. */
function beside(text: string, from: number, step: 1 | -1): string {
  let at = from;
  while (/[^\S\r\n]/.test(text.charAt(at))) at += step;
  return text.charAt(at) || '\n';
}
