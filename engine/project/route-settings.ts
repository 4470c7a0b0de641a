/** What routes ask of constants and settings: prefixes as text, Django's root of URLs, its middleware, REST framework's defaults. */
import type { Module, Project, Value } from '../../rules/kit';
import { lookup, options } from '../../rules/kit';
import type { ProjectNames } from './names';
import { madeBy } from './names';
import type { RouteSources } from './route-ways';

const DEEPEST = 6;

/** A prefix as text: constants and settings followed (`settings.API_V1`), a variable of the environment by its fallback. */
export function textOf(value: Value, module: Module, project: Project, names: ProjectNames, depth = 0): string | undefined {
  if (depth > DEEPEST) return undefined;
  const again = (inner: Value, from = module) => textOf(inner, from, project, names, depth + 1);
  const known = project.resolve(value, module);
  switch (known.kind) {
    case 'text': return known.value;
    case 'environment': return known.fallback && again(known.fallback);
    case 'joined': return known.parts.map((each) => again(each) ?? '').join('');
    case 'choice': return options(known).map((each) => again(each)).find((each) => each !== undefined);
    // gettext_lazy("about/")
    case 'result': return /(^|\.)(\w*gettext\w*|_|str)$/.test(known.callee) && known.args[0] ? again(known.args[0]) : undefined;
    case 'reference': return attributeText(known.name, module, project, names, depth);
    default: return undefined;
  }
}

/** `settings.API_V1`, where `settings` is made by a class of this project. */
function attributeText(name: string, module: Module, project: Project, names: ProjectNames, depth: number): string | undefined {
  const found = names.definition(name, module);
  if (found?.definition.kind !== 'value') return undefined;
  const { assignment, module: home } = found.definition;
  if (!found.rest) return assignment.value.kind === 'reference' && assignment.value.name === name ? undefined : textOf(assignment.value, home, project, names, depth + 1);
  const made = madeBy(assignment.value);
  const inside = made && made !== name ? names.definition(`${made}.${found.rest}`, home) : undefined;
  return inside?.definition.kind === 'value' && !inside.rest ? textOf(inside.definition.assignment.value, inside.definition.module, project, names, depth + 1) : undefined;
}

export function djangoRouting(project: Project): RouteSources['django'] {
  if (!project.frameworks.has('django')) return { middleware: [], permissions: [] };
  const selected = (name: string) => project.settings(name).filter((each) => !each.development).sort((a, b) => Number(b.selected) - Number(a.selected)).map((each) => each.value);
  const root = selected('ROOT_URLCONF').find((each) => each.kind === 'text');
  const permissions = selected('REST_FRAMEWORK').map((each) => lookup(each, 'DEFAULT_PERMISSION_CLASSES')).find((each) => each !== undefined);
  return {
    ...(root?.kind === 'text' && { root: root.value }), middleware: [...new Set(selected('MIDDLEWARE').flatMap(texts))], permissions: permissions ? texts(permissions) : [],
  };
}

function texts(value: Value): readonly string[] {
  if (value.kind === 'text') return [value.value];
  if (value.kind === 'reference') return [value.name];
  return value.kind === 'list' ? value.items.flatMap(texts) : value.kind === 'choice' ? value.options.flatMap(texts) : value.kind === 'joined' ? value.parts.flatMap(texts) : [];
}
