/** Reads a JSON report back. What scoring and comparing rest on is looked at piece by piece; what only is printed is taken as it is. */
import { CATEGORIES, CONFIDENCES, dayNumber, SEVERITIES } from '../rules/kit';
import type { ReportCard } from './card';
import { PLAN_ORDERS } from './plan';

/** A place in the JSON, such as `['results', 3, 'findings']`, and what is wrong there: a clause such as `must be a number`. */
export interface ReportFault { readonly at: readonly (string | number)[]; readonly reason: string }

type Check = (value: unknown, at: ReportFault['at']) => ReportFault | undefined;

/** The cards of a report: one, or a list of them. Never throws. */
export function readReport(value: unknown): { readonly cards: readonly ReportCard[] } | { readonly fault: ReportFault } {
  const list = Array.isArray(value) ? value : [value];
  for (const [index, one] of list.entries()) {
    const fault = CARD(one, Array.isArray(value) ? [index] : []);
    if (fault) return { fault };
  }
  if (list.length === 0) return { fault: { at: [], reason: 'holds no report card' } };
  return { cards: list as readonly ReportCard[] };
}

const wrong = (at: ReportFault['at'], reason: string): ReportFault => ({ at, reason });
const text: Check = (value, at) => (typeof value === 'string' ? undefined : wrong(at, 'must be a text'));
const flag: Check = (value, at) => (typeof value === 'boolean' ? undefined : wrong(at, 'must be true or false'));
const amount: Check = (value, at) => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? undefined : wrong(at, 'must be a number, not below 0'));
const score: Check = (value, at) => (value === null || (typeof value === 'number' && value >= 0 && value <= 100) ? undefined : wrong(at, 'must be a number from 0 to 100, or null'));
const day: Check = (value, at) => (typeof value === 'string' && dayNumber(value) !== undefined ? undefined : wrong(at, 'must be a day such as 2027-01-31'));
const among = (values: readonly string[]): Check => (value, at) => (typeof value === 'string' && values.includes(value) ? undefined : wrong(at, `must be one of ${values.join(', ')}`));
const optional = (check: Check): Check => (value, at) => (value === undefined ? undefined : check(value, at));
const each = (check: Check): Check => (value, at) => {
  if (!Array.isArray(value)) return wrong(at, 'must be a list');
  for (const [index, one] of value.entries()) { const fault = check(one, [...at, index]); if (fault) return fault; }
  return undefined;
};
const keys = (checks: Readonly<Record<string, Check>>): Check => (value, at) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(at, 'must be an object');
  for (const [key, check] of Object.entries(checks)) { const fault = check(Reflect.get(value, key), [...at, key]); if (fault) return fault; }
  return undefined;
};

const position = keys({ line: amount, character: amount });
const place = { path: text, range: keys({ start: position, end: position }) };
const grading = { severity: among(SEVERITIES), points: amount, confidence: among(CONFIDENCES) };
const finding = keys({ ...place, ...grading, rule: text, category: among(CATEGORIES), message: text, blocks: flag, fingerprint: text, snippet: text, related: each(keys(place)), fixes: each(keys({ title: text })) });
const silenced = keys({ finding, lane: among(['false-positive', 'accepted-risk']), tool: text, reason: text, until: optional(text), by: optional(text), where: keys(place) });
const ladder = keys({ name: text, rung: amount });
const ruleCard = keys({ ...grading, id: text, category: among(CATEGORIES), title: text, effort: among(['S', 'M', 'L']), ladder: optional(ladder) });
const result = keys({
  rule: text, category: among(CATEGORIES), title: text, state: among(['holds', 'open', 'accepted', 'attested', 'not-applicable', 'not-checked']), card: ruleCard,
  findings: each(finding), unscored: optional(each(finding)), silenced: each(silenced), evidence: each(keys({ ...place, text })), judged: amount, reason: optional(text),
});
const VERDICTS = ['READY', 'MOSTLY READY', 'NOT READY', 'INCONCLUSIVE'];

/** Versions to come may add keys to 1.x; what 2.0 means nobody knows yet. */
const version: Check = (value, at) => {
  if (typeof value !== 'string') return wrong(at, 'is missing: this is no report of shipworthy');
  return /^1\.\d+$/.test(value) ? undefined : wrong(at, `is ${JSON.stringify(value)}, and this shipworthy reads 1.x: update it`);
};

const CARD = keys({
  schemaVersion: version, tool: keys({ version: text }), scoring: amount, ruleset: text, asOf: day,
  project: keys({ name: text, root: text, commit: optional(text) }), profile: keys({ exposure: text, data: each(text), stage: text }), customised: amount,
  customisations: each(keys({ key: text, value: text })),
  verdict: keys({ value: among(VERDICTS) }), score: keys({ value: score, grade: text }),
  categories: each(keys({ id: among(CATEGORIES), weight: amount, score })), results: each(result),
  notices: each(keys({ code: text, message: text, incomplete: flag, path: optional(text) })), planOrder: optional(among(PLAN_ORDERS)), inventory: keys({}), content: keys({ closeUps: keys({}) }),
  files: keys({ seen: amount, read: amount, parsed: amount, lines: amount, routes: amount }),
});
