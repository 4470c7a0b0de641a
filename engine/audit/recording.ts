/** What somebody decides, written down: comments beside the code, and records in `.shipworthy/`. Every skin writes through here. */
import { controls } from '../../rules/controls';
import { dayNumber } from '../../rules/kit';
import { edited, putRecord, type Change } from '../records/change';
import type { Form } from '../records/document';
import { SIGNOFFS_FILE, SUPPRESSIONS_FILE } from '../records/paths';
import { readSignoffs, SIGNOFFS } from '../records/signoffs';
import { SUPPRESSIONS } from '../records/suppressions';
import { CONFIG_FILE } from '../workspace/config';
import { putRule } from '../workspace/config-change';
import { ignoreComment } from './correction';
import type { Finding } from './outcome';
import type { Correction } from './session';
import type { Signoff } from './signed';
import type { SourceText } from './source';

/** An edit, or in a whole sentence why there is none. */
export type Recording = Correction | { readonly refused: string };

/** How a finding is to be silenced. */
export interface Suppressing {
  readonly lane: 'false-positive' | 'accepted-risk';
  /** `line` and `file` are comments; `finding` and `path` are records of this finding, or of its rule in this file. */
  readonly place: 'line' | 'file' | 'finding' | 'path';
  readonly reason: string;
  /** Of an accepted risk. */
  readonly owner?: string;
  /** ISO day, of an accepted risk. */
  readonly until?: string;
}

/** The text of a record file, or that it is there and cannot be read. */
export interface RecordFile { readonly text?: string; readonly exists: boolean }

/** The edit that silences a finding. */
export function suppression(finding: Finding, how: Suppressing, source: SourceText, file: RecordFile): Recording {
  const reason = oneLine(how.reason);
  const owner = oneLine(how.owner ?? '');
  if (reason === '') return { refused: 'Silencing a finding needs a reason.' };
  if (how.lane === 'accepted-risk') {
    if (owner === '') return { refused: 'An accepted risk needs an owner: who answers for it.' };
    if (how.until === undefined || dayNumber(how.until) === undefined) return { refused: 'An accepted risk needs an end: a day such as 2027-01-31.' };
    if (how.place === 'file') return { refused: 'A risk of a whole file is accepted in .shipworthy/suppressions.json, not by a comment.' };
  }
  if (how.place === 'line' || how.place === 'file') {
    const accepted = how.lane === 'accepted-risk' && how.until !== undefined ? { until: how.until, owner } : undefined;
    return ignoreComment(finding, how.place, reason, source, accepted) ?? { refused: `${finding.path} has no comments. It can be silenced in ${SUPPRESSIONS_FILE}.` };
  }
  const record = {
    rule: finding.rule, path: escaped(finding.path), ...(how.place === 'finding' && { fingerprint: finding.fingerprint }), lane: how.lane, reason,
    ...(how.lane === 'accepted-risk' && how.until !== undefined && { owner, until: how.until }),
  };
  return put(SUPPRESSIONS_FILE, SUPPRESSIONS, record, file, `Silence ${finding.rule} in ${SUPPRESSIONS_FILE}`);
}

/** The edit that switches a rule off in `shipworthy.json`, for the whole project. */
export function switchingOff(rule: string, why: string, { text, exists }: RecordFile): Recording {
  const reason = oneLine(why);
  if (reason === '') return { refused: 'Switching a rule off needs a reason.' };
  if (exists && text === undefined) return { refused: `${CONFIG_FILE} cannot be read as text, so nothing was written to it.` };
  const change = putRule(text, rule, { severity: 'off', reason });
  return written(change, CONFIG_FILE, exists, `Switch ${rule} off in ${CONFIG_FILE}`);
}

/** What a file of sign-offs says of the controls there are. */
export function signoffsIn(text: string): ReturnType<typeof readSignoffs> {
  return readSignoffs(text, controls);
}

/** The edit that puts a sign-off into its file, in the place of the one before. What the file would not take is refused with its reason. */
export function signature(record: Signoff, file: RecordFile): Recording {
  const made = put(SIGNOFFS_FILE, SIGNOFFS, record, file, `Sign off ${record.control}`);
  if ('refused' in made) return made;
  const text = made.creates[SIGNOFFS_FILE] ?? edited(file.text ?? '', made.edits[SIGNOFFS_FILE] ?? []);
  const read = signoffsIn(text);
  if (read.records.some((one) => SIGNOFFS.key(one.record) === SIGNOFFS.key(record))) return made;
  const line = text.slice(0, text.indexOf(`"control": ${JSON.stringify(record.control)}`)).split('\n').length - 1;
  const why = read.notices.find(({ range }) => range?.start.line === line) ?? read.notices[0];
  return { refused: why?.message ?? `The sign-off of ${record.control} could not be written.` };
}

function put<T extends object>(path: string, form: Form<T>, record: T, { text, exists }: RecordFile, title: string): Recording {
  if (exists && text === undefined) return { refused: `${path} cannot be read as text, so nothing was written to it.` };
  return written(putRecord(text, path, form, record), path, exists, title);
}

function written(change: Change, path: string, exists: boolean, title: string): Recording {
  if ('refused' in change) return { refused: `Nothing was written. ${change.refused.message}` };
  const [only] = change.edits;
  if (!exists && only) return { title, edits: {}, creates: { [path]: only.text } };
  return { title, edits: { [path]: change.edits }, creates: {} };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A path as the gitignore pattern of itself. */
function escaped(path: string): string {
  return `/${path.replace(/[\\*?[\]]/g, '\\$&')}`;
}
