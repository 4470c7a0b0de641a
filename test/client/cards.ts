// Report cards for tests: a whole card from the few words that a test is about.
import { NO_INVENTORY } from '../../engine/audit/inventory';
import type { CategoryCard, ReportCard, Result } from '../../report/card';
import type { SignoffCard } from '../../report/signoff-card';
import type { PlacedCard } from '../../client/cards';

type Finding = Result['findings'][number];
type Silenced = Result['silenced'][number];

const NONE = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

/** A finding; its fingerprint is made of its line. */
export function finding(changes: Partial<Finding> & { readonly line?: number } = {}): Finding {
  const { line = 2, ...rest } = changes;
  return {
    rule: 'secret-key-default', category: 'configuration', message: 'SECRET_KEY falls back to a value that anybody can read here.',
    severity: 'critical', points: 40, confidence: 'confirmed', blocks: true, effort: 'S',
    fingerprint: line.toString(16).padStart(16, '0'), snippet: 'SECRET_KEY = os.getenv("SECRET_KEY", "…")', symbol: '', related: [], fixes: [],
    path: 'shop/settings.py', range: { start: { line, character: 37 }, end: { line, character: 42 } },
    ...rest,
  };
}

export const FIX = { title: 'Refuse to start without it', safety: 'review', index: 0, remains: 'Set SECRET_KEY where the application runs.' } as const;

export function silenced(changes: Partial<Silenced> = {}): Silenced {
  const silent = finding({ line: 8 });
  return { finding: silent, lane: 'false-positive', tool: 'shipworthy', reason: 'only used in the demo', where: { path: silent.path, range: silent.range }, ...changes };
}

/** A rule's result; open when it has findings. */
export function result(changes: Partial<Result> = {}): Result {
  const findings = changes.findings ?? [];
  const rule = changes.rule ?? 'secret-key-default';
  const category = changes.category ?? 'configuration';
  const severity = changes.severity ?? 'critical';
  const title = changes.title ?? 'The signing key has no fallback in the source';
  return {
    rule, category, title, state: findings.length > 0 ? 'open' : 'holds', severity, effort: 'S',
    card: {
      id: rule, category, title, severity, points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
      why: 'Whoever can read the repository can forge sessions.', how: 'Refuse to start without the key.', links: [], anchors: [], hides: [],
    },
    findings, silenced: [], evidence: [], judged: 0, cost: findings.length > 0 ? 40 : 0,
    ...changes,
  };
}

/** A control that is required and that nobody has signed. */
export function signoff(changes: Partial<SignoffCard> = {}): SignoffCard {
  return {
    control: 'restore-drill', title: 'A backup was restored', category: 'data', severity: 'high', question: 'Was a backup restored?', evidenceExpected: 'Notes of the drill.',
    maxAgeDays: 90, twoPerson: false, required: true, state: 'missing', resolves: [], watches: [], ...changes,
  };
}

/** The record of a control that Ada signed. */
export const SIGNED = {
  state: 'signed', status: 'passed', by: 'Ada <ada@example.org>', on: '2026-11-12', expires: '2027-02-10', statement: 'Restored in 14 min.', evidence: 'docs/drill.md',
  where: { path: '.shipworthy/signoffs.json', range: { start: { line: 3, character: 4 }, end: { line: 3, character: 90 } } },
} as const;

export function category(changes: Partial<CategoryCard> = {}): CategoryCard {
  return {
    id: 'configuration', title: 'Configuration & secrets', justification: '7 of 9 rules hold; nothing is deducted.', status: 'scored', gating: true, score: 93.4, grade: 'A', weight: 12, effectiveWeight: 12.5,
    raw: 6.6, compressed: false, caps: [], coverage: 1, ledger: [], holds: 7, applicable: 9, findings: NONE,
    ...changes,
  };
}

/** A card of one application. */
export function card(changes: Partial<ReportCard> = {}): ReportCard {
  return {
    schemaVersion: '1.0', tool: { name: 'shipworthy', version: '0.1.0' }, scoring: 1, ruleset: '2026.11', asOf: '2026-11-20',
    project: { name: 'shop', root: '', frameworks: ['flask'], deployable: true },
    profile: { exposure: 'public', data: [], stage: 'production' }, customised: 0, customisations: [],
    verdict: { value: 'MOSTLY READY', reasons: [{ code: 'score-low', text: 'The score is below 85.', rules: [], risk: 'Incidents are likelier.' }], conditions: [], toReady: [] },
    score: { value: 87.9, grade: 'B+', uncapped: 87.9, unsuppressed: 86.1, caps: [], confidence: 'medium', coverage: 0.83 },
    categories: [category()], results: [result()],
    counts: { holds: 7, open: 0, accepted: 0, attested: 0, notApplicable: 0, notChecked: 0, findings: NONE, blockers: 0 },
    signoffs: [], plan: [], notices: [], content: { summary: [], conclusion: [], controls: [], checklist: [], nextAudit: { on: '2026-12-20', because: 'this one is 30 days old then' }, closeUps: {} }, inventory: NO_INVENTORY, files: { seen: 10, read: 10, parsed: 10, lines: 500, routes: 4 },
    ...changes,
  };
}

/** A card in the folder file:///work/shop. */
export function placed(changes: Partial<ReportCard> = {}): PlacedCard {
  const made = card(changes);
  const folder = 'file:///work/shop';
  return { key: `${folder}#${made.project.root}#${made.project.name}`, folder, card: made };
}
