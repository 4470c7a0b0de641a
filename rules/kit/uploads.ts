/** Files that visitors send, and the calls that store them. */
import { functionAt } from './scopes';
import type { CallMatch } from './select';
import { lastName } from './select';
import type { Value } from './value';
import type { Way } from './ways';

/** Names of calls that these answers are made from. */
export const STORING = ['*.save', '*.write', '*.write_bytes', 'shutil.copyfileobj', '*.copyfileobj', '*.upload_fileobj', '*.put_object', '*.upload_from_file', '*.upload_from_string', '*.upload_blob'] as const;

/** What a call stores, when its name says that it stores something: a file, or bytes. */
export function storedBy({ call: one }: Pick<CallMatch, 'call'>): readonly Value[] {
  const keyword = (name: string) => one.keywords.find((each) => each.name === name)?.value;
  const given = (...all: readonly (Value | undefined)[]) => all.filter((each) => each !== undefined);
  switch (lastName(one.callee)) {
    case 'save': return given(one.receiver, unwrapped(one.args[1]));
    case 'put_object': return given(keyword('Body'), keyword('data'));
    case 'upload_fileobj': return given(one.args[0], keyword('Fileobj'));
    default: return given(one.args[0], keyword('data'));
  }
}

/** `ContentFile(upload.read())` of Django holds what it is given. */
function unwrapped(value: Value | undefined): Value | undefined {
  return value?.kind === 'result' && /(^|\.)(ContentFile|BytesIO|File)$/.test(value.callee) && value.args[0] ? value.args[0] : value;
}

/** The way begins at an uploaded file: of Flask, Django or FastAPI. */
export function isUpload({ taint, read, legs: [first] }: Way): boolean {
  if (/request\.(files|FILES)\b/.test(read) || /request\.(files|FILES)(\.|$)/.test(taint.source)) return true;
  const annotation = first && functionAt(first.module, first)?.parameters.find((each) => each.name === taint.source.split('.')[0] || each.name === read.split('.')[0])?.annotation;
  return annotation !== undefined && /(^|\.)(UploadFile|FileStorage)$/.test(annotation);
}
