/** The team's own records of a workspace, read anew only when their text is another. */
import { controls } from '../../rules/controls';
import { SIGNOFFS_FILE, SUPPRESSIONS_FILE } from '../records/paths';
import { readSignoffs, type PlacedSignoff } from '../records/signoffs';
import { readSuppressions, type FileSuppression } from '../records/suppressions';
import { matching, type Watched } from '../records/digest';
import type { HeldFiles } from './held';
import { mask } from './mask';
import type { Notice, RuleCard } from './outcome';
import type { RecordFile } from './recording';

interface Read<T> { readonly records: readonly T[]; readonly notices: readonly Notice[] }

export class Records {
  readonly #suppressions: () => Read<FileSuppression>;
  readonly #signoffs: () => Read<PlacedSignoff>;
  #matched: { readonly of: unknown; readonly by: Map<string, readonly string[]> } | undefined;

  constructor(private readonly held: HeldFiles, cards: Readonly<Record<string, RuleCard>>) {
    this.#suppressions = this.reader(SUPPRESSIONS_FILE, (text) => readSuppressions(text, cards));
    this.#signoffs = this.reader(SIGNOFFS_FILE, (text) => readSignoffs(text, controls));
  }

  get suppressions(): readonly FileSuppression[] {
    return this.#suppressions().records;
  }

  /** Texts that cards print are masked like everything else. */
  get signoffs(): readonly PlacedSignoff[] {
    return this.#signoffs().records.map(({ record, where }) => ({ where, record: { ...record, statement: mask(record.statement), ...(record.evidence !== undefined && { evidence: mask(record.evidence) }) } }));
  }

  get notices(): readonly Notice[] {
    return [...this.#suppressions().notices, ...this.#signoffs().notices];
  }

  /** A record file as it is: with its text where it can be read. */
  file(path: string): RecordFile {
    const reading = this.held.record(path);
    return { exists: reading !== undefined, ...(reading && 'text' in reading && { text: reading.text }) };
  }

  /**
   * The files that patterns match. What git ignores is not among them; what it does not know yet is, for it is about to be
   * committed with the sign-off.
   */
  readonly watch = (patterns: readonly string[], root: string): readonly Watched[] => this.#matches(patterns, root).map((path) => {
    const text = this.held.files.get(path)?.text;
    return { path, ...(text !== undefined && { text }) };
  });

  /** Matching is done once for a list of files: an edit changes none of it. */
  #matches(patterns: readonly string[], root: string): readonly string[] {
    const { entries } = this.held;
    if (this.#matched?.of !== entries) this.#matched = { of: entries, by: new Map() };
    const key = JSON.stringify([root, ...patterns]);
    const known = this.#matched.by.get(key);
    if (known) return known;
    const paths = entries.map(({ path }) => path).filter((path) => root === '' || path.startsWith(`${root}/`));
    const found = matching(patterns, paths);
    this.#matched.by.set(key, found);
    return found;
  }

  private reader<T>(path: string, read: (text: string) => Read<T>): () => Read<T> {
    let known: { readonly text: string; readonly read: Read<T> } | undefined;
    return () => {
      const reading = this.held.record(path);
      if (!reading) return { records: [], notices: [] };
      if ('notice' in reading) return { records: [], notices: [{ ...reading.notice, code: 'record', incomplete: true }] };
      if (known?.text !== reading.text) known = { text: reading.text, read: read(reading.text) };
      return known.read;
    };
  }
}
