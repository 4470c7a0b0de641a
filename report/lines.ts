/** Open findings one a line, as compilers say theirs: what editors and their tasks read out of a terminal. */
import type { Finding } from '../engine/audit/outcome';
import type { ReportCard } from './card';
import { openFindings } from './comparison/compare';
import { line } from './escape';
import { byPlace } from './scoring/order';

const WORDS: Readonly<Record<Finding['severity'], 'error' | 'warning' | 'info'>> = { critical: 'error', high: 'error', medium: 'warning', low: 'info', info: 'info' };

/**
 * `app/settings.py:12:14: error: SECRET_KEY falls back to a value. [secret-key-default]`, by place, each finding once. What is not
 * confirmed is never more than `info`, as in editors. Lines and columns count from 1, columns in UTF-16 units.
 */
export function lines(cards: readonly ReportCard[]): string {
  return [...openFindings(cards)].sort(byPlace).map((finding) => {
    const { path, range: { start }, severity, confidence, message, rule } = finding;
    return `${line(path)}:${start.line + 1}:${start.character + 1}: ${confidence === 'confirmed' ? WORDS[severity] : 'info'}: ${line(message)} [${rule}]\n`;
  }).join('');
}
