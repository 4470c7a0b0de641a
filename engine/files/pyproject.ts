/** pyproject.toml (PEP 621, dependency groups, Poetry, uv, PDM, Hatch) and Pipfile. */
import type { Manifest, Package } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import type { Standing } from './requirement';
import { isDevelopment, requirement } from './requirement';
import { scriptOf } from './scripts';
import { parseToml } from './toml';
import type { Member, Tree } from './tree';
import { get, leaves, members, pieceOf, scalar, scalars } from './tree';

/** Groups that are installed although they are groups. */
const SHIPPED = /^(?:main|prod|production|deploy|deployment|server|runtime|app|default)$/i;

export function readPyproject(path: string, text: string): Manifest {
  const { roots, whole } = parseToml(text);
  const root = roots[0];
  const python = scalar(root, 'project', 'requires-python') ?? scalar(root, 'tool', 'poetry', 'dependencies', 'python');
  return {
    kind: 'manifest', ...head(path, text, whole, lineComments(text)), ecosystem: 'python', format: 'pyproject', lock: false,
    packages: [...standardPackages(root, text), ...poetryPackages(root), ...toolPackages(root, text)],
    includes: [], scripts: scriptsOf(root, text), ...(python && { pythonVersion: python.text }), entries: leaves(root),
  };
}

export function readPipfile(path: string, text: string): Manifest {
  const { roots, whole } = parseToml(text);
  const root = roots[0];
  const python = scalar(root, 'requires', 'python_full_version') ?? scalar(root, 'requires', 'python_version');
  return {
    kind: 'manifest', ...head(path, text, whole, lineComments(text)), ecosystem: 'python', format: 'pipfile', lock: false,
    packages: [...table(get(root, 'packages'), { dev: false }), ...table(get(root, 'dev-packages'), { dev: true, group: 'dev' })],
    includes: [], scripts: members(get(root, 'scripts')).flatMap((one) => script(one, text)), ...(python && { pythonVersion: python.text }), entries: leaves(root),
  };
}

function standardPackages(root: Tree | undefined, text: string): readonly Package[] {
  const extras = members(get(root, 'project', 'optional-dependencies'));
  const groups = members(get(root, 'dependency-groups'));
  return [
    ...listed(get(root, 'project', 'dependencies'), { dev: false }, text),
    ...extras.flatMap((one) => listed(one.value, { dev: isDevelopment(one.name), group: one.name }, text)),
    ...groups.flatMap((one) => listed(one.value, { dev: !SHIPPED.test(one.name), group: one.name }, text)),
  ];
}

function poetryPackages(root: Tree | undefined): readonly Package[] {
  const poetry = get(root, 'tool', 'poetry');
  return [
    ...table(get(poetry, 'dependencies'), { dev: false }).filter((one) => one.name !== 'python'),
    ...table(get(poetry, 'dev-dependencies'), { dev: true, group: 'dev' }),
    ...members(get(poetry, 'group')).flatMap((one) => table(get(one.value, 'dependencies'), { dev: !SHIPPED.test(one.name), group: one.name })),
  ];
}

function toolPackages(root: Tree | undefined, text: string): readonly Package[] {
  return [
    ...listed(get(root, 'tool', 'uv', 'dev-dependencies'), { dev: true, group: 'dev' }, text),
    ...listed(get(root, 'tool', 'rye', 'dev-dependencies'), { dev: true, group: 'dev' }, text),
    ...members(get(root, 'tool', 'pdm', 'dev-dependencies')).flatMap((one) => listed(one.value, { dev: true, group: one.name }, text)),
    ...members(get(root, 'tool', 'hatch', 'envs')).flatMap((one) => listed(get(one.value, 'dependencies'), { dev: true, group: one.name }, text)),
  ];
}

function listed(tree: Tree | undefined, standing: Standing, text: string): readonly Package[] {
  return scalars(tree).flatMap((one) => {
    const found = requirement(pieceOf(one, text), standing);
    return found ? [{ ...found, at: one.at }] : [];
  });
}

/** Poetry's and Pipenv's tables: a range, or a table with a range or a source, or several of them. */
function table(tree: Tree | undefined, standing: Standing): readonly Package[] {
  return members(tree).flatMap((one) => {
    const choices = one.value.kind === 'list' ? one.value.items : [one.value];
    return choices.slice(0, 1).map((choice) => tabled(one, choice, standing));
  });
}

function tabled(one: Member, choice: Tree, standing: Standing): Package {
  const version = choice.kind === 'scalar' ? choice : scalar(choice, 'version');
  const source = ['git', 'url', 'path', 'file'].flatMap((key) => scalar(choice, key) ?? [])[0]?.text;
  const ref = ['rev', 'tag', 'branch', 'ref'].flatMap((key) => scalar(choice, key) ?? [])[0]?.text;
  const marker = (scalar(choice, 'markers') ?? scalar(choice, 'python'))?.text;
  return {
    name: one.name, ...(version && { version: version.text, versionAt: version.at }), ...(source && { source: source + (ref ? `@${ref}` : '') }),
    ...(marker && { marker }), ...(standing.group && { group: standing.group }), extras: scalars(get(choice, 'extras')).map((extra) => extra.text),
    dev: standing.dev, hashed: false, at: one.at,
  };
}

function scriptsOf(root: Tree | undefined, text: string): Manifest['scripts'] {
  const tool = get(root, 'tool');
  const tables = [
    get(root, 'project', 'scripts'), get(tool, 'poetry', 'scripts'), get(tool, 'poe', 'tasks'), get(tool, 'taskipy', 'tasks'), get(tool, 'pdm', 'scripts'),
    get(tool, 'rye', 'scripts'), ...members(get(tool, 'hatch', 'envs')).map((one) => get(one.value, 'scripts')),
  ];
  return tables.flatMap((one) => members(one).flatMap((task) => script(task, text)));
}

function script(task: Member, text: string): Manifest['scripts'] {
  const command = task.value.kind === 'scalar' ? task.value : ['cmd', 'shell', 'script', 'chain'].flatMap((key) => scalar(task.value, key) ?? [])[0];
  return command ? [{ name: task.name, command: command.text, ...scriptOf(command, text) }] : [];
}

