/** Sign-offs of one application: which of the workspace's records are about it, and whether the files they speak of changed. */
import { controls } from '../../rules/controls';
import type { Control } from '../../rules/kit';
import { digestOf, type Watched } from '../records/digest';
import type { PlacedSignoff } from '../records/signoffs';
import type { RuleCard } from './outcome';
import type { AskedControl, Changed, Signed, SignedAudit, Signoff } from './signed';

/** So many files are named at most. */
const NAMED = 20;

/** The files that patterns match, by path; only those below `root` unless it is empty. */
export type Watch = (patterns: readonly string[], root: string) => readonly Watched[];

export interface Signing {
  readonly records: readonly PlacedSignoff[];
  /** Folder of the application; empty for the root. */
  readonly root: string;
  readonly watch: Watch;
  readonly commit: string | undefined;
  /** Ids in place of the controls that are required by default. */
  readonly required: readonly string[] | undefined;
  readonly cards: readonly RuleCard[];
}

export function signedAudit(it: Signing): SignedAudit {
  const own = it.records.filter(({ record }) => record.app === undefined || appFolder(record.app) === it.root);
  const signed = controls.flatMap(({ id }): Signed[] => {
    const mine = own.filter(({ record }) => record.control === id);
    const chosen = mine.find(({ record }) => record.app !== undefined) ?? mine[0];
    return chosen ? [{ ...chosen, changed: changed(chosen.record, it) }] : [];
  });
  return { signed, controls: controls.map((control) => asked(control, signed.find(({ record }) => record.control === control.id), it)) };
}

/** Files are named of those controls that somebody deals with. */
function asked(control: Control, signed: Signed | undefined, it: Signing): AskedControl {
  const required = it.required?.includes(control.id) ?? control.required;
  const files = !required && !signed ? [] : it.watch(signed ? patternsOf(signed.record) : control.staleWhenChanged, it.root);
  return {
    ...control, required, watches: files.slice(0, NAMED).map(({ path }) => path),
    resolves: it.cards.filter(({ attestable }) => attestable === control.id).map(({ id }) => id),
  };
}

function changed(record: Signoff, { watch, commit }: Signing): Changed {
  const now = digestFor(record, watch);
  if (now === undefined) return 'no';
  if (record.digest !== undefined) return now === record.digest ? 'no' : 'yes';
  return record.commit !== undefined && commit?.startsWith(record.commit) === true ? 'no' : 'unknown';
}

/**
 * The digest to sign with; undefined where the sign-off speaks of no files. Of an application's record only its own files count,
 * and the evidence never does: it is often written after the signature.
 */
export function digestFor(record: Pick<Signoff, 'control' | 'app' | 'evidence' | 'staleWhenChanged'>, watch: Watch): string | undefined {
  const patterns = patternsOf(record);
  if (patterns.length === 0) return undefined;
  const files = watch(patterns, record.app === undefined ? '' : appFolder(record.app));
  return digestOf(files.filter(({ path }) => path !== record.evidence));
}

function patternsOf({ control, staleWhenChanged }: Pick<Signoff, 'control' | 'staleWhenChanged'>): readonly string[] {
  return staleWhenChanged ?? controls.find(({ id }) => id === control)?.staleWhenChanged ?? [];
}

/** `./api/` as `api`. */
export function appFolder(app: string): string {
  return app.replaceAll('\\', '/').replace(/^(?:\.\/)+|\/+$/g, '').replace(/^\.$/, '');
}
