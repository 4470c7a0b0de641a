/** `shipworthy signoff --verify-authors`: whether sign-offs were written by the people whose names are on them, by the commits that brought them. */
import { signoffsIn } from '../engine/audit/recording';
import type { Signoff } from '../engine/audit/signed';
import type { Origin } from '../engine/node/git/origin';
import { readDocument } from '../engine/records/document';
import { SIGNOFFS_FILE } from '../engine/records/paths';
import { samePerson, SIGNOFFS } from '../engine/records/signoffs';
import { line } from '../report/escape';
import { count } from '../report/words';
import { EXIT, UsageError } from './exit';
import { send } from './output';
import { readRecordFile } from './record-file';
import { withHistory } from './since';
import type { Surroundings } from './surroundings';

/** What became of one name on one sign-off. */
export interface Verified {
  readonly control: string;
  readonly app?: string;
  readonly role: 'by' | 'reviewedBy';
  /** Whose name is on it. */
  readonly person: string;
  readonly result: 'same' | 'other' | 'uncommitted' | 'unknown';
  /** Of the commit that brought it. */
  readonly author?: string;
  readonly commit?: string;
}

/** Checks the sign-offs of a folder, or those of one control, and resolves with the exit code. Throws UsageError. */
export async function verifyAuthors(folder: string, { control, format }: { readonly control: string | undefined; readonly format: 'text' | 'json' }, around: Surroundings): Promise<number> {
  const all = recordsIn(folder);
  const wanted = all.filter((record) => control === undefined || record.control === control);
  if (control !== undefined && wanted.length === 0) throw new UsageError(`No sign-off of ${JSON.stringify(control)} counts in ${SIGNOFFS_FILE}.`);
  const verified = wanted.length === 0 ? [] : await withHistory(folder, async (history) => {
    const originOf = await history.origins(SIGNOFFS_FILE);
    const found: Verified[] = [];
    for (const record of wanted) found.push(...await verify(record, originOf ?? (async () => 'uncommitted')));
    return found;
  });
  await send(around.stdout, format === 'json' ? `${JSON.stringify(verified, undefined, 2)}\n` : `${[...verified.map(sentence), closing(verified)].join('\n')}\n`);
  if (verified.some(({ result }) => result === 'other' || result === 'uncommitted')) return EXIT.gate;
  return verified.some(({ result }) => result === 'unknown') ? EXIT.incomplete : EXIT.ok;
}

/** Throws UsageError where the file is not understood, or holds records that do not count: they were checked by nobody. */
function recordsIn(folder: string): readonly Signoff[] {
  const text = readRecordFile(folder, SIGNOFFS_FILE);
  if (text === undefined) return [];
  const { records, notices } = signoffsIn(text);
  const [wrong] = notices;
  if (wrong) throw new UsageError(`${SIGNOFFS_FILE}${wrong.range ? `:${wrong.range.start.line + 1}` : ''}: ${line(wrong.message)}`);
  return records.map(({ record }) => record);
}

type OriginOf = (holds: (text: string) => boolean) => Promise<Origin>;

/** A review is added by the second person, so what the first has signed is looked for without it. */
async function verify(record: Signoff, originOf: OriginOf): Promise<readonly Verified[]> {
  const { reviewedBy, ...signed } = record;
  const first = judged(record, 'by', record.by, await originOf((text) => recordsOf(text).some(({ reviewedBy: _, ...one }) => same(one, signed))));
  if (reviewedBy === undefined) return [first];
  return [first, judged(record, 'reviewedBy', reviewedBy, await originOf((text) => recordsOf(text).some((one) => same(one, record))))];
}

function judged({ control, app }: Signoff, role: Verified['role'], person: string, origin: Origin): Verified {
  const common = { control, ...(app !== undefined && { app }), role, person };
  if (typeof origin === 'string') return { ...common, result: origin };
  return { ...common, result: samePerson(person, origin.author) ? 'same' : 'other', ...origin };
}

function recordsOf(text: string): readonly Signoff[] {
  const read = readDocument(text.replace(/^\uFEFF/, ''), SIGNOFFS_FILE, SIGNOFFS);
  return 'refused' in read ? [] : read.entries.map(({ value }) => value);
}

/** The order of keys, and how the file is laid out, do not count: whoever formats it signs nothing. */
function same(one: object, other: object): boolean {
  const plain = (record: object) => JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  return plain(one) === plain(other);
}

const ROLES: Readonly<Record<Verified['role'], string>> = { by: 'signed', reviewedBy: 'reviewed' };

function sentence({ control, app, role, person, result, author = '', commit = '' }: Verified): string {
  const what = `${control}${app === undefined ? '' : ` of ${app}`}: ${ROLES[role]} by ${person}`;
  const how: Readonly<Record<Verified['result'], string>> = {
    same: `, and ${commit.slice(0, 10)} is theirs`,
    other: `, but ${commit.slice(0, 10)}, which brought it, was written by ${author === '' ? 'nobody' : author}`,
    uncommitted: ', but that is not committed yet',
    unknown: ', but the history of this clone does not go back as far. Fetch all of it: "git fetch --unshallow", or `fetch-depth: 0` of actions/checkout',
  };
  return line(`${what}${how[result]}.`);
}

function closing(verified: readonly Verified[]): string {
  const wrong = verified.filter(({ result }) => result !== 'same').length;
  if (verified.length === 0) return 'Nothing is signed.';
  return wrong === 0 ? 'Every name on a sign-off is that of its author.' : `${wrong} of ${count(verified.length, 'name')} on sign-offs could not be verified.`;
}
