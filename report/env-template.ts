/** Templates of an environment file: the variables the code reads, without values. */
import type { Inventory, VariableEntry } from '../engine/audit/inventory';
import { count } from './words';

/** `example` is for `.env.example`, `production` for whoever fills in a server. */
export type TemplateKind = 'example' | 'production';

const NEEDS: readonly VariableEntry['need'][] = ['required', 'expected', 'optional'];
const HEADS: Readonly<Record<VariableEntry['need'], string>> = {
  required: 'Required: the application does not start or work without them.', expected: 'Without a default: without them what they are for is off or fails. Take out what you do not use, for empty is not the same as missing.', optional: 'Optional: the code has a default for each.',
};

const OWN = 'Secrets that have a default: set your own, for whoever can read the code knows the default.';

/**
 * A whole template: required variables first, each with the places that read it. Optional ones are commented out, so that an empty
 * value does not take the place of the default; for production that leaves out secrets, whose default is nobody's secret.
 */
export function envTemplate({ variables, unnamed }: Pick<Inventory, 'variables' | 'unnamed'>, kind: TemplateKind): string {
  const head = kind === 'production'
    ? '# Variables of production. Fill in values on the server or in its secret store, never in the repository.'
    : '# Copy this file to .env and fill in values. The copy belongs in .gitignore; this file holds none.';
  const own = (one: VariableEntry) => kind === 'production' && one.need === 'optional' && one.secret;
  const of = (need: VariableEntry['need']) => group(HEADS[need], variables.filter((one) => one.need === need && !own(one)), need === 'optional');
  const groups = [...of('required'), ...group(OWN, variables.filter(own), false), ...of('expected'), ...of('optional')];
  return `${head}\n${groups.length === 0 ? '\n# The code reads no variable of its own that it names.\n' : groups.join('')}${more(unnamed)}`;
}

/** So many places where more is read are listed. */
const PLACES = 10;

/** What the template cannot list, as its last lines. */
function more(unnamed: Inventory['unnamed'] = []): string {
  if (unnamed.length === 0) return '';
  const lines = unnamed.slice(0, PLACES).map((one) => `# - ${plain(unnamedText(one))}\n`);
  return `\n# The code may read more than is listed here:\n${lines.join('')}${unnamed.length > PLACES ? `# - and so on in ${count(unnamed.length - PLACES, 'more place')}\n` : ''}`;
}

/** `app/config.py:17 reads names that only the running program knows`, `app.py:3 reads all that begin with FLASK_`. */
export function unnamedText({ path, line, prefix }: NonNullable<Inventory['unnamed']>[number]): string {
  return `${path}:${line + 1} reads ${prefix === undefined ? 'names that only the running program knows' : `all that begin with ${prefix}`}`;
}

function group(head: string, mine: readonly VariableEntry[], commented: boolean): readonly string[] {
  return mine.length === 0 ? [] : [`\n# ${head}\n${mine.map((one) => entry(one, commented)).join('')}`];
}

/**
 * An existing template with what it lacks at its end: every line, comment and value it has stays as it is.
 *
 * @returns the text, and the names that were added
 */
export function mergedTemplate(existing: string, variables: readonly VariableEntry[]): { readonly text: string; readonly added: readonly string[] } {
  const has = namesIn(existing);
  const missing = NEEDS.flatMap((need) => variables.filter((one) => one.need === need && !has.has(one.name.toUpperCase())));
  if (missing.length === 0) return { text: existing, added: [] };
  const newline = existing.includes('\r\n') ? '\r\n' : '\n';
  const end = existing === '' || /\n$/.test(existing) ? '' : '\n';
  const added = `${end}\n# Added: the code reads ${count(missing.length, 'variable')} more.\n${missing.map((one) => entry(one, one.need === 'optional')).join('')}`;
  return { text: existing + added.replaceAll('\n', newline), added: missing.map((one) => one.name) };
}

/** Names that a template has and no code of production reads: what is left of earlier times, or read by something else. */
export function unread(existing: string, variables: readonly VariableEntry[]): readonly string[] {
  const known = new Set(variables.map((one) => one.name.toUpperCase()));
  return [...namesIn(existing)].filter((name) => !known.has(name));
}

/** In capitals; those of commented lines too, for a line that is there in any form is not to be added again. */
function namesIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^[ \t]*(?:#[ \t]*)?(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=/gm)].map((match) => (match[1] ?? '').toUpperCase()));
}

/** A comment with the places, and the name without a value. */
function entry(one: VariableEntry, commented: boolean): string {
  const places = one.reads.slice(0, 3).map(({ path, line }) => `${plain(path)}:${line + 1}`);
  const more = one.reads.length > 3 ? ` and ${one.reads.length - 3} more` : '';
  const about = [one.type === undefined ? [] : [TYPES[one.type]], one.secret ? ['a secret'] : []].flat();
  return `# Read in ${places.join(', ')}${more}${about.length > 0 ? ` (${about.join(', ')})` : ''}\n${commented ? '# ' : ''}${one.name}=\n`;
}

const TYPES: Readonly<Record<NonNullable<VariableEntry['type']>, string>> = { bool: 'true or false', int: 'a whole number', float: 'a number', list: 'a list', json: 'JSON' };

/** A path cannot end the comment it stands in. */
function plain(path: string): string {
  return path.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?');
}
