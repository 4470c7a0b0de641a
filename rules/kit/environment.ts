/** What the environment has to do with a value, and where the project gives variables theirs. */
import type { Service } from './files';
import type { Edit } from './fix';
import { insert } from './fix';
import type { Project } from './project';
import type { Value } from './value';

/** Variables of the environment anywhere in a value; what only chooses between options is not in it. */
export function environmentVariables(value: Value): readonly string[] {
  switch (value.kind) {
    case 'environment': return [value.variable, ...(value.fallback ? environmentVariables(value.fallback) : [])];
    case 'choice': return value.options.flatMap(environmentVariables);
    case 'joined': return value.parts.flatMap(environmentVariables);
    case 'list': return value.items.flatMap(environmentVariables);
    case 'test': return [...environmentVariables(value.left), ...(value.right ? environmentVariables(value.right) : [])];
    case 'result': return [...(value.of ? environmentVariables(value.of) : []), ...value.args.flatMap(environmentVariables)];
    default: return [];
  }
}

/** Names by which projects tell a program which environment it runs in; the first is what a fix writes where there is none. */
const ENVIRONMENT_NAMES = ['APP_ENV', 'ENVIRONMENT', 'FLASK_ENV', 'DJANGO_ENV', 'ENV'] as const;

/** The variable that names the environment here, as far as files of production or the code show one. */
export function environmentName(project: Project): string {
  const read = (name: string) => project.settings(name).some((each) => environmentVariables(each.assignment.value).includes(name));
  return ENVIRONMENT_NAMES.find((name) => project.deployedVariable(name) !== undefined || read(name)) ?? ENVIRONMENT_NAMES[0];
}

/** A service of a compose file that says it is for development: `ENVIRONMENT=development` among its variables. */
export function isDevelopmentService(service: Service): boolean {
  return service.environment.some((each) => /(^|_)ENV(IRONMENT)?$/.test(each.name) && /^["']?(dev|local|test)/i.test(each.value ?? ''));
}

/** Edits that name a variable, without a value, in the project's example of an environment file; none where there is no such file, or it does already. */
export function namedInExample(project: Project, variable: string): readonly Edit[] {
  const example = project.of('dotenv').find((each) => each.example && !each.path.includes('/')) ?? project.of('dotenv').find((each) => each.example);
  const text = example && project.text(example.path);
  if (!example || text === undefined || example.variables.some((each) => each.name === variable)) return [];
  return [{ ...insert(text.length, `${text === '' || text.endsWith('\n') ? '' : '\n'}${variable}=\n`), path: example.path }];
}
