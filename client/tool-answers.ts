// What language models are told when they ask: the report, the findings, as plain data. Nothing here knows an editor. Findings come
// masked from the server, and their code is left out: whoever asks can read the file.
import { waiting } from '../report/signoff-card';
import type { PlacedCard, Severity } from './cards';
import { SEVERITIES } from './words';

/** So many findings are told at once. */
const MOST = 50;

/** How findings are asked for. Models write what they like: what is not understood is left out, and said. */
export interface FindingsQuery {
  readonly application?: string;
  readonly path?: string;
  readonly rule?: string;
  readonly category?: string;
  /** This one or worse. */
  readonly severity?: Severity;
}

/** Reads what a model has sent. */
export function readQuery(input: unknown): FindingsQuery {
  const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  const text = (name: string): Record<string, string> => {
    const value = given[name];
    return typeof value === 'string' && value.trim() !== '' ? { [name]: value.trim() } : {};
  };
  const severity = SEVERITIES.find((one) => one === given['severity']);
  return { ...text('application'), ...text('path'), ...text('rule'), ...text('category'), ...(severity && { severity }) };
}

/** Verdict, score and categories of every application, worst first. */
export function reportAnswer(cards: readonly PlacedCard[]): object {
  return {
    applications: cards.map(({ card: { project, verdict, score, categories, counts, signoffs, asOf } }) => ({
      name: project.name, folder: project.root || '.', asOf, verdict: verdict.value, reasons: verdict.reasons.map(({ text, rules }) => ({ text, rules })), toReady: verdict.toReady,
      grade: score.grade, score: score.value, confidence: score.confidence, coverage: score.coverage,
      categories: categories.filter(({ status }) => status !== 'not-applicable').map(({ id, title, grade, score: value, holds, applicable, findings }) => ({ id, title, grade, score: value, holds, applicable, findings })),
      counts, signoffsToGive: waiting(signoffs).map(({ control }) => control),
    })),
  };
}

/** Open findings, worst first, without code. */
export function findingsAnswer(cards: readonly PlacedCard[], { application, path, rule, category, severity }: FindingsQuery): object {
  const least = severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
  const chosen = cards.filter(({ card: { project } }) => application === undefined || project.name === application || project.root === application);
  const all = chosen.flatMap(({ card, fresh }) => card.results.flatMap((result) => result.findings.map((finding) => ({ card, result, finding, fresh }))))
    .filter(({ finding }) => (path === undefined || isUnder(finding.path, path)) && (rule === undefined || finding.rule === rule) && (category === undefined || finding.category === category) && SEVERITIES.indexOf(finding.severity) <= least)
    .sort((a, b) => SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity));
  return {
    total: all.length, shown: Math.min(all.length, MOST),
    ...(application !== undefined && chosen.length === 0 && { note: `There is no application "${application}". There are: ${cards.map(({ card }) => card.project.name).join(', ')}.` }),
    findings: all.slice(0, MOST).map(({ card, result, finding, fresh }) => ({
      rule: finding.rule, title: result.title, message: finding.message, severity: finding.severity, confidence: finding.confidence, category: finding.category, blocks: finding.blocks, points: finding.points,
      path: finding.path, line: finding.range.start.line + 1, application: card.project.name, fixes: finding.fixes.map(({ title, safety }) => ({ title, safety })), fingerprint: finding.fingerprint,
      ...(fresh && { new: fresh.has(finding.fingerprint) }),
    })),
  };
}

function isUnder(path: string, wanted: string): boolean {
  const bare = wanted.replace(/^\.?\//, '').replace(/\/$/, '');
  return bare === '' || bare === '.' || path === bare || path.startsWith(`${bare}/`);
}
