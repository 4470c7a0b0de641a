/** Made-up audits: a rule and its findings in one line each. */
import { POINTS } from '../../rules/kit';
import type { Category, Confidence, Effort, Severity } from '../../rules/kit';
import type { Audit, EvidencePlace, Finding, FixOffer, Location, Notice, Outcome, RuleCard, Silenced, State } from '../../engine/audit/outcome';
import { NO_INVENTORY } from '../../engine/audit/inventory';
import type { AskedControl, Changed, SignedAudit, Signoff } from '../../engine/audit/signed';
import { makeCard } from '../../report/make';
import type { CardOptions } from '../../report/make';
import type { ReportCard } from '../../report/card';

export const TODAY = '2026-11-20';

export interface FindingSpec {
  readonly severity?: Severity;
  readonly points?: number;
  readonly confidence?: Confidence;
  readonly blocks?: boolean;
  readonly path?: string;
  /** From 1. */
  readonly line?: number;
  readonly message?: string;
  readonly snippet?: string;
  readonly because?: string;
  readonly fixes?: readonly FixOffer[];
  readonly related?: Finding['related'];
  /** Makes it a silenced one. */
  readonly silenced?: Partial<Silenced>;
}

export interface RuleSpec extends FindingSpec {
  readonly rule: string;
  readonly category?: Category;
  readonly effort?: Effort;
  readonly ladder?: { readonly name: string; readonly rung: number };
  readonly attestable?: string;
  readonly title?: string;
  readonly why?: string;
  readonly how?: string;
  readonly links?: readonly string[];
  readonly state?: State;
  readonly reason?: string;
  readonly evidence?: readonly string[];
  readonly judged?: number;
  /** Each takes after the rule where it says nothing; a number stands for so many alike. Default: one when the state is open. */
  readonly findings?: readonly FindingSpec[] | number;
}

export function at(path: string, line: number, character = 0): Location {
  return { path, range: { start: { line: line - 1, character }, end: { line: line - 1, character: character + 8 } } };
}

export function cardOf(spec: RuleSpec): RuleCard {
  const severity = spec.severity ?? 'medium';
  return {
    id: spec.rule, category: spec.category ?? 'security', title: spec.title ?? `The rule ${spec.rule} holds`, severity,
    points: spec.points ?? POINTS[severity].usual, confidence: spec.confidence ?? 'confirmed', blocks: spec.blocks ? 'always' : 'never',
    effort: spec.effort ?? 'S', since: '1', why: spec.why ?? `What ${spec.rule} is for.`, how: spec.how ?? `How to do ${spec.rule}.`,
    links: spec.links ?? [], anchors: [], hides: [], ...(spec.ladder && { ladder: spec.ladder }), ...(spec.attestable && { attestable: spec.attestable }),
  };
}

function findingOf(card: RuleCard, rule: RuleSpec, spec: FindingSpec, index: number): Finding {
  const severity = spec.severity ?? card.severity;
  const points = spec.points ?? (spec.severity && spec.severity !== card.severity ? POINTS[severity].usual : card.points);
  const because = spec.because ?? rule.because;
  return {
    ...at(spec.path ?? rule.path ?? 'app.py', spec.line ?? rule.line ?? index + 1, 4), rule: card.id, category: card.category,
    message: spec.message ?? rule.message ?? `${card.id} does not hold here.`, severity, points,
    confidence: spec.confidence ?? card.confidence, blocks: spec.blocks ?? rule.blocks ?? severity === 'critical', effort: card.effort,
    fingerprint: fingerprint(`${card.id} ${index}`), snippet: spec.snippet ?? rule.snippet ?? 'x = 1', symbol: '',
    related: spec.related ?? rule.related ?? [], fixes: spec.fixes ?? rule.fixes ?? [], ...(because !== undefined && { because }),
  };
}

function fingerprint(text: string): string {
  let hash = 7;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 2 ** 40;
  return hash.toString(16).padStart(16, '0');
}

