// The words of the tree and of the status, besides those of the report. What a screen reader says is a whole sentence,
// because it reads neither the icon nor the grey description beside a label.
import type { Grade, ReportCard } from '../report/card';
import { gradeText, number, scoreText, SEVERITY_WORDS } from '../report/words';
import type { Finding, Severity } from './cards';

/** Worst first. */
export const SEVERITIES = Object.keys(SEVERITY_WORDS) as readonly Severity[];

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `A− 93.4`, of a category or a card; in words where there is no number. */
export function gradeWords(grade: Grade, score: number | null): string {
  if (grade === '-') return 'not applicable';
  return score === null ? 'not assessed' : `${gradeText(grade)} ${number(score)}`;
}

/** `grade B plus, 87.9 of 100`: `+` and `−` are not read aloud by every screen reader. */
export function spokenGrade(grade: Grade, score: number | null): string {
  if (score === null) return gradeWords(grade, score);
  return `grade ${grade.replace('+', ' plus').replace('-', ' minus')}, ${number(score)} of 100`;
}

/** `B+ 87.9 · MOSTLY READY`. */
export function headline(card: ReportCard): string {
  return `${scoreText(card)} · ${card.verdict.value}`;
}

/** The last part of a path that is written with `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `settings.py:12`, counted from 1 as editors do. */
export function placeWords({ path, range }: Pick<Finding, 'path' | 'range'>): string {
  return `${baseName(path)}:${range.start.line + 1}`;
}

/** `settings.py line 12`. */
export function spokenPlace({ path, range }: Pick<Finding, 'path' | 'range'>): string {
  return `${baseName(path)} line ${range.start.line + 1}`;
}
