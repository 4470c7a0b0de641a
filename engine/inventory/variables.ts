/** The variables of the environment that the code reads: whether it can go without, where it reads them, and who says that they exist. */
import type { Project, Variable, VariableDeclaration } from '../../rules/kit';
import { declarationsOf, readVariables, variablesWithoutDefault } from '../../rules/kit';
import type { Inventory, VariableEntry } from '../audit/inventory';
import type { Locate } from './spot';
import { byText } from './spot';

/** What is said of a secret, and not it. */
const ABOUT = /(expir\w*|minutes|hours|seconds|days|ttl|age|lifetime|length|size|algorithm|header|prefix|backend|enabled|required|name|user|username|host|port|path|file)$/i;
const SECRET = /secret|passw|passphrase|pwd|token|api_?key|apikey|private|credential|signing|salt|dsn|_key$|^key$|(database|db|redis|mongo|broker|amqp|rabbitmq|sqlalchemy)\w*_ur[il]$/i;

/** Those that systems and hosts give by themselves are left out. Values are never among the answers. */
export function variables(project: Project, locate: Locate): readonly VariableEntry[] {
  const withoutDefault = new Set(variablesWithoutDefault(project));
  return readVariables(project).map((variable) => ({
    name: variable.name, need: needOf(variable, withoutDefault), ...typeOf(variable), secret: SECRET.test(variable.name) && !ABOUT.test(variable.name),
    reads: variable.reads.map(locate), declared: declared(variable, project, locate),
  })).sort((a, b) => byText(a.name, b.name));
}

/** Where more are read than can be named, a line once. */
export function unnamed(project: Project, locate: Locate): NonNullable<Inventory['unnamed']> {
  const all = project.unnamedReads.map((read) => ({ ...locate(read), ...(read.prefix !== undefined && { prefix: read.prefix }) }));
  return [...new Map(all.map((each) => [`${each.path}:${each.line} ${each.prefix ?? ''}`, each])).values()];
}

function needOf(variable: Variable, withoutDefault: ReadonlySet<Variable>): VariableEntry['need'] {
  if (variable.reads.some(({ read }) => read.required && read.how !== 'test')) return 'required';
  return withoutDefault.has(variable) ? 'expected' : 'optional';
}

function typeOf({ reads }: Variable): Pick<VariableEntry, 'type'> {
  const type = reads.flatMap(({ read }) => read.cast === undefined || read.cast === 'other' ? [] : [read.cast])[0];
  return type === undefined ? {} : { type };
}

/** The first place in each file; what names a variable alone counts where nothing of that file says more. */
function declared(variable: Variable, project: Project, locate: Locate): VariableEntry['declared'] {
  const found = new Map<string, VariableDeclaration>();
  for (const each of declarationsOf(variable, project)) if (!found.has(each.path)) found.set(each.path, each);
  return [...found.values()].map((each) => ({ ...locate(each), kind: each.kind }));
}
