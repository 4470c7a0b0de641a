/** All facts in, findings out: every rule asked about every place it looks at. */
import { createHash } from 'node:crypto';
import type { Context, Fix, Gap, Place, Project, ProjectRule, Rule, Span, Unit, Variation } from '../../rules/kit';
import { POINTS, classesAround, functionsAround, idleModules, pathOf, whereNothingRuns } from '../../rules/kit';
import { NONE, settled } from '../lists';
import type { Looks } from '../project/looks';
import { looking } from '../project/looks';
import type { Config } from '../workspace/config';
import { severityOf } from './decided';
import { mask, maskCode, maskLiterals } from './mask';
import type { EvidencePlace, Finding, FixOffer, Notice } from './outcome';
import { seenSource } from './seen-source';
import type { SourceText } from './source';
import { sourceOf } from './source';

/** A finding with what made it, so that its fix can be asked for later. */
export interface Judged {
  readonly finding: Finding;
  readonly fixes: readonly Fix<unknown>[];
  readonly match: unknown;
  readonly context: Context;
}

export interface Verdict {
  readonly judged: readonly Judged[];
  readonly evidence: readonly EvidencePlace[];
  /** Places looked at. */
  readonly places: number;
  /** A project rule's own word, or a failed rule's. */
  readonly state?: { readonly state: 'not-applicable' | 'not-checked' | 'holds'; readonly reason?: string };
  readonly notices: readonly Notice[];
  /** Texts it was found out from, beside facts. */
  readonly looks?: Looks;
}

export interface Court {
  readonly project: Project;
  readonly config: Config;
  /** Text of a file as it was read; undefined when it is gone. */
  source(path: string): SourceText | undefined;
}

/** What a file rule says of one file. */
export function judgeFile(rule: Rule & { scope: 'file' }, unit: Unit, court: Court): Verdict {
  if (!concerns(rule, unit)) return NOTHING;
  const { found, looks } = looking(() => fileVerdict(rule, unit, court));
  return looks ? { ...found, looks } : found;
}

const NOTHING: Verdict = { judged: NONE, evidence: NONE, places: 0, notices: NONE };

function fileVerdict(rule: Rule & { scope: 'file' }, unit: Unit, court: Court): Verdict {
  const definition = rule.file;
  const source = court.source(unit.path);
  if (!source) return NOTHING;
  try {
    let places = 0;
    // Most rules find no place in a file: for those nothing is made.
    let found: { readonly context: Context; readonly judged: Judged[]; readonly evidence: EvidencePlace[] } | undefined;
    for (const match of definition.on.select(unit, court.project)) {
      places++;
      const { context, judged, evidence } = found ??= { context: { unit, source: seenSource(source), project: court.project }, judged: [], evidence: [] };
      const answer = definition.check(match, context);
      const at = definition.underline(match, context);
      if (answer) judged.push(judgement(rule, { match, context, at: { ...at, path: unit.path }, message: definition.message(match, context), related: definition.related?.(match, context) ?? [], variation: answer === true ? undefined : answer, fixes: listed(definition.fix) }, court));
      else {
        const text = definition.holds?.(match, context);
        if (text !== undefined) evidence.push({ path: unit.path, range: source.range(at), text: mask(text) });
      }
    }
    return found ? { judged: numbered(found.judged), evidence: settled(found.evidence), places, notices: NONE } : NOTHING;
  } catch (reason) {
    return { ...NOTHING, notices: [failure(rule, reason, unit.path)] };
  }
}

/** What a project rule says. */
export function judgeProject(rule: Rule & { scope: 'project' }, court: Court): Verdict {
  const { found, looks } = looking(() => projectVerdict(rule, court));
  return looks ? { ...found, looks } : found;
}

function projectVerdict(rule: Rule & { scope: 'project' }, court: Court): Verdict {
  const definition: ProjectRule = rule.whole;
  const base: Verdict = { judged: NONE, evidence: NONE, places: 1, notices: NONE };
  try {
    const answer = definition.project(court.project);
    if ('notApplicable' in answer) return { ...base, state: { state: 'not-applicable', reason: answer.notApplicable } };
    if ('notChecked' in answer) return { ...base, state: { state: 'not-checked', reason: answer.notChecked } };
    if ('holds' in answer) return { ...base, state: { state: 'holds' }, evidence: answer.holds.map((each) => ({ ...located(each, court), text: mask(each.text) })) };
    const judged = answer.open.flatMap((gap): Judged[] => {
      const context = contextAt(gap.at, court);
      return context ? [judgement(rule, { match: gap, context, at: gap.at, message: gap.message, related: gap.related ?? [], variation: gap.variation, fixes: listed(definition.fix as Fix<unknown> | readonly Fix<unknown>[] | undefined) }, court)] : [];
    });
    return { ...base, judged: numbered(judged) };
  } catch (reason) {
    return { ...base, notices: [failure(rule, reason)], state: { state: 'not-checked', reason: 'The rule failed; see the notices.' } };
  }
}

/** Whether a rule looks at files of this kind and role at all. */
export function concerns({ file: { on, roles = PRODUCTION } }: Rule & { scope: 'file' }, { kind, role }: Pick<Unit, 'kind' | 'role'>): boolean {
  return on.kinds.includes(kind) && roles.some((each) => each === role);
}

const PRODUCTION = ['production'] as const;

/** A project rule may speak of a file that was not read, or does not exist yet: then its place is the start of an empty text. */
function contextAt(at: Place, court: Court): Context | undefined {
  const source = court.source(at.path) ?? (court.project.paths.includes(at.path) ? sourceOf(at.path, '') : undefined);
  const unit: Unit = court.project.unit(at.path) ?? { kind: 'plain', format: 'text', path: at.path, role: 'production', whole: true, suppressions: [] };
  return source && { unit, source, project: court.project };
}

