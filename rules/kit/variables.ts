/** Variables of the environment that an application needs told: which of those the code reads, and who says so. */
import type { Project, Variable, VariableDeclaration } from './project';
import { isSetByHost } from './unset';

/** Given by systems, shells, interpreters and servers; nobody has to be told of them. */
const OF_SYSTEMS = /^(PATH|HOME|USER(NAME)?|LOGNAME|TZ|LANG(UAGE)?|LC_\w+|PORT|HOST(NAME)?|PWD|SHELL|TERM|COLUMNS|EDITOR|PAGER|TMP(DIR)?|TEMP|APPDATA|LOCALAPPDATA|SYSTEMROOT|DISPLAY|XDG_\w+|PYTHON\w*|VIRTUAL_ENV|CONDA_\w+|NODE_ENV|npm_\w+|NO_COLOR|FORCE_COLOR|\w+_PROXY|PYTEST_\w+|COVERAGE_\w+|TOX_\w+|DJANGO_SETTINGS_MODULE|FLASK_(APP|ENV|DEBUG|RUN_\w+)|WERKZEUG_\w+|GUNICORN_\w+|UVICORN_\w+|WEB_CONCURRENCY|SSH_\w+|SUDO_\w+|RUN_MAIN|SERVER_SOFTWARE|FORWARDED_ALLOW_IPS|OMP_\w+|CUDA_\w+|PROMETHEUS_MULTIPROC_DIR|CELERY_BROKER_\w+_OPTIONS)$/i;

/** Variables by name that code of production takes one by one, without those that systems and hosts give. */
export function readVariables(project: Project): readonly Variable[] {
  return project.once('readVariables', () => [...project.environment.values()].filter(({ name, reads }) => reads.some(({ read }) => read.how !== 'prefix' && read.how !== 'test') && /^[A-Za-z]\w+$/.test(name) && !OF_SYSTEMS.test(name) && !isSetByHost(name)));
}

/** Those that some read finds no value for when they are not set; a None is none. */
export function variablesWithoutDefault(project: Project): readonly Variable[] {
  return readVariables(project).filter(({ reads }) => reads.some(({ read }) => read.how !== 'test' && (read.fallback === undefined || read.fallback.kind === 'none')) && reads.every(({ read }) => read.fallback === undefined || read.fallback.kind === 'none' || (read.fallback.kind === 'text' && read.fallback.value === '') || read.fallback.kind === 'environment'));
}

/** Where a variable is declared, under any of its names and in any case, as settings classes take it. */
export function declarationsOf(variable: Variable, project: Project): readonly VariableDeclaration[] {
  const byCapitals = project.once('declarationsByCapitals', () => {
    const found = new Map<string, VariableDeclaration[]>();
    for (const { name, declarations } of project.environment.values()) found.set(name.toUpperCase(), [...(found.get(name.toUpperCase()) ?? []), ...declarations]);
    return found;
  });
  const names = [variable.name, ...variable.reads.flatMap(({ read }) => read.aliases ?? [])];
  return names.flatMap((name) => byCapitals.get(name.toUpperCase()) ?? []);
}

/** Names as a message lists them: the first few, and how many more there are. */
export function listed(names: readonly string[], most = 6): string {
  if (names.length <= most) return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}` : names[0] ?? '';
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
