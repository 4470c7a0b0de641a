/** Results: what is open, what was silenced, and what holds, does not apply or could not be checked. */
import type { Finding, Silenced } from '../../engine/audit/outcome';
import type { ReportCard, Result } from '../card';
import { line } from '../escape';
import { byWeight } from '../scoring/order';
import { isBlocking } from '../scoring/weighed';
import { fix, type Fixes } from './fix';
import { LEVELS } from './rule';
import { location, physicalLocation } from './place';

/** So many places that prove a rule are named. */
const PROOFS = 10;

interface Indexed { readonly result: Result; readonly ruleIndex: number }

/** Open findings, worst first. */
export function failing(card: ReportCard, fixes: Fixes = () => []): readonly object[] {
  return openOf(card).map((one) => ({ ...failure(one), ...fixed(fixes(one.finding)) }));
}

/** Open findings, worst first, each with what it was in the base where the card was compared with one, and then what is gone. */
export function comparedFailing(card: ReportCard, fixes: Fixes): readonly object[] {
  const { comparison } = card;
  if (!comparison) return failing(card, fixes);
  const states = new Map([...comparison.new.map((print) => [print, 'new'] as const), ...comparison.worsened.map((print) => [print, 'updated'] as const)]);
  const open = openOf(card).map((one) => ({ ...failure(one), ...fixed(fixes(one.finding)), baselineState: states.get(one.finding.fingerprint) ?? 'unchanged' }));
  const gone = comparison.fixed.map(({ rule, severity, path, fingerprint }) => ({
    ruleId: rule, ...indexed(card, rule), kind: 'fail', level: LEVELS[severity], message: message(`${rule} is gone.`), baselineState: 'absent',
    locations: [{ physicalLocation: physicalLocation(path) }], partialFingerprints: { 'shipworthy/v1': fingerprint }, properties: { severity },
  }));
  return [...open, ...gone];
}

function fixed(found: ReturnType<Fixes>): object {
  return found.length === 0 ? {} : { fixes: found.map(fix) };
}

/** A rule that was not asked this time has no place in the list. */
function indexed(card: ReportCard, rule: string): { readonly ruleIndex?: number } {
  const ruleIndex = card.results.findIndex((result) => result.rule === rule);
  return ruleIndex < 0 ? {} : { ruleIndex };
}

function openOf(card: ReportCard): readonly ({ readonly finding: Finding } & Indexed)[] {
  return byFinding(card, ({ findings }) => findings.map((finding) => ({ finding })));
}

/** Findings that do not count as open, with the reason. */
export function suppressed(card: ReportCard): readonly object[] {
  return byFinding(card, ({ silenced }) => silenced.map((one) => ({ finding: one.finding, silenced: one })))
    .map((one) => ({ ...failure(one), suppressions: [suppression(one.silenced)] }));
}

/** A result for each rule without findings. */
export function passing(card: ReportCard): readonly object[] {
  return card.results.flatMap((result, ruleIndex) => {
    const { state, evidence, reason } = result;
    const common = { ruleId: result.rule, ruleIndex, level: 'none' };
    if (state === 'not-applicable') return [{ ...common, kind: 'notApplicable', message: message(reason ?? 'It does not apply.') }];
    if (state === 'not-checked') return [{ ...common, kind: 'review', message: message(reason ?? 'It could not be checked.') }];
    if (state === 'open' || state === 'accepted') return [];
    const proofs = [...new Set(evidence.map((place) => place.text))];
    return [{ ...common, kind: 'pass', message: message([`${result.title}.`, ...proofs, ...(reason === undefined ? [] : [reason])].join(' ')), locations: evidence.slice(0, PROOFS).map(location) }];
  });
}

function byFinding<One extends { readonly finding: Finding }>(card: ReportCard, of: (result: Result) => readonly One[]): readonly (One & Indexed)[] {
  return card.results.flatMap((result, ruleIndex) => of(result).map((one) => ({ ...one, result, ruleIndex }))).sort((a, b) => byWeight(a.finding, b.finding));
}

function failure({ finding, result, ruleIndex }: { readonly finding: Finding } & Indexed): object {
  const { severity, confidence, symbol, because, related } = finding;
  return {
    ruleId: finding.rule, ruleIndex, kind: 'fail', level: LEVELS[severity], message: message(finding.message),
    locations: [{ ...location(finding), ...(symbol !== '' && { logicalLocations: [{ fullyQualifiedName: line(symbol) }] }) }],
    ...(related.length > 0 && { relatedLocations: related.map((place, id) => ({ id, ...location(place), message: message(place.text) })) }),
    partialFingerprints: { 'shipworthy/v1': finding.fingerprint },
    rank: Math.min(result.cost, 100),
    properties: { severity, confidence, blocks: isBlocking(finding), points: finding.points, ...(because !== undefined && { because: line(because) }) },
  };
}

function suppression({ finding, lane, tool, reason, by, until, where }: Silenced): object {
  return {
    kind: where.path === finding.path ? 'inSource' : 'external', status: 'accepted', justification: line(reason),
    location: { physicalLocation: physicalLocation(where.path, where.range) },
    properties: { lane, tool: line(tool), ...(by !== undefined && { by: line(by) }), ...(until !== undefined && { until: line(until) }) },
  };
}

/** Plain text, in which `[words](target)` would be a link. */
function message(text: string): { readonly text: string } {
  const plain = line(text);
  return { text: plain.includes('](') ? plain.replace(/[\\[\]]/g, '\\$&') : plain };
}
