/** The `gate` of `shipworthy.json`, judged: every condition that a team asks, with what is and what should be. */
import type { Gate, Level, ScoreGate } from '../engine/workspace/gate';
import type { ReportCard, Verdict } from '../report/card';
import type { Stood } from '../report/comparison/compare';
import { ANSWERED } from '../report/signoff-card';
import { count, list, number, percent } from '../report/words';
import { CATEGORIES, SEVERITIES } from '../rules/kit';

export interface Condition {
  /** As in the file: `gate.score.overall.min`. */
  readonly key: string;
  /** `unknown`: there is nothing to judge it by, so it neither passes nor fails. */
  readonly result: 'met' | 'warned' | 'failed' | 'unknown';
  /** What is and what is asked, in a whole sentence. Empty when it is met. */
  readonly text: string;
}

/** So many controls are named. */
const NAMED = 5;

/** From the worst to the best. */
const VERDICTS: readonly Verdict[] = ['NOT READY', 'INCONCLUSIVE', 'MOSTLY READY', 'READY'];

/** All conditions that a gate asks of a card, in the order of the documentation. Without `informational`, one that failed fails the run. */
export function conditions(card: ReportCard, gate: Gate): readonly Condition[] {
  const all = [...ofVerdict(card, gate), ...ofScores(card, gate), ...ofNew(card, gate), ...ofSignoffs(card, gate), ...ofSuppressions(card, gate), ...ofAnalysis(card, gate)];
  return gate.informational === true ? all.map((one) => (one.result === 'failed' ? { ...one, result: 'warned' } : one)) : all;
}

function ofVerdict({ verdict, project }: ReportCard, { verdict: asked }: Gate): readonly Condition[] {
  if (asked?.atLeast === undefined) return [];
  const least: Verdict = asked.atLeast === 'READY' ? 'READY' : 'MOSTLY READY';
  const met = VERDICTS.indexOf(verdict.value) >= VERDICTS.indexOf(least);
  return [condition('gate.verdict.atLeast', met, `${project.name}: the verdict is ${verdict.value}, and at least ${least} is asked for`)];
}

function ofScores(card: ReportCard, { score = {} }: Gate): readonly Condition[] {
  const stood = card.comparison?.stood;
  const overall = score.overall ? ofScore(card, 'overall', score.overall, card.score.value, stood && stood.score) : [];
  return [...overall, ...CATEGORIES.flatMap((id) => {
    const asked = score[id];
    const category = card.categories.find((one) => one.id === id);
    // What does not apply to a project is neither good nor bad.
    if (!asked || !category || category.status === 'not-applicable') return [];
    return ofScore(card, id, asked, category.score, stood && (stood.categories[id] ?? null));
  })];
}

/** @param stood the score of the base; null where it had none, undefined without a base that tells */
function ofScore(card: ReportCard, of: string, asked: ScoreGate, is: number | null, stood: Stood['score'] | undefined): readonly Condition[] {
  const what = `${card.project.name}: the ${of === 'overall' ? 'overall score' : `score of ${of}`}`;
  const key = `gate.score.${of}`;
  const { min, maxDrop, target } = asked;
  const drop = is !== null && stood !== null && stood !== undefined ? Math.round((stood - is) * 10) / 10 : undefined;
  const base = stood === undefined ? `there is no base whose score is known${card.comparison ? ' (a baseline has none)' : ''}; give --since <ref>` : `the base${is === null ? ' or this card' : ''} has no score`;
  return [
    ...(min === undefined ? [] : [is === null
      ? unknown(`${key}.min`, `${what} is asked to be at least ${number(min)}, and too little could be checked for a score`)
      : condition(`${key}.min`, is >= min, `${what} is ${number(is)}, and at least ${number(min)} is asked for`)]),
    ...(maxDrop === undefined ? [] : [drop === undefined
      ? unknown(`${key}.maxDrop`, `${what} may drop by ${number(maxDrop)}, and ${base}`)
      : condition(`${key}.maxDrop`, drop <= maxDrop, `${what} dropped by ${number(drop)} from ${number(stood ?? null)}, and at most ${number(maxDrop)} is allowed`)]),
    ...(target === undefined ? [] : [drop === undefined
      ? unknown(`${key}.target`, `${what} is asked to be no lower than in the base, and ${base}`)
      : condition(`${key}.target`, drop <= 0, `${what} is ${number(is)}, and at least the ${number(stood ?? null)} of the base is asked for`)]),
  ];
}

