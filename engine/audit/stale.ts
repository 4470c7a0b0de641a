/** What silences nothing any more: found, said, and taken out. A comment that outlives its finding would silence the next one. */
import type { Edit, Suppression, Unit } from '../../rules/kit';
import { dropRecord } from '../records/change';
import { SUPPRESSIONS_FILE } from '../records/paths';
import { SUPPRESSIONS, type FileSuppression } from '../records/suppressions';
import type { Notice } from './outcome';
import type { Correction, Remedy } from './session';
import { isValid, usedKey } from './silence';
import type { SourceText } from './source';

/** Something that can go, and the edit that takes it out. */
export interface Stale { readonly notice: Notice & Required<Pick<Notice, 'path' | 'range'>>; readonly correction: Correction }

export interface Usage {
  /** Keys of what has silenced something, of all applications. */
  readonly used: ReadonlySet<string>;
  /** Whether a rule is asked at all: of one that is switched off nothing can be told. */
  readonly asked: (rule: string) => boolean;
}

/** Comments of one file that silence nothing, each with those of its rules that are not needed. */
export function staleComments(unit: Unit, source: SourceText, { used, asked }: Usage): readonly Stale[] {
  if (!unit.whole) return [];
  const ours = unit.suppressions.filter((one) => one.tool === 'shipworthy' && isValid(one) && one.ids.every(asked));
  return ours.flatMap((one): Stale[] => {
    const unused = one.ids.filter((id) => !used.has(usedKey(unit.path, one.at.start, id)));
    if (unused.length === 0) return [];
    const all = unused.length === one.ids.length;
    const message = all ? `This comment silences nothing: ${unused.join(', ')} ${unused.length === 1 ? 'does' : 'do'} not speak here any more.` : `${unused.join(', ')} need not be silenced here any more.`;
    const edit = all ? removal(one, source) : shortening(one, unused, source);
    return [{
      notice: { code: 'suppression', path: unit.path, range: source.range(one.at), incomplete: false, unnecessary: true, message: `${message} Take it out.` },
      correction: { title: all ? 'Remove the comment that silences nothing' : `Remove ${unused.join(', ')} from the comment`, edits: { [unit.path]: [edit] }, creates: {} },
    }];
  });
}

/** Records of `.shipworthy/suppressions.json` that silence nothing. */
export function staleRecords(records: readonly FileSuppression[], text: string, { used, asked }: Usage): readonly Stale[] {
  return records.filter(({ record, index }) => asked(record.rule) && !used.has(usedKey(SUPPRESSIONS_FILE, index, record.rule))).flatMap(({ record, where, index }): Stale[] => {
    const change = dropRecord(text, SUPPRESSIONS_FILE, SUPPRESSIONS, index);
    if ('refused' in change) return [];
    return [{
      notice: { code: 'suppression', ...where, incomplete: false, unnecessary: true, message: `This entry silences nothing: there is no finding of ${record.rule} that it covers. Take it out.` },
      correction: { title: 'Remove the entry that silences nothing', edits: { [SUPPRESSIONS_FILE]: change.edits }, creates: {} },
    }];
  });
}

/** What takes out acceptances whose last day is over, comments of one file, though the findings they were about are still there. */
export function endedComments(unit: Unit, source: SourceText, asOf: string): readonly Remedy[] {
  return unit.suppressions.filter((one) => one.tool === 'shipworthy' && isValid(one) && isOver(one, asOf)).map((one) => ({
    range: source.range(one.at), correction: { title: 'Remove the acceptance that has ended', edits: { [unit.path]: [removal(one, source)] }, creates: {} },
  }));
}

/** The same of records. */
export function endedRecords(records: readonly FileSuppression[], text: string, asOf: string): readonly Remedy[] {
  return records.filter(({ record }) => isOver(record, asOf)).flatMap(({ where: { range }, index }): Remedy[] => {
    const change = dropRecord(text, SUPPRESSIONS_FILE, SUPPRESSIONS, index);
    return 'refused' in change ? [] : [{ range, correction: { title: 'Remove the acceptance that has ended', edits: { [SUPPRESSIONS_FILE]: change.edits }, creates: {} } }];
  });
}

/** ISO days sort as text. */
function isOver({ lane, until }: Pick<Suppression, 'lane' | 'until'>, asOf: string): boolean {
  return lane === 'accepted-risk' && until !== undefined && until < asOf;
}

const SAYING = /shipworthy:[ \t]*(?:ignore-file|ignore|accept)[ \t]+/;

/** The whole comment, with its line where it stands alone; of a comment that says more, only our part of it. */
function removal({ at }: Suppression, source: SourceText): Edit {
  const text = source.slice(at);
  const said = SAYING.exec(text)?.index ?? 0;
  const before = text.slice(0, said);
  if (/\w/.test(before) || /[\r\n]/.test(text)) {
    const rest = /^[^\r\n]*/.exec(text.slice(said))?.[0] ?? '';
    const closing = /\s*(?:\*+\/|--+>|#\}|%\}|%>)\s*$/.exec(rest)?.[0].length ?? 0;
    const start = at.start + (/[\r\n]/.test(before) ? said : before.replace(/\s*(?:#|\/\/|--)?\s*$/, '').length);
    return { start, end: at.start + said + rest.length - closing, text: '' };
  }
  const lineStart = source.lineStart(at.start);
  const lineEnd = source.lineEnd(at.end);
  const alone = source.text.slice(lineStart, at.start).trim() === '' && source.text.slice(at.end, lineEnd).trim() === '';
  if (alone) return { start: lineStart, end: lineEnd + (/^(?:\r\n|\n|\r)/.exec(source.text.slice(lineEnd, lineEnd + 2))?.[0].length ?? 0), text: '' };
  return { start: at.start - (/[ \t]*$/.exec(source.text.slice(lineStart, at.start))?.[0].length ?? 0), end: at.end, text: '' };
}

/** The comment with only those of its rules that are needed. */
function shortening({ at, ids }: Suppression, unused: readonly string[], source: SourceText): Edit {
  const text = source.slice(at);
  const verb = SAYING.exec(text);
  const start = (verb?.index ?? 0) + (verb?.[0].length ?? 0);
  const listed = /^[\w.@/-]+(?:[ \t]*,[ \t]*[\w.@/-]+|[ \t]+(?!until\b|by\b|-)[\w.@/-]+)*/.exec(text.slice(start))?.[0] ?? '';
  return { start: at.start + start, end: at.start + start + listed.length, text: ids.filter((id) => !unused.includes(id)).join(', ') };
}
