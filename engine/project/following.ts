/** Values across files: a reference to what another file gives a name becomes what that is. */
import type { Module, Project, Value } from '../../rules/kit';
import type { ProjectNames } from './names';
import { madeBy } from './names';
import { attributeOf, elementOf } from './parts';
import { readElsewhere } from './wrapped';

/** What is asked on the way. */
export interface Following { readonly names: ProjectNames; readonly func: Project['func'] }

/** Values that lead to values; longer chains are loops. */
const DEEPEST = 6;

/**
 * A value with what stands behind its names in the place of them, from file to file.
 * @param module the one it is written in
 */
export function followed(value: Value, module: Module, project: Following, depth = 0): Value {
  if (depth > DEEPEST) return value;
  const further = (each: Value, home = module) => followed(each, home, project, depth + 1);
  switch (value.kind) {
    case 'reference': {
      const found = project.names.definition(value.name, module);
      if (found?.rest) { const part = attributeOf(found, project.names, further); return part ? { ...part, at: value.at } : value; }
      if (found?.definition.kind !== 'value') return value;
      const { module: home, assignment } = found.definition;
      if (home.path === module.path && madeBy(assignment.value) === value.name) return value;
      return { ...further(assignment.value, home), at: value.at };
    }
    case 'environment': return value.fallback ? { ...value, fallback: further(value.fallback) } : value;
    case 'choice': return { ...value, options: value.options.map((each) => further(each)) };
    case 'joined': return { ...value, parts: value.parts.map((each) => further(each)) };
    case 'test': return { ...value, left: further(value.left), ...(value.right && { right: further(value.right) }) };
    case 'result': {
      const of = value.of && further(value.of);
      if (of?.kind === 'dict' && value.callee.endsWith('.__getitem__')) return elementOf(of, value);
      const made = { ...value, callee: project.names.expand(value.callee, module), args: value.args.map((each) => further(each)), ...(of && { of }) };
      return readElsewhere(made, (name) => project.func(name)) ?? made;
    }
    default: return value;
  }
}
