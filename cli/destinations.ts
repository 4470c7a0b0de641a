/** Where reports go and in which form: one to standard output, or any number of files. */
import { line } from '../report/escape';
import { UsageError } from './exit';
import { outputFile } from './output';
import { FORMATS, type Format } from './surroundings';

export interface Destination {
  readonly form: Format;
  /** Absolute; without one the report goes to standard output. */
  readonly file?: string;
}

/** Endings of files that say what they want to be. */
const ENDINGS: Readonly<Record<string, Format>> = {
  txt: 'text', json: 'json', md: 'markdown', markdown: 'markdown', html: 'html', htm: 'html', sarif: 'sarif', csv: 'csv', xml: 'junit', svg: 'badge',
};

/** `-` as a file is standard output. */
const STANDARD_OUTPUT = '-';

/**
 * The reports that `--output given…` and `--format` ask for. Each of `given` is a file or `form:file`; a file without a form takes
 * `format`, or the one of its ending, or else text. With several of them the ending is asked before `format`: one form cannot be meant for all.
 * Throws UsageError, before any work is done, when a file cannot be made or two reports would go to one place.
 */
export function destinations(given: readonly string[], format: Format | undefined, cwd: string): readonly Destination[] {
  if (given.length === 0) return [{ form: format ?? 'text' }];
  const all = given.map((one) => destination(one, format, given.length > 1, cwd));
  const twice = all.find(({ file }, index) => all.findIndex((other) => other.file === file) !== index);
  if (twice) throw new UsageError(`Two reports cannot both go to ${twice.file === undefined ? 'standard output' : line(twice.file)}. Give each --output a file of its own.`);
  return all;
}

function destination(given: string, format: Format | undefined, several: boolean, cwd: string): Destination {
  const { own, name } = parted(given);
  const ending = ENDINGS[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
  const form = own ?? (several ? ending ?? format : format ?? ending) ?? 'text';
  return name === STANDARD_OUTPUT ? { form } : { form, file: outputFile(name, cwd) };
}

/** `sarif-full:all.sarif`. Only the name of a form is one: a drive letter or any other word before a colon belongs to the file. */
function parted(given: string): { readonly own?: Format; readonly name: string } {
  const own = FORMATS.find((form) => given.startsWith(`${form}:`));
  return own === undefined ? { name: given } : { own, name: given.slice(own.length + 1) };
}
