/** What the outputs list, in the order they all list it. */
import { CATEGORIES, SEVERITIES } from '../rules/kit';
import type { Severity } from '../rules/kit';
import type { EvidencePlace, Finding, FixOffer, Silenced, State } from '../engine/audit/outcome';
import type { Reason, ReasonCode, ReportCard, Result } from './card';
import { byPlace, byText } from './scoring/order';
import { isBlocking } from './scoring/weighed';
import { count, gradeText, number } from './words';

/** An open rule with its short name in this card: C1, H2. */
export interface Numbered { readonly number: string; readonly result: Result; readonly blocks: boolean }

/** Open rules by severity, worst first; within one, what blocks, then what costs most. All severities, also empty ones. */
export function openBySeverity(card: Pick<ReportCard, 'results'>): readonly { readonly severity: Severity; readonly rules: readonly Numbered[] }[] {
  const open = card.results.filter((result) => result.state === 'open').map((result) => ({ result, blocks: result.findings.some(isBlocking) }));
  return SEVERITIES.map((severity) => ({
    severity,
    rules: open.filter(({ result }) => result.severity === severity)
      .sort((a, b) => Number(b.blocks) - Number(a.blocks) || b.result.cost - a.result.cost || byText(a.result.rule, b.result.rule))
      .map((one, index) => ({ ...one, number: `${severity.charAt(0).toUpperCase()}${index + 1}` })),
  }));
}

/** Rules in one state, by category and then by name. */
export function inState(card: ReportCard, state: State): readonly Result[] {
  return card.results.filter((result) => result.state === state)
    .sort((a, b) => CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || byText(a.rule, b.rule));
}

/** Rules that hold and have a place that proves it, by category and then by what they would cost. Without evidence there is no strength. */
export function strengths(card: ReportCard): readonly Result[] {
  return inState(card, 'holds').filter((result) => result.evidence.length > 0)
    .sort((a, b) => CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) || b.card.points - a.card.points || byText(a.rule, b.rule));
}

/** Everything that was silenced, whatever the state of its rule, by place. */
export function silenced(card: Pick<ReportCard, 'results'>): readonly Silenced[] {
  return card.results.flatMap((result) => result.silenced).sort((a, b) => byPlace(a.finding, b.finding));
}

/** Open findings by file, files and places in order. */
export function byFile(card: ReportCard): readonly { readonly path: string; readonly findings: readonly Finding[] }[] {
  const files = new Map<string, Finding[]>();
  for (const finding of card.results.flatMap((result) => result.findings).sort(byPlace)) {
    const held = files.get(finding.path);
    if (held) held.push(finding);
    else files.set(finding.path, [finding]);
  }
  return [...files].map(([path, findings]) => ({ path, findings }));
}

/** The first few of some places, and how many there are besides. */
export function first<T>(places: readonly T[], most: number): { readonly shown: readonly T[]; readonly more: number } {
  // One more line costs as much as the line that says there is one more.
  const fits = places.length <= most + 1;
  return { shown: fits ? places : places.slice(0, most), more: fits ? 0 : places.length - most };
}

/** Evidence by what it says, with all places that say it, in the order it was found. */
export function evidenceByText(result: Pick<Result, 'evidence'>): readonly { readonly text: string; readonly places: readonly EvidencePlace[] }[] {
  const said = new Map<string, EvidencePlace[]>();
  for (const place of result.evidence) {
    const places = said.get(place.text) ?? [];
    // Two things of one line are one place to look at.
    if (!places.some((other) => other.path === place.path && other.range.start.line === place.range.start.line)) said.set(place.text, [...places, place]);
  }
  return [...said].map(([text, places]) => ({ text, places }));
}

/** The different fixes some findings have, in the order they are offered. */
export function fixOffers(findings: readonly Finding[]): readonly FixOffer[] {
  return [...new Map(findings.flatMap((one) => one.fixes).map((fix) => [`${fix.title}\n${fix.remains ?? ''}`, fix])).values()];
}

/** What is wrong, in a sentence: what all findings of a rule say, or that its title is not met in so many places. */
export function headline(result: Result): string {
  const all = [...result.findings, ...result.silenced.map((one) => one.finding)];
  const messages = new Set(all.map((finding) => finding.message));
  const [only] = messages;
  return messages.size === 1 && only !== undefined ? only : `${result.title}: not met in ${count(all.length, 'place')}.`;
}

/** Why a finding of this rule keeps the application from shipping; completes "it blocks, …". */
export function blockReason({ findings, card }: Result): string {
  if (findings.some((one) => isBlocking(one) && one.severity === 'critical')) return 'as everything critical does';
  return card.blocks === 'always' ? 'wherever it is found' : `here: ${card.blocks}`;
}

const BEYOND: readonly ReasonCode[] = ['nothing-checked', 'coverage-unknown', 'coverage-low', 'analysis-incomplete'];

/** What keeps a card from READY that no rule can mend. */
export function beyondRules({ verdict }: ReportCard): readonly Reason[] {
  return verdict.reasons.filter((reason) => BEYOND.includes(reason.code));
}

/** What a condition of the verdict says: it is the id of a rule, of a sign-off or of a category. */
export function conditionText(card: ReportCard, condition: string): string {
  const category = card.categories.find((one) => one.id === condition);
  if (category) return `${category.title} is weak: ${gradeText(category.grade)} ${number(category.score)}.`;
  const result = card.results.find((one) => one.rule === condition);
  const control = card.signoffs.find((one) => one.control === condition);
  if (!result) return control ? `Somebody signed that this failed: ${control.title} (${condition}).` : condition;
  const accepted = result.silenced.filter((one) => one.lane === 'accepted-risk');
  const until = accepted.flatMap((one) => one.until ?? []).sort()[0];
  const parts = [
    ...(result.findings.length > 0 ? [`${result.findings.length} open`] : []),
    ...(accepted.length > 0 ? [`${accepted.length} accepted${until === undefined ? '' : accepted.length === 1 ? ` until ${until}` : `, the first until ${until}`}`] : []),
  ];
  return `${headline(result).replace(/\.$/, '')} (${condition}, ${parts.join(', ')}).`;
}
