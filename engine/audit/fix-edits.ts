/** The fixes of a finding that a program may make by itself, as edits by line and column: for reports that other tools act on. */
import { maskCode } from './mask';
import type { Finding, FixEdits } from './outcome';
import type { Session } from './session';
import { sourceOf } from './source';

/** Characters that a fix may put in; what is longer is better seen in an editor. */
const LONGEST = 10_000;

/**
 * The safe fixes of an open finding. None that creates files, for not every tool can, and none that would repeat what may be a secret: such a
 * text leaves the engine masked, and a masked text must not be written into a source.
 */
export function safeFixes(session: Session, { fingerprint, fixes }: Finding): readonly FixEdits[] {
  return fixes.filter(({ safety }) => safety === 'safe').flatMap(({ title, index }) => {
    const made = session.fix(fingerprint, index);
    if (!made || Object.keys(made.creates).length > 0) return [];
    const files = Object.entries(made.edits).map(([path, edits]) => {
      const source = sourceOf(path, session.text(path) ?? '');
      return { path, edits: edits.map((edit) => ({ range: source.range(edit), text: edit.text })) };
    });
    const texts = files.flatMap(({ edits }) => edits.map(({ text }) => text));
    const long = texts.reduce((sum, { length }) => sum + length, 0) > LONGEST;
    return long || texts.some((text) => maskCode(text) !== text) ? [] : [{ title, files }];
  });
}