interface Case {
  readonly match: unknown;
  readonly context: Context;
  readonly at: Place;
  readonly message: string;
  readonly related: readonly (Place & { readonly text: string })[];
  readonly variation: Variation | undefined;
  readonly fixes: readonly Fix<unknown>[];
}

function judgement(rule: Rule, it: Case, court: Court): Judged {
  const configured = severityOf(rule, court.config);
  const variation = lessWhereNothingRuns(rule, it, court.project);
  const severity = configured && configured !== 'off' ? configured : variation?.severity ?? rule.severity;
  const varied = variation?.points ?? (variation?.severity ? POINTS[variation.severity].usual : rule.points);
  const confidence = variation?.confidence ?? rule.confidence;
  const source = court.source(it.at.path);
  const range = source?.range(it.at) ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const snippet = snippetOf(rule, it.at, source);
  const symbol = symbolAt(it.context.unit, it.at);
  const finding: Finding = {
    rule: rule.id, category: rule.category, path: it.at.path, range, message: mask(it.message), severity,
    points: configured && configured !== 'off' ? POINTS[configured].usual : varied, confidence,
    blocks: confidence !== 'possible' && (severity === 'critical' || (severity === 'high' && blocking(rule, court))),
    effort: rule.effort, ...(variation && { because: mask(variation.because) }),
    fingerprint: digest([rule.id, it.at.path, symbol, snippet.replace(/\s+/g, ' ').trim()]), snippet, symbol,
    related: it.related.map((each) => ({ ...located(each, court), text: mask(each.text) })), fixes: offers(it),
  };
  return { finding, fixes: it.fixes, match: it.match, context: it.context };
}

/** Copies and earlier versions of an application, which no start command names, are graded as what they are. */
function lessWhereNothingRuns(rule: Rule, { at, variation }: Case, project: Project): Variation | undefined {
  const severity = variation?.severity ?? rule.severity;
  const less = whereNothingRuns(severity);
  if (less === severity || rule.atRest || !idleModules(project).has(at.path)) return variation;
  const points = Math.min(variation?.points ?? rule.points, POINTS[less].usual);
  const because = 'no start command reaches this copy of the application';
  return { ...variation, severity: less, points, because: variation ? `${variation.because}, and ${because}` : because };
}

/** The one place where a rule's own word on blocking meets the profile. */
function blocking({ blocks }: Rule, { project, config }: Court): boolean {
  return blocks === 'always' || (blocks !== 'never' && blocks.holds(project, config.profile));
}

/** Fixes that have an edit here. Asking costs little, and an offer that leads nowhere is worse than none. */
function offers(it: Case): FixOffer[] {
  return it.fixes.flatMap((fix, index): FixOffer[] => {
    const edits = fix.edit(it.match as Gap, it.context);
    return edits && edits.length > 0 ? [{ title: fix.title, safety: fix.safety, index, ...(fix.remains && { remains: fix.remains }) }] : [];
  });
}

function located(at: Place, court: Court): { path: string; range: Finding['range'] } {
  const zero = { line: 0, character: 0 };
  return { path: at.path, range: court.source(at.path)?.range(at) ?? { start: zero, end: zero } };
}

/** The lines of a finding, at most three of them and 300 characters, masked. */
function snippetOf(rule: Rule, at: Span, source: SourceText | undefined): string {
  if (!source || (at.start === 0 && at.end === 0)) return '';
  const first = source.lineStart(at.start);
  const lines = source.text.slice(first, source.lineEnd(Math.max(at.start, at.end - 1))).split(/\r?\n/).slice(0, 3);
  const text = lines.join('\n').slice(0, 300).trim();
  return rule.secret ? maskLiterals(text) : maskCode(text);
}

/** The innermost definition around a place. */
function symbolAt(unit: Unit, at: Span): string {
  if (unit.kind !== 'module') return '';
  const [func] = functionsAround(unit, at);
  const [klass] = classesAround(unit, at);
  const best = func && klass ? (klass.at.end - klass.at.start < func.at.end - func.at.start ? klass : func) : func ?? klass;
  return best ? pathOf(best) : '';
}

/** Twins (the same code twice in one function) are told apart by their order. */
function numbered(judged: readonly Judged[]): readonly Judged[] {
  if (judged.length === 0) return NONE;
  const seen = new Map<string, number>();
  return judged.map((each) => {
    const ordinal = seen.get(each.finding.fingerprint) ?? 0;
    seen.set(each.finding.fingerprint, ordinal + 1);
    return ordinal === 0 ? each : { ...each, finding: { ...each.finding, fingerprint: digest([each.finding.fingerprint, String(ordinal)]) } };
  });
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

function listed<T>(fix: T | readonly T[] | undefined): readonly T[] {
  return fix === undefined ? [] : Array.isArray(fix) ? fix as readonly T[] : [fix as T];
}

/** Said once, with the rule and the file, and nothing of what the file holds. */
function failure(rule: Rule, reason: unknown, path?: string): Notice {
  const what = reason instanceof Error ? reason.name : 'an unknown error';
  return {
    code: 'rule-failed', ...(path !== undefined && { path }), incomplete: true,
    message: `The rule ${rule.id} failed${path === undefined ? ' on this project' : ` on ${path}`} (${what}). Its answer is missing from the card; everything else goes on. Please report this with the file's shape, not its secrets.`,
  };
}
