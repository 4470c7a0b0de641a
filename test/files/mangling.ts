/** What happens to files on their way: cut off, merged badly, saved by the wrong program. */
import fc from 'fast-check';

export interface Mangling { readonly kind: 'cut' | 'drop' | 'double' | 'swap' | 'indent' | 'put' | 'breaks' | 'encode'; readonly at: number; readonly to: number; readonly sign: string }

/** Signs that mean something in one of the formats, and some that never should be there. */
export const SIGNS = ['"', "'", '`', '\\', '\n', '\r\n', '\r', '#', '$(', '${', '{{', '{% if x %}\n', '<%= x %>', '}', '{', '[', ']', '(', ')', '<<EOF\n', '<<: *a\n', '&a ', '*a', '|', '>', ':', ': ', '- ', '=', ';', '%', '\t', '\0', '\uFEFF', '🚢', '\uD800', '\uFFFD', '\u2028', '\u00A0', '"""', "'''", '---\n', '!', '!!binary ', '@', ',', '/*', '<!--', '<<<<<<< HEAD\n', '__proto__: ', 'constructor: ', 'toString=1\n'];

export const MANGLINGS: fc.Arbitrary<Mangling> = fc.record({
  kind: fc.constantFrom('cut', 'drop', 'double', 'swap', 'indent', 'put', 'breaks', 'encode'),
  at: fc.double({ min: 0, max: 1, noNaN: true }), to: fc.double({ min: 0, max: 1, noNaN: true }), sign: fc.constantFrom(...SIGNS),
});

/** The text after one such mishap. */
export function mangled(text: string, { kind, at, to, sign }: Mangling): string {
  const place = Math.floor(at * text.length);
  const rows = text.split('\n');
  const [first, second] = [Math.floor(at * rows.length), Math.floor(to * rows.length)];
  switch (kind) {
    case 'cut': return text.slice(0, place);
    case 'put': return text.slice(0, place) + sign + text.slice(place);
    case 'drop': return rows.filter((_, index) => index !== first).join('\n');
    case 'double': return rows.flatMap((row, index) => index === first ? [row, row] : [row]).join('\n');
    case 'swap': return rows.map((row, index) => index === first ? rows[second] ?? row : index === second ? rows[first] ?? row : row).join('\n');
    case 'indent': return rows.map((row, index) => index === first ? `${sign === '\t' ? '\t' : '  '}${row}` : row).join('\n');
    case 'breaks': return text.replaceAll('\n', sign.includes('\r') ? sign : '\r\n');
    case 'encode': return Buffer.from(text, 'utf8').toString(at < 0.5 ? 'latin1' : 'utf16le');
  }
}
