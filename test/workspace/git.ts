/** Repositories for tests, put together byte by byte: no git is started. */

/**
 * Indexes that git 2.39 wrote for the same five files, in base64. Version 3 has one more that is only intended to be added
 * (`later.txt`); `sha256` is of another repository and holds `a.py`; `split` has its entries in another file.
 */
export const REAL_INDEX = {
  version2: [
    'RElSQwAAAAIAAAAFawF1hQyJkjprAXWFDImSOgAA/gAAVKjIAACBpAAAAAAAAAAAAAAAAS5l7+KhRd2n7lHRdBKZ+Ejlv3UuAAVhLnR4dAAAAAAAawF1hQyJkjprAXWFDImSOgAA/gAAVKjJAACBpA',
    'AAAAAAAAAAAAAAAWPY29QMI1QudAZZpxaKDOMTjqdIAApzcmMvYXBwLnB5AAAAAAAAAABrAXWFDImSOmsBdYUMiZI6AAD+AABUqMwAAIGkAAAAAAAAAAAAAAABnL5upW8iU4iuYUxBkkm/xtc0zDAA',
    'D3NyYy9hcHBlbmRpeC5weQAAAGsBdYUMiZI6awF1hQyJkjoAAP4AAFSoygAAgaQAAAAAAAAAAAAAAAE0EAYrpnxe1ZuFQ4eovA7AEkeTaAAXc3JjL2RlZXAvZ3LDtsOfZSDDvC50eHQAAABrAXWFDI',
    'mSOmsBdYUMiZI6AAD+AABUqMsAAIGkAAAAAAAAAAAAAAABxZ2bY0TxrwDlBLppgSnwejS77Y0ADXNyYy9kZWVwL3oucHkAAAAAAKI5ZfwwKutLsbKNmns2mGTse/Gn',
  ].join(''),
  version4: [
    'RElSQwAAAAQAAAAFawF1hQyJkjprAXWFDImSOgAA/gAAVKjIAACBpAAAAAAAAAAAAAAAAS5l7+KhRd2n7lHRdBKZ+Ejlv3UuAAUAYS50eHQAawF1hQyJkjprAXWFDImSOgAA/gAAVKjJAACBpAAAAA',
    'AAAAAAAAAAAWPY29QMI1QudAZZpxaKDOMTjqdIAAoFc3JjL2FwcC5weQBrAXWFDImSOmsBdYUMiZI6AAD+AABUqMwAAIGkAAAAAAAAAAAAAAABnL5upW8iU4iuYUxBkkm/xtc0zDAADwNlbmRpeC5w',
    'eQBrAXWFDImSOmsBdYUMiZI6AAD+AABUqMoAAIGkAAAAAAAAAAAAAAABNBAGK6Z8XtWbhUOHqLwOwBJHk2gAFwtkZWVwL2dyw7bDn2Ugw7wudHh0AGsBdYUMiZI6awF1hQyJkjoAAP4AAFSoywAAga',
    'QAAAAAAAAAAAAAAAHFnZtjRPGvAOUEummBKfB6NLvtjQANDnoucHkAQtEw0O1QEyMJRmpGfGCjP1vIDNQ=',
  ].join(''),
  version3: [
    'RElSQwAAAAMAAAAGawF1hQyJkjprAXWFDImSOgAA/gAAVKjIAACBpAAAAAAAAAAAAAAAAS5l7+KhRd2n7lHRdBKZ+Ejlv3UuAAVhLnR4dAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACBpA',
    'AAAAAAAAAAAAAAAOad4puy0dZDS4sprnda2MLkjFORQAkgAGxhdGVyLnR4dAAAAAAAAABrAXWFDImSOmsBdYUMiZI6AAD+AABUqMkAAIGkAAAAAAAAAAAAAAABY9jb1AwjVC50BlmnFooM4xOOp0gA',
    'CnNyYy9hcHAucHkAAAAAAAAAAGsBdYUMiZI6awF1hQyJkjoAAP4AAFSozAAAgaQAAAAAAAAAAAAAAAGcvm6lbyJTiK5hTEGSSb/G1zTMMAAPc3JjL2FwcGVuZGl4LnB5AAAAawF1hQyJkjprAXWFDI',
    'mSOgAA/gAAVKjKAACBpAAAAAAAAAAAAAAAATQQBiumfF7Vm4VDh6i8DsASR5NoABdzcmMvZGVlcC9ncsO2w59lIMO8LnR4dAAAAGsBdYUMiZI6awF1hQyJkjoAAP4AAFSoywAAgaQAAAAAAAAAAAAA',
    'AAHFnZtjRPGvAOUEummBKfB6NLvtjQANc3JjL2RlZXAvei5weQAAAAAAniR0EKasXMaQzKJtsgsTxo0dZEs=',
  ].join(''),
  sha256: [
    'RElSQwAAAAIAAAABawF1hRTD+6drAXWFFMP7pwAA/gAAVKj3AACBpAAAAAAAAAAAAAAAAesze87iBhxTE8mhOSEWtsdgOenjDXFGeuNZs2J34X3HAARhLnB5AABSRKkShaYGDBWj+U+wmHZjcMwtF2',
    'VnHHDjvzAlDXtGcw==',
  ].join(''),
  split: [
    'RElSQwAAAAIAAAAFawF1hQyJkjprAXWFDImSOgAA/gAAVKjIAACBpAAAAAAAAAAAAAAAAS5l7+KhRd2n7lHRdBKZ+Ejlv3UuAAAAAGsBdYUMiZI6awF1hQyJkjoAAP4AAFSoyQAAgaQAAAAAAAAAAA',
    'AAAAFj2NvUDCNULnQGWacWigzjE46nSAAAAABrAXWFDImSOmsBdYUMiZI6AAD+AABUqMwAAIGkAAAAAAAAAAAAAAABnL5upW8iU4iuYUxBkkm/xtc0zDAAAAAAawF1hQyJkjprAXWFDImSOgAA/gAA',
    'VKjKAACBpAAAAAAAAAAAAAAAATQQBiumfF7Vm4VDh6i8DsASR5NoAAAAAGsBdYUMiZI6awF1hQyJkjoAAP4AAFSoywAAgaQAAAAAAAAAAAAAAAHFnZtjRPGvAOUEummBKfB6NLvtjQAAAABsaW5rAA',
    'AARKI5ZfwwKutLsbKNmns2mGTse/GnAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAFAAAAAgAAAAIAAAAAAAAAAAAAAB8AAAAAWIPI6yTNmWd+udoFXPNE0adhF5E=',
  ].join(''),
} as const;
export const REAL_PATHS = ['a.txt', 'src/app.py', 'src/appendix.py', 'src/deep/größe ü.txt', 'src/deep/z.py'] as const;

/** An index of version 2 that tracks these paths; those that end in `/` are submodules. */
export function indexOf(paths: readonly string[]): Uint8Array {
  const entries = [...paths].sort().map((path) => {
    const name = new TextEncoder().encode(path.replace(/\/$/, ''));
    const bytes = new Uint8Array((Math.floor((62 + name.length) / 8) + 1) * 8);
    new DataView(bytes.buffer).setUint32(24, path.endsWith('/') ? 0o160000 : 0o100644);
    new DataView(bytes.buffer).setUint16(60, Math.min(name.length, 0xFFF));
    bytes.set(name, 62);
    return bytes;
  });
  const header = new Uint8Array(12);
  header.set(new TextEncoder().encode('DIRC'));
  new DataView(header.buffer).setUint32(4, 2);
  new DataView(header.buffer).setUint32(8, paths.length);
  return Uint8Array.from([header, ...entries, new Uint8Array(20)].flatMap((part) => [...part]));
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