function outcomeOf(spec: RuleSpec, card: RuleCard): Outcome {
  const wanted = spec.findings ?? (spec.state === undefined || spec.state === 'open' ? 1 : 0);
  const specs: readonly FindingSpec[] = typeof wanted === 'number' ? Array.from({ length: wanted }, () => ({})) : wanted;
  const all = specs.map((one, index) => ({ finding: findingOf(card, spec, one, index), silenced: one.silenced ?? spec.silenced }));
  const findings = all.filter((one) => !one.silenced).map((one) => one.finding);
  const silenced = all.flatMap(({ finding, silenced: how }) => how ? [{
    finding, lane: 'accepted-risk' as const, tool: 'shipworthy', reason: 'Behind the VPN.', where: at(finding.path, finding.range.start.line + 1),
    ...(how.lane === 'false-positive' ? {} : { by: 'A. Person', until: '2026-12-10' }), ...how,
  }] : []);
  const state = spec.state ?? (findings.length > 0 ? 'open' : silenced.length > 0 ? 'accepted' : 'holds');
  const evidence: EvidencePlace[] = (spec.evidence ?? []).map((text, index) => ({ ...at(spec.path ?? 'app.py', index + 10), text }));
  return {
    rule: spec.rule, category: card.category, state, findings, silenced, evidence, judged: spec.judged ?? evidence.length,
    ...(spec.reason !== undefined && { reason: spec.reason }),
  };
}

/** An audit of these rules. Rules without more words are medium, confirmed, of the category security, with one open finding. */
export function audit(rules: readonly RuleSpec[], more: Partial<Omit<Audit, 'outcomes' | 'rules'>> = {}): Audit {
  const cards = rules.map(cardOf);
  return {
    project: { name: 'bibliotheca', root: '', frameworks: ['flask'], deployable: true, commit: '0ea1ce2' },
    outcomes: rules.map((spec, index) => outcomeOf(spec, cards[index] ?? cardOf(spec))), notices: [],
    files: { seen: 128, read: 120, parsed: 100, lines: 9000, routes: 42 }, ruleset: '1', inventory: NO_INVENTORY,
    ...more, rules: Object.fromEntries(cards.map((card) => [card.id, card])),
  };
}

export const OPTIONS: CardOptions = { version: '0.1.0', asOf: TODAY, profile: { exposure: 'public', data: [], stage: 'production' } };

export function card(rules: readonly RuleSpec[], more: Partial<Omit<Audit, 'outcomes' | 'rules'>> = {}, options: Partial<CardOptions> = {}): ReportCard {
  return makeCard(audit(rules, more), { ...OPTIONS, ...options });
}

/** A rule that holds, in every category that decides: so that a card is not inconclusive for want of them. */
export const HOLDING: readonly RuleSpec[] = (['security', 'configuration', 'auth', 'data'] as const)
  .map((category) => ({ rule: `${category}-holds`, category, state: 'holds', severity: 'info', evidence: ['it does'] }));

/** A control and, with a status, its record. */
export interface SignoffSpec extends Partial<Omit<Signoff, 'control' | 'status'>> {
  readonly control: string;
  readonly status?: Signoff['status'] | undefined;
  readonly severity?: Severity;
  readonly category?: Category;
  readonly required?: boolean;
  readonly twoPerson?: boolean;
  readonly maxAgeDays?: number;
  readonly changed?: Changed;
}

export function control({ control: id, severity = 'high', category: of = 'deployment', required = false, twoPerson = false, maxAgeDays = 90 }: SignoffSpec): AskedControl {
  return {
    id, title: `${id} was done`, category: of, severity, required, twoPerson, maxAgeDays, question: `Was ${id} done?`, evidence: 'A note.',
    staleWhenChanged: [], since: '1', resolves: [], watches: [],
  };
}

/** What people signed, of these controls and no others. Without more words on the first of the month, by Ada. */
export function signed(specs: readonly SignoffSpec[]): SignedAudit {
  return {
    controls: specs.map(control),
    signed: specs.flatMap(({ control: id, status, severity: _severity, category: _category, required: _required, twoPerson: _two, maxAgeDays: _age, changed = 'no', ...rest }, index) => status === undefined ? [] : [{
      record: { control: id, status, by: 'Ada <ada@example.org>', on: '2026-11-01', statement: 'It was.', evidence: 'docs/note.md', ...rest }, where: at('.shipworthy/signoffs.json', index + 3), changed,
    }]),
  };
}

export function incomplete(path: string): Notice {
  return { code: 'not-parsed', path, message: `${path} could not be parsed, so nothing is known of it. Mend its syntax.`, incomplete: true };
}

/** The category of a card, which must be there. */
export function category(of: ReportCard, id: Category = 'security'): ReportCard['categories'][number] {
  const found = of.categories.find((one) => one.id === id);
  if (!found) throw new Error(`no category ${id}`);
  return found;
}
