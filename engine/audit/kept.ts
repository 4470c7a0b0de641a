/** Answers of a run as a text that a later run can give again, as long as what they rest on is the same. */
import { sha256 } from '../records/digest';
import type { FixPreview } from './close-up';
import type { Audit, Finding, Notice, Silenced } from './outcome';
import type { Session } from './session';

/** Where answers are kept between runs. Neither may reject: what cannot be read is not there. */
export interface Keeping {
  /** Tells builds of the product apart: rules of another build may say something else. */
  readonly edition: string;
  /** What was said of files that are the same is given also where others are not, until all is judged. Else all or nothing is. */
  readonly partly?: boolean;
  load(): Promise<string | undefined>;
  /** Resolves to a sentence that says why it could not be written, or to nothing. */
  save(text: string): Promise<string | undefined>;
}

/** What is said of one file. */
export interface SaidOfFile { readonly findings: readonly Finding[]; readonly silenced: readonly Silenced[]; readonly notices: readonly Notice[] }

/** With the digest of its text; none of what cannot be read. */
interface KeptFile extends SaidOfFile { readonly of?: string }

/** Without the cards of the rules, which every session has. */
type KeptAudit = Omit<Audit, 'rules' | 'ruleset'>;

export interface Kept {
  readonly audits: readonly KeptAudit[];
  readonly notices: readonly Notice[];
  readonly files: Readonly<Record<string, KeptFile>>;
  /** What fixes would change that somebody asked to see, by the finding's fingerprint; null where there is nothing to show. */
  readonly previews: Readonly<Record<string, FixPreview | null>>;
}

interface Head { readonly shipworthy: 'kept answers'; readonly form: number; readonly edition: string; readonly inputs: string; readonly answers: string }

const FORM = 2;

/** What a session says now. Plain data: secrets are masked in it as in every output. */
export function answersOf(session: Pick<Session, 'audits' | 'notices' | 'findings' | 'silenced' | 'text'>): Omit<Kept, 'previews'> {
  const audits = session.audits();
  const notices = session.notices();
  const outcomes = audits.flatMap((audit) => audit.outcomes);
  const named = [...outcomes.flatMap(({ findings, silenced, attested }) => [...findings, ...silenced.map(({ finding }) => finding), ...attested?.findings ?? []]), ...notices];
  const paths = [...new Set(named.flatMap(({ path }) => path ?? []))].sort();
  return {
    audits: audits.map(({ rules: _, ruleset: __, ...audit }) => audit), notices,
    files: Object.fromEntries(paths.map((path): [string, KeptFile] => {
      const text = session.text(path);
      return [path, { findings: session.findings(path), silenced: session.silenced(path), notices: session.notices(path), ...(text !== undefined && { of: sha256(text) }) }];
    })),
  };
}

/** @param inputs digest of all that the answers rest on */
export function textOf(kept: Kept, edition: string, inputs: string): string {
  const answers = JSON.stringify(kept);
  const head: Head = { shipworthy: 'kept answers', form: FORM, edition, inputs, answers: sha256(answers) };
  return `${JSON.stringify(head)}\n${answers}\n`;
}

/**
 * The answers in a text that `textOf` made for the same edition, and whether they are of these inputs. Undefined for any other, for other inputs
 * where all or nothing is given, and where it is cut off or was changed.
 */
export function readKept(text: string, { edition, partly = false }: Pick<Keeping, 'edition' | 'partly'>, inputs: string): { readonly kept: Kept; readonly whole: boolean } | undefined {
  const end = text.indexOf('\n');
  const answers = text.slice(end + 1).trimEnd();
  try {
    const head = JSON.parse(text.slice(0, Math.max(0, end))) as Partial<Head> | null;
    const whole = head?.inputs === inputs;
    if (head?.form !== FORM || head.edition !== edition || !(whole || partly) || head.answers !== sha256(answers)) return undefined;
    return { kept: JSON.parse(answers) as Kept, whole };
  } catch {
    return undefined;
  }
}