function ofNew(card: ReportCard, { new: asked = {} }: Gate): readonly Condition[] {
  const { comparison, project } = card;
  const fresh = new Set(comparison?.new);
  const found = card.results.flatMap((result) => result.findings).filter((finding) => fresh.has(finding.fingerprint) && finding.confidence !== 'possible');
  return SEVERITIES.flatMap((severity) => {
    const most = asked[severity];
    if (most === undefined) return [];
    const key = `gate.new.${severity}`;
    if (!comparison) return [unknown(key, `${project.name}: at most ${most} new ${severity} ${most === 1 ? 'finding is' : 'findings are'} allowed, and nothing was compared; give --baseline or --since <ref>`)];
    const is = found.filter((finding) => finding.severity === severity).length;
    return [condition(key, is <= most, `${project.name}: ${count(is, `new ${severity} finding`)}, and at most ${most} ${most === 1 ? 'is' : 'are'} allowed`)];
  });
}

function ofSignoffs(card: ReportCard, { signoffs: asked = {} }: Gate): readonly Condition[] {
  const { required, expiringWithinDays: days } = asked;
  const { signoffs, project } = card;
  const level = required === undefined || required === 'off' ? undefined : required;
  if (signoffs.length === 0) {
    const nobody = (key: string) => unknown(key, `${project.name}: nobody was asked to sign anything`);
    return [...(level ? [nobody('gate.signoffs.required')] : []), ...(days === undefined ? [] : [nobody('gate.signoffs.expiringWithinDays')])];
  }
  const open = signoffs.filter((one) => one.required && !ANSWERED.has(one.state)).map((one) => `${one.control} (${one.state})`);
  const ending = signoffs.filter((one) => one.daysLeft !== undefined && one.daysLeft >= 0 && one.daysLeft <= (days ?? -1)).map((one) => `${one.control} (${count(one.daysLeft ?? 0, 'day')} left)`);
  return [
    ...levelled('gate.signoffs.required', level, open.length === 0, `${project.name}: ${count(open.length, 'required sign-off')} ${open.length === 1 ? 'is' : 'are'} open, and none may be: ${list(open, NAMED)}`),
    ...levelled('gate.signoffs.expiringWithinDays', days === undefined ? undefined : 'warn', ending.length === 0, `${project.name}: ${count(ending.length, 'sign-off')} ${ending.length === 1 ? 'ends' : 'end'} within ${count(days ?? 0, 'day')}: ${list(ending, NAMED)}`),
  ];
}

function ofSuppressions(card: ReportCard, { suppressions = {} }: Gate): readonly Condition[] {
  const { max, expired } = suppressions;
  const silenced = card.results.reduce((sum, result) => sum + result.silenced.length, 0);
  const ended = card.notices.filter((notice) => notice.ended === true).length;
  return [
    ...(max === undefined ? [] : [condition('gate.suppressions.max', silenced <= max, `${card.project.name}: ${count(silenced, 'finding')} ${silenced === 1 ? 'is' : 'are'} silenced, and at most ${max} ${max === 1 ? 'is' : 'are'} allowed`)]),
    ...levelled('gate.suppressions.expired', expired, ended === 0, `${card.project.name}: ${count(ended, 'acceptance')} ${ended === 1 ? 'is' : 'are'} over, and none is allowed to be`),
  ];
}

function ofAnalysis({ score, project }: ReportCard, { analysis }: Gate): readonly Condition[] {
  const min = analysis?.coverage?.min;
  if (min === undefined) return [];
  return [condition('gate.analysis.coverage.min', score.coverage >= min, `${project.name}: ${percent(score.coverage)} of what applies could be checked, and at least ${percent(min)} is asked for`)];
}

function levelled(key: string, level: Level | undefined, met: boolean, text: string): readonly Condition[] {
  if (level === undefined || level === 'off') return [];
  const made = condition(key, met, text);
  return [made.result === 'failed' && level === 'warn' ? { ...made, result: 'warned' } : made];
}

function condition(key: string, met: boolean, text: string): Condition {
  return met ? { key, result: 'met', text: '' } : { key, result: 'failed', text: `${text} (${key}).` };
}

function unknown(key: string, text: string): Condition {
  return { key, result: 'unknown', text: `Not evaluated: ${text} (${key}).` };
}
