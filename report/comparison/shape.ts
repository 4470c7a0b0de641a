import type { Finding } from '../../engine/audit/outcome';

/**
 * What a finding looks like wherever it stands: 8 hexadecimal digits of its rule and its code, white space aside. Unlike the
 * fingerprint, it stays the same when the file or the function around it is renamed; unlike it, several findings may share it.
 */
export function shapeOf({ rule, snippet }: Pick<Finding, 'rule' | 'snippet'>): string {
  // FNV-1a: no more is needed than that unlike code seldom meets.
  let hash = 0x811C9DC5;
  for (const letter of `${rule}\n${snippet.replace(/\s+/g, ' ').trim()}`) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
