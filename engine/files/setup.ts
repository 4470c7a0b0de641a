/** setup.cfg and setup.py: what a Python package asks for, as far as it is written down and not computed. */
import type { Leaf, Manifest, Package } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { iniSections } from './ini';
import { lines } from './lines';
import { aligned, part, verbatim } from './piece';
import { isDevelopment, requirement } from './requirement';
import type { Standing } from './requirement';

/** setup.cfg, when it describes a package; otherwise it is settings of tools, and undefined. */
export function readSetupCfg(path: string, text: string): Manifest | undefined {
  const { sections, whole } = iniSections(text, false);
  if (!sections.some((section) => section.name === 'options' || section.name === 'metadata')) return undefined;
  const entries: Leaf[] = sections.flatMap((section) => section.entries.map((one) => ({
    key: section.name === '' ? one.name : `${section.name}.${one.name}`, value: one.value ?? '', at: one.at, valueAt: one.valueAt ?? { start: one.at.end, end: one.at.end },
  })));
  const listed = (key: string, standing: Standing) => entries.filter((one) => one.key === key).flatMap((one) => fromLines(one, standing, text));
  const extras = entries.filter((one) => one.key.startsWith('options.extras_require.'));
  const python = entries.find((one) => one.key === 'options.python_requires')?.value;
  return {
    kind: 'manifest', ...head(path, text, whole, lineComments(text, /[#;]/)), ecosystem: 'python', format: 'setup.cfg', lock: false,
    packages: [
      ...listed('options.install_requires', { dev: false }), ...listed('options.tests_require', { dev: true, group: 'tests' }),
      ...extras.flatMap((one) => fromLines(one, extra(one.key.slice('options.extras_require.'.length)), text)),
    ],
    includes: [], scripts: [], ...(python && { pythonVersion: python }), entries,
  };
}

function extra(name: string): Standing {
  return { dev: isDevelopment(name), group: name };
}

/** One requirement a line, or several with semicolons between them. */
function fromLines(one: Leaf, standing: Standing, text: string): readonly Package[] {
  const file = verbatim(text);
  return lines(text.slice(one.valueAt.start, one.valueAt.end)).flatMap((line) => {
    const written = line.text.replace(/(?:^|\s)#.*$/, '');
    return requirement(part(file, one.valueAt.start + line.start, one.valueAt.start + line.start + written.length), standing) ?? [];
  });
}

/**
 * setup.py, when it calls `setup()`; undefined for the modules of applications that merely have this name. It is not run:
 * only lists of texts count, and `whole` is false when a list is computed.
 */
export function readSetupPy(path: string, text: string): Manifest | undefined {
  if (!/^\s*(?:from|import)\s+(?:setuptools|distutils)\b/m.test(text) || !/\bsetup\s*\(/.test(text)) return undefined;
  const required = listOf(text, 'install_requires');
  const tests = listOf(text, 'tests_require');
  const extras = extrasOf(text);
  const python = /\bpython_requires\s*=\s*(['"])(.*?)\1/.exec(text)?.[2];
  const computed = [required, tests, extras].includes('computed');
  const packages = (found: Found, standing: Standing) => (Array.isArray(found) ? found.flatMap((one) => quoted(text, one, standing)) : []);
  return {
    kind: 'manifest', ...head(path, text, !computed, lineComments(text)), ecosystem: 'python', format: 'setup.py', lock: false,
    packages: [
      ...packages(required, { dev: false }), ...packages(tests, { dev: true, group: 'tests' }),
      ...(Array.isArray(extras) ? extras.flatMap((one) => quoted(text, one, extra(one.group ?? ''))) : []),
    ],
    includes: [], scripts: [], ...(python && { pythonVersion: python }), entries: [],
  };
}

interface Stretch { readonly start: number; readonly end: number; readonly group?: string }
/** Lists of texts, or that what stands there is computed; an empty list when nothing does. */
type Found = readonly Stretch[] | 'computed';

/** The list given to a keyword, directly or through a name of the same file. */
function listOf(text: string, keyword: string): Found {
  const given = new RegExp(String.raw`\b${keyword}\s*=\s*(?:(?<list>[[(][^\])]*[\])])|(?<name>\w+))`, 'd').exec(text);
  if (!given) return [];
  const name = given.groups?.name;
  const range = name === undefined ? given.indices?.groups?.list : new RegExp(String.raw`^\s*${name}\s*=\s*(?<list>\[[^\]]*\])`, 'md').exec(text)?.indices?.groups?.list;
  return range ? [{ start: range[0], end: range[1] }] : 'computed';
}

function extrasOf(text: string): Found {
  const given = /\bextras_require\s*=\s*(?:(?<table>\{[^}]*\})|\w)/d.exec(text);
  if (!given) return [];
  const range = given.indices?.groups?.table;
  if (!range) return 'computed';
  return [...text.slice(...range).matchAll(/(['"])(?<group>[^'"]+)\1\s*:\s*(?<list>\[[^\]]*\])/dg)].flatMap((one) => {
    const list = one.indices?.groups?.list;
    return list ? [{ start: range[0] + list[0], end: range[0] + list[1], group: one.groups?.group ?? '' }] : [];
  });
}

function quoted(text: string, stretch: Stretch, standing: Standing): readonly Package[] {
  return [...text.slice(stretch.start, stretch.end).matchAll(/#.*|(['"])((?:\\.|(?!\1).)*)\1/g)].flatMap((one) => {
    if (one[2] === undefined) return [];
    const start = stretch.start + one.index;
    const found = requirement(aligned(one[2], one[2], start + 1), standing);
    return found ? [{ ...found, at: { start, end: start + one[0].length } }] : [];
  });
}
