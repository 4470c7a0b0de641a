/** `.shipworthy/baseline.json`: the findings that a team knew of when it wrote them down. They stay open and keep their cost; a gate may ask only for others. */
import { SEVERITIES } from '../../rules/kit';
import type { Severity } from '../../rules/kit';
import { readDocument, type Form } from './document';

export const BASELINE_PATH = '.shipworthy/baseline.json';

export interface BaselineEntry {
  readonly path: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly fingerprint: string;
  readonly shape: string;
  /** ISO day on which it was first written down. */
  readonly since: string;
}

export const BASELINE: Form<BaselineEntry> = {
  title: 'Findings that were known when this was written', list: 'findings', version: 1,
  record: {
    type: 'object', description: 'One finding.', required: ['path', 'rule', 'severity', 'fingerprint', 'shape', 'since'], additionalProperties: false,
    properties: {
      path: { type: 'string', description: 'File it is in, relative to the folder that is checked.', minLength: 1 },
      rule: { type: 'string', description: 'Id of its rule.', minLength: 1 },
      severity: { type: 'string', description: 'Its severity then. At a worse one it is new.', enum: SEVERITIES },
      fingerprint: { type: 'string', description: 'Tells it from all others while lines move.', pattern: '^[0-9a-f]{16}$', patternErrorMessage: 'of 16 hexadecimal digits' },
      shape: { type: 'string', description: 'Finds it again when its file or function was renamed.', pattern: '^[0-9a-f]{8}$', patternErrorMessage: 'of 8 hexadecimal digits' },
      since: { type: 'string', description: 'Day it was first written down.', format: 'date' },
    },
  },
  key: ({ path, rule, fingerprint }) => `${path}\n${rule}\n${fingerprint}`,
};

/**
 * The entries of a baseline's text, or a sentence where any of it is not understood: by half a baseline, known findings would be new.
 * @param file what it is called in the sentence
 * @param instead what else can be done than to mend it, to end the sentence with
 */
export function baselineEntries(text: string, file: string, instead: string): { readonly entries: readonly BaselineEntry[] } | { readonly problem: string } {
  const read = readDocument(text, file, BASELINE);
  if ('refused' in read) return { problem: read.refused.message };
  const [wrong] = read.notices;
  if (wrong) return { problem: `${file}, line ${(wrong.range?.start.line ?? 0) + 1}: ${wrong.message} Mend it, or ${instead}.` };
  return { entries: read.entries.map(({ value }) => value) };
}
