/** Where files other than source name the variables of the environment. */
import type { Pair, Span, Unit, VariableDeclaration } from '../../rules/kit';
import { allVariables } from '../../rules/kit';
import { fileName } from './deployment';

type Kind = VariableDeclaration['kind'];
interface Named { readonly name: string; readonly declaration: VariableDeclaration }

/** Variables that files give a value or list, one by one. */
export function declarationsIn(units: readonly Unit[], production: ReadonlySet<Unit>, developmentName: (name: string) => boolean): readonly Named[] {
  return units.flatMap((unit) => {
    const kind = kindOf(unit, production, developmentName);
    return allVariables(unit).map(({ pair, build }) => named(unit, pair, build ? 'build' : kind));
  });
}

function kindOf(unit: Unit, production: ReadonlySet<Unit>, developmentName: (name: string) => boolean): Kind {
  if (unit.kind === 'dotenv' && unit.example) return 'example';
  if (unit.kind === 'workflow' || unit.kind === 'pipeline') return 'ci';
  if (production.has(unit)) return 'production';
  return unit.role !== 'production' || developmentName(fileName(unit.path)) || unit.kind === 'compose' || unit.kind === 'dotenv' ? 'development' : 'mention';
}

function named(unit: Unit, { name, value, at }: Pair, kind: Kind): Named {
  return { name, declaration: { path: unit.path, ...at, kind, ...(value !== undefined && { value }) } };
}

/** Kinds of files whose text may name a variable without a form of its own for it. */
const TEXTS: ReadonlySet<Unit['kind']> = new Set<Unit['kind']>(['markdown', 'plain', 'ini', 'kubernetes', 'shell', 'nginx', 'template', 'compose', 'pipeline', 'workflow', 'manifest', 'dotenv', 'platform', 'procfile', 'dockerfile']);

/** Where documents and other texts name the variables that are wanted: the first place of each in every file. */
export function namesIn(units: readonly Unit[], wanted: ReadonlySet<string>, textOf: (path: string) => string | undefined): readonly Named[] {
  const words = wordsLike(wanted);
  return words === undefined ? [] : units.filter((unit) => TEXTS.has(unit.kind) && !/\.(html?|css|scss|less|vue|svelte|lock)$/i.test(unit.path)).flatMap((unit) => {
    const text = textOf(unit.path);
    return text === undefined || (unit.kind === 'manifest' && unit.lock) ? [] : wordsIn(unit, text, words, wanted);
  });
}

/** Words that begin like one of the names: variables are written in capitals, and most of a text is not. */
function wordsLike(names: ReadonlySet<string>): RegExp | undefined {
  const letters = new Set([...names].map((each) => each.charAt(0)).filter((each) => /[A-Za-z_]/.test(each)));
  return letters.size === 0 ? undefined : new RegExp(`\\b[${[...letters].join('')}][A-Za-z0-9_]{2,}\\b`, 'g');
}

function wordsIn(unit: Unit, text: string, words: RegExp, wanted: ReadonlySet<string>): readonly Named[] {
  const kind: Kind = isDocument(unit) ? 'documentation' : unit.kind === 'dotenv' && unit.example ? 'example' : 'mention';
  const seen = new Map<string, Span>();
  for (const found of text.matchAll(words)) if (wanted.has(found[0]) && !seen.has(found[0])) seen.set(found[0], { start: found.index, end: found.index + found[0].length });
  return [...seen].map(([name, at]) => ({ name, declaration: { path: unit.path, ...at, kind } }));
}

function isDocument(unit: Unit): boolean {
  return unit.kind === 'markdown' || (unit.kind === 'plain' && (/\.(rst|adoc|txt)$/i.test(unit.path) || /(^|\/)(readme|install|contributing)[^/]*$/i.test(unit.path)));
}
