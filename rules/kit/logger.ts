/** The logger of a module, and the edits that make one. */
import type { Edit, Source } from './fix';
import { importing, insert } from './fix';
import type { Module, Standing } from './module';
import { lastName } from './select';
import { servesRoute } from './serving';
import type { Value } from './value';

/** What code at a place may log with, as it would write it: `logger`, `app.logger`; undefined when the module has nothing. `scope` is that of the place. */
export function loggerOf(module: Module, { scope, at: { start: at } }: Standing): string | undefined {
  const made = module.assignments.find((one) => one.scope === '' && one.guards.length === 0 && !one.target.includes('.') && one.at.end < at && makesLogger(one.value));
  if (made) return made.target;
  const imported = module.imports.find((one) => one.guards.length === 0 && one.at.end < at && /^(log|logger|LOG|LOGGER)$/.test(one.name));
  if (imported) return imported.name;
  // Only where a request is served for sure: in a thread or a job there is no current application.
  if (servesRoute(scope, module) && module.imports.some((one) => one.guards.length === 0 && one.target === 'flask.current_app' && one.name === 'current_app')) return 'current_app.logger';
  const app = module.assignments.find((one) => one.scope === '' && one.at.end < at && one.value.kind === 'result' && /(^|\.)(Flask|Quart)$/.test(one.value.callee));
  return app && `${app.target}.logger`;
}

function makesLogger(value: Value): boolean {
  return value.kind === 'result' && /^(getLogger|get_logger|get_task_logger)$/.test(lastName(value.callee));
}

const first = new WeakMap<Module, number>();

/** Where the first definition or assignment of a file begins; past everything in a file without. */
function firstStatement(module: Module): number {
  const known = first.get(module);
  if (known !== undefined) return known;
  let made = Infinity;
  for (const list of [module.functions, module.classes, module.assignments]) for (const { at } of list) made = Math.min(made, at.start);
  first.set(module, made);
  return made;
}

/** The edits that give a module `logger = logging.getLogger(__name__)` after its imports. */
export function makingLogger(module: Module, source: Source): readonly Edit[] {
  const line = 'logger = logging.getLogger(__name__)';
  // The imports at the top: an application may import its routes at the very end.
  const body = Math.min(firstStatement(module), source.length);
  const top = module.imports.filter((one) => one.guards.length === 0 && one.at.start < body && source.lineStart(one.at.start) === one.at.start);
  const imported = importing(module, source, 'logging');
  const last = top.at(-1);
  const after = last ? nextLine(source, last.at.end) : imported[0]?.start ?? 0;
  const same = imported.find((edit) => edit.start === after);
  // Two blank lines before a definition, unless they are there.
  const statement = `\n${line}\n${source.lineEnd(after) === after ? '' : '\n\n'}`;
  if (same) return imported.map((edit) => edit === same ? { ...edit, text: `${edit.text}${statement}` } : edit);
  return [...imported, insert(after, statement)];
}

function nextLine(source: Source, offset: number): number {
  return Math.min(source.lineEnd(offset) + source.newline.length, source.length);
}
