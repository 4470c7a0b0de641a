/** `<meta http-equiv>` of a page: headers it gives itself. */
import type { Pair } from '../../rules/kit';

const TAG = /<meta\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
const ATTRIBUTE = /([\w-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/g;

const COMMENT = /<!--[\s\S]*?-->|\{#[\s\S]*?#\}/g;

/** In the order of the text; those in comments are left out. */
export function metaHeaders(text: string): Pair[] {
  if (!/http-equiv/i.test(text)) return [];
  const comments = [...text.matchAll(COMMENT)].map((each) => ({ start: each.index, end: each.index + each[0].length }));
  return [...text.matchAll(TAG)].filter((tag) => !comments.some((each) => each.start <= tag.index && tag.index < each.end)).flatMap((tag): Pair[] => {
    const start = tag.index + tag[0].indexOf(tag[1] ?? '');
    const attributes = [...(tag[1] ?? '').matchAll(ATTRIBUTE)].map((one) => ({ name: (one[1] ?? '').toLowerCase(), value: (one[2] ?? '').replace(/^(["'])(.*)\1$/s, '$2'), end: start + one.index + one[0].length, length: (one[2] ?? '').length }));
    const name = attributes.find((each) => each.name === 'http-equiv')?.value;
    const content = attributes.find((each) => each.name === 'content');
    return name === undefined ? [] : [{ name, at: { start: tag.index, end: tag.index + tag[0].length }, ...(content && { value: content.value, valueAt: { start: content.end - content.length, end: content.end } }) }];
  });
}
