/** Which findings a comment silences: ours with a reason, and other tools' where they say the same thing. */
import type { Suppression, Unit } from '../../rules/kit';
import type { Finding, Notice, RuleCard, Silenced } from './outcome';
import type { SourceText } from './source';

export interface Silence {
  readonly open: readonly Finding[];
  readonly silenced: readonly Silenced[];
}

/** Sorts findings of one file into those that stand and those that a comment of the file silences. */
export function silence(findings: readonly Finding[], unit: Unit | undefined, source: SourceText | undefined, cards: Readonly<Record<string, RuleCard>>): Silence {
  if (!unit || !source || unit.suppressions.length === 0) return { open: findings, silenced: [] };
  const open: Finding[] = [];
  const silenced: Silenced[] = [];
  for (const finding of findings) {
    const by = unit.suppressions.find((each) => isValid(each) && reaches(each, finding) && names(each, finding, cards[finding.rule]));
    if (!by) { open.push(finding); continue; }
    silenced.push({
      finding, lane: by.lane, tool: by.tool, reason: by.reason ?? `marked for ${by.tool}`, where: { path: unit.path, range: source.range(by.at) },
      ...(by.until && { until: by.until }), ...(by.by && { by: by.by }),
    });
  }
  return { open, silenced };
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

function isValid(one: Suppression): boolean {
  if (one.tool !== 'shipworthy') return true;
  return one.ids.length > 0 && one.reason !== undefined && (one.lane !== 'accepted-risk' || (one.until !== undefined && one.by !== undefined));
}

function reaches(one: Suppression, finding: Finding): boolean {
  return one.reach === 'file' || (one.line >= finding.range.start.line && one.line <= Math.min(finding.range.end.line, finding.range.start.line + 20));
}

function names(one: Suppression, finding: Finding, card: RuleCard | undefined): boolean {
  if (one.tool === 'shipworthy') return one.ids.includes(finding.rule);
  const twins = (card?.anchors ?? []).filter((each) => each.toLowerCase().startsWith(`${one.tool} `)).map((each) => each.slice(one.tool.length + 1).toLowerCase());
  if (twins.length === 0) return false;
  return one.reach === 'file' && one.ids.length === 0 ? false : one.ids.length === 0 || one.ids.some((id) => twins.includes(id.toLowerCase()));
}
