/** `.shipworthy/signoffs.json`: what it is made of, and what is read from it. */
import type { Control } from '../../rules/kit';
import type { Location, Notice } from '../audit/outcome';
import type { Signoff } from '../audit/signed';
import { meant } from '../workspace/reading';
import type { Schema } from '../workspace/schema';
import type { Entry, Form } from './document';
import { readDocument } from './document';
import { SIGNOFFS_FILE } from './paths';

const PERSON: Schema = { type: 'string', description: 'Who: `NAME <MAIL>`, as git has it.', minLength: 1 };

export const SIGNOFFS: Form<Signoff> = {
  title: 'What people have signed: controls that no program can check.', list: 'signoffs', version: 1,
  key: ({ control, app = '' }) => `${control} ${app}`,
  record: {
    type: 'object', description: 'A sign-off of one control.', required: ['control', 'status', 'by', 'on', 'statement'], additionalProperties: false,
    properties: {
      control: { type: 'string', description: 'The control, such as `restore-drill`.', minLength: 1 },
      app: { type: 'string', description: 'Folder of the application, where the repository holds several.', minLength: 1 },
      status: { type: 'string', description: 'What came of it.', enum: ['passed', 'failed', 'not-applicable'] },
      by: { ...PERSON, description: 'Who signs: `NAME <MAIL>`, as git has it.' },
      on: { type: 'string', description: 'The day it was done, YYYY-MM-DD.', format: 'date' },
      expires: { type: 'string', description: 'The last day it counts on, YYYY-MM-DD. Without it: as long as the control allows.', format: 'date' },
      statement: { type: 'string', description: 'What was done and what came of it.', minLength: 1 },
      evidence: { type: 'string', description: 'What proves it: a path in the repository or an address. Needed where it passed.', minLength: 1 },
      commit: { type: 'string', description: 'The commit it was done with.', pattern: '^[0-9a-f]{7,64}$', patternErrorMessage: 'a commit in 7 to 64 hexadecimal digits' },
      environment: { type: 'string', description: 'Where it was done, such as `production`.', minLength: 1 },
      reviewedBy: { ...PERSON, description: 'The second person, where the control asks for two.' },
      staleWhenChanged: {
        type: 'array', description: 'Patterns of .gitignore of the files it speaks about, in place of those of the control.',
        items: { type: 'string', description: 'A pattern such as `scripts/backup*`.', minLength: 1 },
      },
      digest: { type: 'string', description: 'Of those files when it was signed. `shipworthy signoff` writes it.', pattern: '^sha256:[0-9a-f]{64}$', patternErrorMessage: '`sha256:` and 64 hexadecimal digits' },
    },
  },
};

export interface PlacedSignoff { readonly record: Signoff; readonly where: Location }

/** The records that count, the later of two of the same control last; and what is wrong with the others. */
export function readSignoffs(text: string, controls: readonly Control[]): { readonly records: readonly PlacedSignoff[]; readonly notices: readonly Notice[] } {
  const read = readDocument(text, SIGNOFFS_FILE, SIGNOFFS);
  if ('refused' in read) return { records: [], notices: [read.refused] };
  const faults = read.entries.flatMap((entry) => faultOf(entry, controls) ?? []);
  const faulty = new Set(faults.map(({ index }) => index));
  const good = read.entries.filter(({ index }) => !faulty.has(index));
  const twice = good.filter((entry, at) => good.slice(at + 1).some((later) => SIGNOFFS.key(later.value) === SIGNOFFS.key(entry.value)));
  return {
    records: good.filter((entry) => !twice.includes(entry)).map(({ value, range }) => ({ record: value, where: { path: SIGNOFFS_FILE, range } })),
    notices: [
      ...read.notices, ...faults.map(({ notice }) => notice),
      ...twice.map((entry) => noticeAt(entry, 'control', `\`${entry.value.control}\` is signed again further down, and the last one counts. Take this one out: git remembers it.`)),
    ],
  };
}

function faultOf(entry: Entry<Signoff>, controls: readonly Control[]): { readonly index: number; readonly notice: Notice } | undefined {
  const { control, status, evidence, by, on, expires, reviewedBy } = entry.value;
  const known = controls.find(({ id }) => id === control);
  const fault = (key: string, message: string) => ({ index: entry.index, notice: noticeAt(entry, key, `${message} This sign-off does not count.`) });
  if (!known) return fault('control', `There is no control called \`${control}\`.${meant(control, controls.map(({ id }) => id))}`);
  if (status === 'passed' && evidence === undefined) return fault('status', `A sign-off that passed needs \`evidence\`: ${known.evidence}`);
  if (expires !== undefined && expires < on) return fault('expires', `It expires on ${expires}, before ${on}, the day it was signed.`);
  if (reviewedBy !== undefined && samePerson(reviewedBy, by)) return fault('reviewedBy', `${by} cannot review what they signed themselves.`);
  return undefined;
}

/** By their mail where both have one, else by the whole text. Case does not count. */
export function samePerson(a: string, b: string): boolean {
  const mail = (person: string) => /<([^<>]+)>/.exec(person)?.[1]?.trim().toLowerCase();
  const [one, other] = [mail(a), mail(b)];
  return one !== undefined && other !== undefined ? one === other : bare(a) === bare(b);
}

function bare(person: string): string {
  return person.replace(/<[^<>]*>/, '').replace(/\s+/g, ' ').trim().toLowerCase();
}

function noticeAt({ rangeOf }: Entry<Signoff>, key: string, message: string): Notice {
  return { code: 'signoff', path: SIGNOFFS_FILE, range: rangeOf(key), message, incomplete: false };
}
