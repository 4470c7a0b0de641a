/** Corrections as LSP edits. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TextDocumentEdit, type ChangeAnnotation, type CreateFile, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver';
import type { Correction } from '../engine/audit/session';
import type { Edit } from '../rules/kit';
import type { Folder } from './folder';
import type { Serving } from './serving';

const REVIEW = 'review';

/** A file with its edits; `version` is that of the open document. */
interface Changed { readonly uri: string; readonly version: number | null; readonly edits: readonly TextEdit[] }

/**
 * A correction as an edit of the client's files. With `review`, a client that can asks before it changes more than one file.
 * Undefined when a file to be changed cannot be read, or the client cannot create one that is to be created.
 * @param read the text of a file that is not open
 */
export async function workspaceEdit(serving: Serving, folder: Folder, correction: Correction, review: boolean, read = (path: string) => folder.session?.text(path)): Promise<WorkspaceEdit | undefined> {
  const { client } = serving;
  const creates = Object.entries(correction.creates);
  if (creates.length > 0 && !client.createsFiles) return undefined;
  const changed: Changed[] = [];
  for (const [path, edits] of Object.entries(correction.edits)) {
    const one = change(serving, folder.uriOf(path), edits, read(path));
    if (!one) return undefined;
    changed.push(one);
  }
  if (!client.versionedEdits) return { changes: Object.fromEntries(changed.map(({ uri, edits }) => [uri, [...edits]])) };
  const mark = review && client.confirms ? { annotationId: REVIEW } : {};
  return {
    documentChanges: [
      ...creates.flatMap(([path, text]) => created(folder.uriOf(path), text, mark)),
      ...changed.map(({ uri, version, edits }) => TextDocumentEdit.create({ uri, version }, edits.map((edit) => ({ ...edit, ...mark })))),
    ],
    ...('annotationId' in mark && { changeAnnotations: { [REVIEW]: annotate(correction, changed.length + creates.length > 1 || creates.length > 0) } }),
  };
}

/** @param onDisk its text, where it is not open */
function change({ documents }: Serving, uri: string, edits: readonly Edit[], onDisk: string | undefined): Changed | undefined {
  const open = documents.get(uri);
  const text = open?.getText() ?? onDisk;
  if (text === undefined) return undefined;
  const document = TextDocument.create(uri, '', 0, text);
  const place = ({ start, end, text: newText }: Edit): TextEdit => ({ range: { start: document.positionAt(start), end: document.positionAt(end) }, newText });
  return { uri, version: open?.version ?? null, edits: edits.map(place) };
}

/** A new file comes empty and is filled: that is how LSP gives it content. One that is there already is not overwritten. */
function created(uri: string, text: string, mark: { readonly annotationId?: string }): readonly (CreateFile | TextDocumentEdit)[] {
  const top = { line: 0, character: 0 };
  return [
    { kind: 'create', uri, options: { overwrite: false, ignoreIfExists: false }, ...mark },
    TextDocumentEdit.create({ uri, version: null }, [{ range: { start: top, end: top }, newText: text, ...mark }]),
  ];
}

/**
 * An edit of the one file somebody looks at is its own preview, and undone with a key. What reaches further is shown first: the editor then
 * leaves every change to be ticked by hand, which would only be in the way of a single line.
 */
function annotate({ title, remains }: Correction, reachesFurther: boolean): ChangeAnnotation {
  return { label: title, needsConfirmation: reachesFurther, ...(remains && { description: remains }) };
}
