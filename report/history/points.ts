/** The history of an application's scores: `.shipworthy/history.jsonl`, a line for each run that was told to leave one. */
import { CATEGORIES, dayNumber, SEVERITIES } from '../../rules/kit';
import type { Severity } from '../../rules/kit';
import type { ReportCard, Verdict } from '../card';

export const HISTORY_PATH = '.shipworthy/history.jsonl';

/** One run in short. */
export interface HistoryPoint {
  readonly version: 1;
  /** ISO day. */
  readonly asOf: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly dirty?: boolean;
  /** Folder of the application; empty for the root. */
  readonly app: string;
  /** Versions of the formula and of the rules: points of different ones do not compare. */
  readonly scoring: number;
  readonly ruleset: string;
  readonly score: number | null;
  readonly grade: string;
  readonly verdict: Verdict;
  readonly coverage: number;
  /** Scores of the categories that were scored. */
  readonly categories: Readonly<Record<string, number>>;
  readonly findings: Readonly<Record<Severity, number>>;
  readonly blockers: number;
}

/** A card as a point. */
export function pointOf(card: ReportCard): HistoryPoint {
  const { project: { commit, branch, dirty, root } } = card;
  return {
    version: 1, asOf: card.asOf, ...(commit !== undefined && { commit }), ...(branch !== undefined && { branch }), ...(dirty !== undefined && { dirty }), app: root,
    scoring: card.scoring, ruleset: card.ruleset, score: card.score.value, grade: card.score.grade, verdict: card.verdict.value, coverage: card.score.coverage,
    categories: Object.fromEntries(card.categories.flatMap(({ id, score }) => (score === null ? [] : [[id, score]]))), findings: card.counts.findings, blockers: card.counts.blockers,
  };
}

/** Line from 1, and what is wrong there: a whole sentence. */
export interface HistoryFault { readonly line: number; readonly reason: string }

/** The points of a history in the order they were written, or why it is none. Never throws. Blank lines are passed over. */
export function readHistory(text: string): { readonly points: readonly HistoryPoint[] } | { readonly fault: HistoryFault } {
  const points: HistoryPoint[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const reason = faultOf(parsed(line));
    if (reason !== undefined) return { fault: { line: index + 1, reason } };
    points.push(parsed(line) as HistoryPoint);
  }
  return { points };
}

/** The points of a history, or none where it is not understood: the command line says what is wrong with it. */
export function pointsIn(text: string): readonly HistoryPoint[] {
  const read = readHistory(text);
  return 'points' in read ? read.points : [];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const VERDICTS: readonly string[] = ['READY', 'MOSTLY READY', 'NOT READY', 'INCONCLUSIVE'];

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is not a JSON object.';
  const get = (key: string): unknown => Reflect.get(value, key);
  const version = get('version');
  if (typeof version !== 'number') return '`version` is missing.';
  if (version !== 1) return `it is of version ${version}, and this Shipworthy knows version 1. Update Shipworthy.`;
  const asOf = get('asOf');
  if (typeof asOf !== 'string' || dayNumber(asOf) === undefined) return '`asOf` must be a day such as 2027-01-31.';
  const wrong = [...['app', 'ruleset', 'grade'].filter((key) => typeof get(key) !== 'string'), ...['scoring', 'coverage', 'blockers'].filter((key) => !isAmount(get(key))), ...['commit', 'branch'].filter((key) => !['string', 'undefined'].includes(typeof get(key)))][0];
  if (wrong !== undefined) return `\`${wrong}\` is missing or not of its kind.`;
  const score = get('score');
  if (score !== null && !(isAmount(score) && score <= 100)) return '`score` must be a number from 0 to 100, or null.';
  if (!VERDICTS.includes(String(get('verdict')))) return `\`verdict\` must be one of ${VERDICTS.join(', ')}.`;
  if (!isAmounts(get('findings'), SEVERITIES) || !isAmounts(get('categories'), CATEGORIES.filter((id) => Reflect.has(Object(get('categories')), id)))) return '`findings` and `categories` must hold numbers.';
  return undefined;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isAmounts(value: unknown, keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => isAmount(Reflect.get(value, key)));
}

/** How a history takes points: by lines at its end, or as a whole where a run of the same commit and day is in it already. */
export type Addition = { readonly append: string } | { readonly whole: string };

/** @param text the history as it is, which can be read */
export function added(text: string, points: readonly HistoryPoint[]): Addition {
  const keys = new Set(points.map(keyOf));
  const lines = points.map((point) => `${JSON.stringify(point)}\n`).join('');
  const old = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const kept = old.filter((line) => !keys.has(keyOf(parsed(line) as HistoryPoint)));
  if (kept.length < old.length) return { whole: kept.map((line) => `${line}\n`).join('') + lines };
  return { append: text === '' || text.endsWith('\n') ? lines : `\n${lines}` };
}

function keyOf({ app, asOf, commit }: HistoryPoint): string {
  return `${asOf}\n${commit ?? ''}\n${app}`;
}
