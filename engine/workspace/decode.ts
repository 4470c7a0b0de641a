/** Bytes of a file as the text an editor shows: byte order mark taken off, encodings told apart. */
import type { Notice } from '../audit/outcome';
import type { Reading } from './workspace';

const LOOKED_AT = 8_192;

/** The text of a file, or the notice that it has none. Offsets into the text are those of an editor. */
export function decoded(path: string, bytes: Uint8Array): Reading {
  const marked = markedEncoding(bytes);
  if (!marked && bytes.subarray(0, LOOKED_AT).includes(0)) {
    return { notice: note(path, 'binary', `${path} was not read: it is not text. If it should be, save it as UTF-8.`) };
  }
  const said = marked ?? (/\.pyw?$/i.test(path) ? cookie(bytes) : undefined) ?? 'utf-8';
  const text = decodedAs(said, bytes);
  if (text !== undefined) return { text };
  return {
    text: windows1252(bytes),
    remark: note(path, 'encoding', `${path} is not ${said === 'utf-8' ? 'UTF-8' : said}: it was read as Windows-1252, so some letters may be wrong. Save it as UTF-8.`),
  };
}

/** What Windows-1252 has where Latin-1 has controls, from 0x80 on. Some versions of node decode the one as the other. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

function windows1252(bytes: Uint8Array): string {
  return new TextDecoder('windows-1252').decode(bytes).replace(/[\u0080-\u009F]/g, (control) => WINDOWS.charAt(control.charCodeAt(0) - 0x80));
}

function note(path: string, code: Notice['code'], message: string): Notice {
  return { code, path, message, incomplete: false };
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === 0xFF && second === 0xFE) return third === 0 && fourth === 0 ? undefined : 'utf-16le';
  if (first === 0xFE && second === 0xFF) return 'utf-16be';
  return undefined;
}

/** Python's own names for the encodings it is mostly written in; the rest are spelled as everywhere. */
const ALIASES: Readonly<Record<string, string>> = { 'utf-8-sig': 'utf-8', 'latin-1': 'iso-8859-1', 'iso-latin-1': 'iso-8859-1', cp932: 'shift_jis', ms932: 'shift_jis', cp949: 'euc-kr', cp936: 'gbk', 'utf8-sig': 'utf-8' };

/** `# -*- coding: latin-1 -*-` in the first two lines (PEP 263). */
function cookie(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, 400)).split(/\r\n|\r|\n/, 2);
  const [first = '', second = ''] = start;
  const line = [first, /^[ \t\f]*(?:#|$)/.test(first.replace(/^\u00EF\u00BB\u00BF/, '')) ? second : ''].find((one) => CODING.test(one));
  const name = CODING.exec(line ?? '')?.[1]?.toLowerCase().replaceAll('_', '-');
  return name && (ALIASES[name] ?? name);
}

const CODING = /^[ \t\f\u00BB\u00BF\u00EF]*#.*?coding[:=][ \t]*([-\w.]+)/;

/** Undefined when the bytes are no text of this encoding, or nobody knows the encoding. */
function decodedAs(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
