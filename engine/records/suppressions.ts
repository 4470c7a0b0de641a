/** `.shipworthy/suppressions.json`: findings that are silenced in one place for many files, or where a file has no comments. */
import ignore from 'ignore';
import type { Finding, Location, Notice, RuleCard } from '../audit/outcome';
import { meant } from '../workspace/reading';
import type { Entry, Form } from './document';
import { readDocument } from './document';
import { SUPPRESSIONS_FILE } from './paths';

/** A record as people and the editor write it. */
export interface SuppressionRecord {
  readonly rule: string;
  /** gitignore pattern of the files it is about. */
  readonly path?: string;
  readonly fingerprint?: string;
  readonly lane: 'false-positive' | 'accepted-risk';
  readonly reason: string;
  readonly owner?: string;
  /** ISO day, the last it counts on. */
  readonly until?: string;
}

export const SUPPRESSIONS: Form<SuppressionRecord> = {
  title: 'Findings that do not count as open, with the reason.', list: 'suppressions', version: 1,
  key: ({ rule, path = '', fingerprint = '' }) => `${rule} ${path} ${fingerprint}`,
  record: {
    type: 'object', description: 'What is silenced, and why.', required: ['rule', 'lane', 'reason'], additionalProperties: false,
    properties: {
      rule: { type: 'string', description: 'Id of the rule.', minLength: 1 },
      path: { type: 'string', description: 'A pattern of .gitignore: the files it is about.', minLength: 1 },
      fingerprint: { type: 'string', description: 'One finding, as JSON reports name it.', pattern: '^[0-9a-f]{16}$', patternErrorMessage: 'a fingerprint: 16 hexadecimal digits' },
      lane: {
        type: 'string', description: 'Why it is no open finding.', enum: ['false-positive', 'accepted-risk'],
        enumDescriptions: ['What the rule says is not so here. Costs nothing.', 'It is so, and somebody answers for it until a day. Still costs its points.'],
      },
      reason: { type: 'string', description: 'Why, for whoever reads it later.', minLength: 1 },
      owner: { type: 'string', description: 'Who answers for an accepted risk.', minLength: 1 },
      until: { type: 'string', description: 'The last day a risk is accepted on, YYYY-MM-DD: at most 180 days ahead, 30 for a critical one.', format: 'date' },
    },
  },
};

/** A record that counts, as findings are asked about it. */
export interface FileSuppression {
  readonly record: SuppressionRecord;
  readonly where: Location;
  /** Its number in the file, from 0. */
  readonly index: number;
  readonly covers: (finding: Finding) => boolean;
}

/** The records that count, and what is wrong with the others: those silence nothing. */
export function readSuppressions(text: string, cards: Readonly<Record<string, RuleCard>>): { readonly records: readonly FileSuppression[]; readonly notices: readonly Notice[] } {
  const read = readDocument(text, SUPPRESSIONS_FILE, SUPPRESSIONS);
  if ('refused' in read) return { records: [], notices: [read.refused] };
  const faults = read.entries.flatMap((entry) => {
    const fault = faultOf(entry.value, cards);
    return fault ? [{ index: entry.index, notice: { code: 'suppression' as const, path: SUPPRESSIONS_FILE, range: entry.rangeOf(fault.key), message: `${fault.message} This entry silences nothing.`, incomplete: false } }] : [];
  });
  const faulty = new Set(faults.map(({ index }) => index));
  return {
    records: read.entries.filter(({ index }) => !faulty.has(index)).map(placed),
    notices: [...read.notices, ...faults.map(({ notice }) => notice)],
  };
}

function faultOf({ rule, path, fingerprint, lane, owner, until }: SuppressionRecord, cards: Readonly<Record<string, RuleCard>>): { readonly key: string; readonly message: string } | undefined {
  if (!cards[rule]) return { key: 'rule', message: `There is no rule called \`${rule}\`.${meant(rule, Object.keys(cards))}` };
  if (path === undefined && fingerprint === undefined) return { key: 'rule', message: 'It says neither which `path` nor which `fingerprint` it is about. To switch a rule off, set it to `off` in shipworthy.json.' };
  if (path !== undefined && ['!', '#'].includes(path.charAt(0))) return { key: 'path', message: `\`${path}\` matches no file: a pattern begins with a name.` };
  if (lane === 'accepted-risk' && owner === undefined) return { key: 'lane', message: 'An accepted risk needs an `owner`: who answers for it.' };
  if (lane === 'accepted-risk' && until === undefined) return { key: 'lane', message: 'An accepted risk needs an end: `until`, a day such as 2027-01-31.' };
  return undefined;
}

function placed({ value, range, index }: Entry<SuppressionRecord>): FileSuppression {
  const { rule, path, fingerprint } = value;
  const rules = path === undefined ? undefined : ignore().add(path);
  return {
    record: value, where: { path: SUPPRESSIONS_FILE, range }, index,
    covers: (finding) => finding.rule === rule && (fingerprint === undefined || finding.fingerprint === fingerprint) && (rules === undefined || rules.ignores(finding.path)),
  };
}
