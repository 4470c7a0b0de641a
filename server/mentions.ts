/** Where a document names rules: in comments that silence them, in the configuration, and in the team's records. */
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Range } from '../engine/audit/outcome';
import type { Session } from '../engine/audit/session';
import { ownComments, unclosed, type OwnComment } from '../engine/files/own-comment';
import { namesIn } from '../engine/records/recorded';
import type { Suppression } from '../rules/kit';

/** A comment of ours in a document. Offsets in `own` count from `at`. */
export interface PlacedComment { readonly suppression: Suppression; readonly own: OwnComment; readonly at: number; readonly text: string }

/** A rule by its name, where it stands. */
export interface Mention { readonly rule: string; readonly range: Range }

/** Every comment of ours in a document, as the engine knows them. */
export function commentsIn(session: Session, path: string, document: TextDocument): readonly PlacedComment[] {
  const ours = session.suppressions(path).filter(({ tool }) => tool === 'shipworthy');
  const places = new Map(ours.map((suppression) => [suppression.at.start, suppression]));
  return [...places.values()].flatMap((suppression) => {
    const { start, end } = suppression.at;
    const text = document.getText().slice(start, end);
    return ownComments(unclosed(text)).map((own) => ({ suppression, own, at: start, text }));
  });
}

/** Every place in a document where a rule is named, whether or not there is one of that name. */
export function mentionsIn(session: Session, path: string, document: TextDocument): readonly Mention[] {
  const comments = () => commentsIn(session, path, document).flatMap(({ own, at }) => own.ids.map(({ text, start, end }) => ({ name: text, start: at + start, end: at + end })));
  const named = namesIn(path, document.getText())?.filter(({ kind }) => kind === 'rule') ?? comments();
  return named.map(({ name, start, end }) => ({ rule: name, range: { start: document.positionAt(start), end: document.positionAt(end) } }));
}
