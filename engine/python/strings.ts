/** The text a Python string literal stands for, between its quotes, raw strings excepted. */
export function unescapePython(written: string): string {
  if (!written.includes('\\')) return written;
  return written.replace(/\\(\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs, (all, escape: string) => {
    if (/^\r?\n$/.test(escape)) return '';
    if (/^[0-7]/.test(escape)) return String.fromCharCode(parseInt(escape, 8));
    if (/^[xuU][0-9a-fA-F]/.test(escape)) { const code = parseInt(escape.slice(1), 16); return code <= 0x10ffff ? String.fromCodePoint(code) : all; }
    return SIMPLE[escape] ?? all;
  });
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v' };
