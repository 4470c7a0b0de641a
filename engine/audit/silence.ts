/**
 * Which findings are silenced: by a comment of ours with a reason, by one of another tool that says the same thing, or by a
 * record in `.shipworthy/suppressions.json`. Acceptances that have ended count here still: which day it is, is for the card.
 */
import type { Suppression, Unit } from '../../rules/kit';
import { NONE } from '../lists';
import type { FileSuppression } from '../records/suppressions';
import { mask } from './mask';
import type { Finding, Notice, RuleCard, Silenced } from './outcome';
import type { SourceText } from './source';

export interface Silence {
  readonly open: readonly Finding[];
  readonly silenced: readonly Silenced[];
  /** What of ours has silenced something, by `usedKey`; also where another one was first. */
  readonly used: ReadonlySet<string>;
}

/** What may silence findings of one file. */
export interface Silencers {
  readonly unit: Unit | undefined;
  readonly source: SourceText | undefined;
  readonly records: readonly FileSuppression[];
  readonly cards: Readonly<Record<string, RuleCard>>;
}

const UNUSED: ReadonlySet<string> = new Set();

/** Sorts findings of one file into those that stand and those that are silenced. Of several that silence one, the one that lasts longest counts. */
export function silence(findings: readonly Finding[], { unit, source, records, cards }: Silencers): Silence {
  const comments = unit && source ? unit.suppressions.filter(isValid) : [];
  if (comments.length === 0 && records.length === 0) return { open: findings, silenced: NONE, used: UNUSED };
  const open: Finding[] = [];
  const silenced: Silenced[] = [];
  const used = new Set<string>();
  for (const finding of findings) {
    const near = comments.filter((each) => reaches(each, finding) && names(each, finding, cards[finding.rule]));
    const far = records.filter((each) => each.covers(finding));
    for (const each of near) used.add(usedKey(finding.path, each.at.start, finding.rule));
    for (const each of far) used.add(usedKey(each.where.path, each.index, finding.rule));
    const by = lasting([...(source ? near.map((each) => byComment(finding, each, source)) : []), ...far.map((each) => byRecord(finding, each))]);
    if (by) silenced.push(by);
    else open.push(finding);
  }
  return { open, silenced, used };
}

/**
 * The one of ours that lasts longest: whoever renews an acceptance in another place must not be held up by the one that ended. At the
 * same end the nearer wins, comments before records. A false positive has no end; another tool's marker, having none either, is taken
 * where it is nearest.
 */
function lasting(all: readonly Silenced[]): Silenced | undefined {
  const [nearest] = all;
  if (nearest?.tool !== 'shipworthy') return nearest;
  const end = ({ lane, until = '' }: Silenced) => lane === 'false-positive' ? '9999-12-31' : until;
  return all.filter(({ tool }) => tool === 'shipworthy').reduce((longest, each) => end(each) > end(longest) ? each : longest, nearest);
}

/** Names a comment by its offset, or a record by its number, and a rule that it speaks of. */
export function usedKey(path: string, place: number, rule: string): string {
  return `${path} ${place} ${rule}`;
}

function byComment(finding: Finding, by: Suppression, source: SourceText): Silenced {
  return {
    finding, lane: by.lane, tool: by.tool, reason: mask(by.reason ?? `marked for ${by.tool}`), where: { path: finding.path, range: source.range(by.at) },
    ...(by.until && { until: by.until }), ...(by.by && { by: by.by }),
  };
}

function byRecord(finding: Finding, { record, where }: FileSuppression): Silenced {
  const { lane, reason, owner, until } = record;
  return { finding, lane, tool: 'shipworthy', reason: mask(reason), where, ...(until !== undefined && { until }), ...(owner !== undefined && { by: owner }) };
}

/** What is wrong with a file's own suppressions: they fail closed, and say so. */
export function suppressionNotices(unit: Unit, source: SourceText | undefined, cards: Readonly<Record<string, RuleCard>>): Notice[] {
  return unit.suppressions.filter((each) => each.tool === 'shipworthy').flatMap((each): Notice[] => {
    const wrong = problem(each, cards);
    if (!wrong) return [];
    const line = each.at.start >= 0 && source ? source.line(each.at.start) + 1 : each.line + 1;
    return [{ code: 'suppression', path: unit.path, incomplete: false, message: `The comment on line ${line} of ${unit.path} silences nothing: ${wrong}`, ...(source && { range: source.range(each.at) }) }];
  });
}

function problem(one: Suppression, cards: Readonly<Record<string, RuleCard>>): string | undefined {
  if (one.ids.length === 0) return 'it names no rule. Write `shipworthy: ignore <rule> -- reason`.';
  const unknown = one.ids.filter((id) => !cards[id]);
  if (unknown.length > 0) return `there is no rule called ${unknown.join(', ')}.`;
  if (!one.reason) return 'it gives no reason. Write ` -- ` and the reason after the rule.';
  if (one.lane === 'accepted-risk' && (!one.until || !one.by)) return 'an accepted risk needs a day and an owner: `accept <rule> until YYYY-MM-DD by NAME -- reason`.';
  return undefined;
}

/** Whether a comment says all that it has to. Those of other tools need not. */
export function isValid(one: Suppression): boolean {
  if (one.tool !== 'shipworthy') return true;
  return one.ids.length > 0 && one.reason !== undefined && (one.lane !== 'accepted-risk' || (one.until !== undefined && one.by !== undefined));
}

/** Whether a comment speaks of the place of a finding of its file. */
export function reaches(one: Suppression, finding: Finding): boolean {
  return one.reach === 'file' || (one.line >= finding.range.start.line && one.line <= Math.min(finding.range.end.line, finding.range.start.line + 20));
}

function names(one: Suppression, finding: Finding, card: RuleCard | undefined): boolean {
  if (one.tool === 'shipworthy') return one.ids.includes(finding.rule);
  const twins = (card?.anchors ?? []).filter((each) => each.toLowerCase().startsWith(`${one.tool} `)).map((each) => each.slice(one.tool.length + 1).toLowerCase());
  if (twins.length === 0) return false;
  return one.reach === 'file' && one.ids.length === 0 ? false : one.ids.length === 0 || one.ids.some((id) => twins.includes(id.toLowerCase()));
}
