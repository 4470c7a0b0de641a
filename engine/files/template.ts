/** Templates of pages: only what language they are in. */
import type { Template } from '../../rules/kit';
import { markupComments, slashComments } from './comments';
import { head } from './head';
import { metaHeaders } from './meta';

export function readTemplate(path: string, text: string): Template {
  return { kind: 'template', ...head(path, text, true, [...markupComments(text), ...slashComments(text)]), engine: engineOf(path, text), headers: metaHeaders(text) };
}

/** Jinja and Django share their brackets: tags that only one of them has tell them apart. */
function engineOf(path: string, text: string): Template['engine'] {
  if (/\.(?:j2|jinja2?)$/i.test(path)) return 'jinja';
  if (!/\.x?html?$/i.test(path)) return 'other';
  if (/\{%-?\s*(?:load|url|static|csrf_token|comment|blocktrans(?:late)?|trans(?:late)?|ifchanged|cycle|with\s+\w+=)\b|\{%-?\s*include\b[^%]*\b(?:with|only)\s/.test(text) && !/\burl_for\(|\{%-?\s*set\s/.test(text)) return 'django';
  return /\{%|\{\{/.test(text) ? 'jinja' : 'html';
}
