/** Corrections on the disk: what somebody decided is written whole or not at all, or shown as a diff. */
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { previewOf } from '../engine/audit/close-up';
import type { Correction, Session } from '../engine/audit/session';
import { edited } from '../engine/records/change';
import { line } from '../report/escape';
import { UsageError } from './exit';
import { writeWhole } from './output';
import { recordPlace } from './record-file';

/** A file as it is to become, and as it was when that was decided; undefined where there was none. */
export interface Draft { readonly path: string; readonly before: string | undefined; readonly text: string }

/** The files of a correction as it leaves them. */
export function drafts(session: Session, { edits, creates }: Correction): readonly Draft[] {
  return [
    ...Object.entries(edits).map(([name, list]) => ({ path: name, before: session.text(name), text: edited(session.text(name) ?? '', list) })),
    ...Object.entries(creates).map(([name, text]) => ({ path: name, before: undefined, text })),
  ];
}

/**
 * Writes drafts to the disk. Throws UsageError, before the first is written, where a file is not as it was, is no plain UTF-8 file of the
 * project, or has come into being meanwhile.
 * @param root absolute folder of the project
 */
export function write(all: readonly Draft[], root: string): void {
  const ready = all.map((draft) => ({ ...draft, mark: markOf(draft, root) }));
  for (const { path: name, text, mark } of ready) writeWhole(recordPlace(root, name), mark + text, line(name));
}

/**
 * A correction as a unified diff without context, as `git diff -U0` prints it. What may be a secret is masked, so it is to be read
 * and not to be applied. Ends with a line break.
 */
export function diff(session: Session, correction: Correction): string {
  const { changes } = previewOf(correction, false, (name) => session.text(name));
  const paths = [...new Set(changes.map((change) => change.path))];
  return paths.flatMap((name) => [
    changes.some((change) => change.path === name && change.created) ? '--- /dev/null' : `--- a/${line(name)}`, `+++ b/${line(name)}`,
    ...hunks(changes.filter((change) => change.path === name)),
  ]).map((one) => `${one}\n`).join('');
}

function hunks(changes: readonly { readonly line: number; readonly before: readonly string[]; readonly after: readonly string[] }[]): readonly string[] {
  let shift = 0;
  return changes.flatMap(({ line: first, before, after }) => {
    const head = `@@ -${extent(first, before.length)} +${extent(first + shift, after.length)} @@`;
    shift += after.length - before.length;
    return [head, ...before.map((one) => `-${line(one)}`), ...after.map((one) => `+${line(one)}`)];
  });
}

/** Lines from 1; of none, the line before. */
function extent(first: number, many: number): string {
  const from = many === 0 ? first : first + 1;
  return many === 1 ? String(from) : `${from},${many}`;
}

/** The byte order mark that a file begins with, if it does, once it is sure that the file may be written. */
function markOf({ path: name, before }: Draft, root: string): '' | '\uFEFF' {
  const text = bytesAsText(name, path.join(root, name), root);
  if (text?.replace(/^\uFEFF/, '') !== before) throw new UsageError(`${line(name)} has just been changed by somebody else. Nothing was written; try again.`);
  return text?.startsWith('\uFEFF') ? '\uFEFF' : '';
}

/** Undefined where there is no file. A link is refused: it would be replaced, or lead out of the project. */
function bytesAsText(name: string, file: string, root: string): string | undefined {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return undefined;
  if (!stats.isFile() || realpathSync(file) !== path.join(realpathSync(root), ...name.split('/'))) throw new UsageError(`${line(name)} is a link or lies behind one. Nothing was written; change the file it leads to by hand.`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    throw new UsageError(`${line(name)} cannot be changed: ${error instanceof TypeError ? 'it is not UTF-8' : error instanceof Error ? error.message : String(error)}. Nothing was written.`);
  }
}
