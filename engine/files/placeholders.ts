/**
 * Files that another program fills in before they are used: Jinja, ERB, Go and their kin. What says when a part counts is taken out, so
 * that both branches do; what stands for a value stays as it is written. Lengths never change: places stay those of the file.
 */

/** `{% if x %}`, `{# why #}`, `<% end %>`; and lines of nothing but `{{ … }}`, which in YAML is a whole block or a condition of Helm. */
const TAGS = /\{%[-+]?\s(?:(?!%\})[\s\S]){0,500}%\}|(?<!\$)\{#[-+]?\s(?:(?!#\})[\s\S]){0,500}#\}|<%[-#]?\s(?:(?!%>)[\s\S]){0,500}%>|^[ \t]*\{\{(?:(?!\}\})[^\r\n]){0,500}\}\}[ \t]*$/gm;

/** The text with blanks in place of tags, or undefined when there is none: most files. */
export function untagged(text: string): string | undefined {
  if (!text.includes('{%') && !text.includes('<%') && !text.includes('{{') && !text.includes('{#')) return undefined;
  const shown = text.replace(TAGS, (tag) => tag.replace(/[^\r\n]/g, ' '));
  return shown === text ? undefined : shown;
}

/** `{{ name }}` and `<%= name %>`; GitHub's `${{ … }}` is part of its own language. */
const VALUES = /(?<!\$)\{\{(?!\{)(?:(?!\}\})[^\r\n]){0,500}\}\}|<%=(?:(?!%>)[^\r\n]){0,500}%>/g;
/** Characters nobody writes, one for each of ASCII: what stands in a placeholder means nothing to the format around it. */
const SHIFT = 0xE000;
const [VEILED, OPENING] = [/[\uE020-\uE07E]/g, /^[\uE03C\uE07B]/];

/** The text with its placeholders made opaque, for a parser that would take their brackets for its own. */
export function veiled(text: string): string {
  if (!text.includes('{{') && !text.includes('<%')) return text;
  return text.replace(VALUES, (value) => value.replace(/[ -~]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + SHIFT)));
}

/** As it was written. */
export function unveiled(text: string): string {
  return text.replace(VEILED, (sign) => String.fromCharCode(sign.charCodeAt(0) - SHIFT));
}

/** Whether a veiled text begins with a placeholder. */
export function isFilledIn(text: string): boolean {
  return OPENING.test(text);
}
