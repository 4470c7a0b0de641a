/** requirements.txt and constraints files of pip. */
import type { Manifest, Package } from '../../rules/kit';
import { lineComments } from './comments';
import { folderOf, resolved } from './folders';
import { head } from './head';
import { lines } from './lines';
import type { Piece } from './piece';
import { part, placed, verbatim } from './piece';
import { isDevelopment, requirement, sourceName } from './requirement';

export function readRequirements(path: string, text: string): Manifest {
  const dev = isDevelopment((/(?:requirements\/)?[^/]+$/i.exec(path)?.[0] ?? path).replace(/\.[a-z]+$/i, ''));
  const entries = logicalLines(text).map((line) => ({ line, include: includeOf(line, path) }));
  const packages = entries.map(({ line, include }) => (include ? undefined : packageOf(line, dev)));
  const whole = entries.every(({ line, include }, index) => include !== undefined || packages[index] !== undefined || /^\s*-/.test(line.text));
  return {
    kind: 'manifest', ...head(path, text, whole, lineComments(text)), ecosystem: 'python', lock: false,
    format: /constraints[^/]*$/i.test(path) ? 'constraints' : 'requirements',
    packages: packages.filter((one) => one !== undefined), includes: entries.flatMap(({ include }) => include ?? []), scripts: [], entries: [],
  };
}

/** Lines with their continuations, without comments; none that is empty. */
function logicalLines(text: string): readonly Piece[] {
  const found: Piece[] = [];
  const file = verbatim(text);
  let joined = '';
  let places: number[] = [];
  for (const line of lines(text)) {
    const written = line.text.replace(/(?:^|\s)#.*$/, '');
    const continued = written.endsWith('\\');
    const kept = continued ? `${written.slice(0, -1)} ` : written;
    joined += kept;
    for (let index = 0; index < kept.length; index += 1) places.push(line.start + index);
    if (continued) continue;
    if (joined.replace('\uFEFF', '').trim() !== '') found.push(placed(joined, places, file));
    joined = '';
    places = [];
  }
  return joined.trim() === '' ? found : [...found, placed(joined, places, file)];
}

function includeOf(line: Piece, path: string): Manifest['includes'][number] | undefined {
  const found = /^\s*(?:-(?<short>[rc])\s*|--(?<long>requirement|constraint)[\s=]+)(?<path>\S+)/d.exec(line.text);
  const groups = found?.indices?.groups;
  const range = groups?.path;
  if (!found?.groups || !range) return undefined;
  return { path: resolved(folderOf(path), found.groups.path ?? ''), constraint: found.groups.short === 'c' || found.groups.long === 'constraint', at: line.span(...range) };
}

function packageOf(line: Piece, dev: boolean): Package | undefined {
  const editable = /^\s*(?:-e|--editable)[\s=]+/.exec(line.text)?.[0].length;
  const hashed = /\s--hash[=\s]/.test(line.text);
  const options = line.text.search(/\s--?[a-z]/);
  if (editable === undefined && /^\s*-/.test(line.text)) return undefined;
  const start = editable ?? 0;
  const body = part(line, start, editable === undefined && options >= 0 ? options : line.text.length);
  return requirement(body, { dev, hashed }) ?? fromSource(body, dev, hashed, editable !== undefined);
}

/** `git+https://…#egg=name`, `./packages/x`, `https://…/x-1.0-py3-none-any.whl`. */
function fromSource(body: Piece, dev: boolean, hashed: boolean, editable: boolean): Package | undefined {
  const [, source, marker] = /^\s*(\S+)(?:\s*;\s*(.*?))?\s*$/.exec(body.text) ?? [];
  if (!source || !(editable || /^[\w+]+:|[/\\]|^\.|\.whl$/.test(source))) return undefined;
  const start = body.text.indexOf(source);
  const name = sourceName(source.replace(/\[.*\]$/, ''));
  return { name, source, ...(marker && { marker }), extras: [], dev, hashed, at: body.span(start, start + source.length) };
}
