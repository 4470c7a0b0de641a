/** The orders everything is listed in. Text is compared by code unit: the same on every machine, whatever its language. */
import { CONFIDENCES, SEVERITIES } from '../../rules/kit';
import type { Severity } from '../../rules/kit';
import type { Finding } from '../../engine/audit/outcome';

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Worst first. */
export function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** By place: path, line, column; then what tells twins apart. */
export function byPlace(a: Finding, b: Finding): number {
  return byText(a.path, b.path) || a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character
    || byText(a.rule, b.rule) || byText(a.fingerprint, b.fingerprint);
}

/** Worst first, the surer of two first, then by place. */
export function byWeight(a: Finding, b: Finding): number {
  return bySeverity(a.severity, b.severity) || CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence) || byPlace(a, b);
}
