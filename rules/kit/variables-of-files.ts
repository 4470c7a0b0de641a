/** Every variable of the environment that a file other than source gives a value or lists, whomever it is for. */
import type { Leaf, Pair, Unit } from './files';
import { givenVariables } from './given-variable';

/** `build` is said of what only the build of an image sees. */
export interface FileVariable { readonly pair: Pair; readonly build: boolean }

export function allVariables(unit: Unit): readonly FileVariable[] {
  const running = (pairs: readonly Pair[]) => pairs.map((pair) => ({ pair, build: false }));
  switch (unit.kind) {
    case 'dotenv': return running(unit.variables);
    case 'compose': return running(unit.services.flatMap((each) => each.environment));
    case 'dockerfile': return unit.stages.flatMap((stage) => stage.instructions.flatMap((each) => each.keyword === 'ENV' || each.keyword === 'ARG' ? each.pairs.map((pair) => ({ pair, build: each.keyword === 'ARG' })) : []));
    case 'kubernetes': return running(unit.objects.flatMap((object) => ofKubernetes(object.type, object.entries)));
    case 'workflow': return running([...unit.entries.flatMap(ofWorkflow), ...unit.jobs.flatMap((job) => [...job.env, ...job.steps.flatMap((step) => step.env), ...job.entries.flatMap(ofWorkflow)])]);
    case 'pipeline': return running(unit.entries.flatMap(ofPipeline));
    case 'ini': return running([...givenVariables(unit), ...unit.sections.flatMap((section) => section.entries.filter((each) => /^(environment|env|raw_env)$/i.test(each.name) && unit.format !== 'systemd').flatMap(ofSupervisor))]);
    case 'crontab': return running(unit.variables);
    default: return running(givenVariables(unit, true));
  }
}

/** Entries of `env` by name, and the keys of ConfigMaps and Secrets. */
function ofKubernetes(type: string, entries: readonly Leaf[]): readonly Pair[] {
  return entries.flatMap((entry): readonly Pair[] => {
    const key = /^(?:data|stringData)\.([A-Za-z_]\w*)$/.exec(entry.key)?.[1];
    if (key !== undefined && /^(ConfigMap|Secret)$/.test(type)) return [{ name: key, value: entry.value, at: entry.at, valueAt: entry.valueAt }];
    const [, item] = /^(.*(?:^|\.)env\.\d+)\.name$/.exec(entry.key) ?? [];
    if (item === undefined) return [];
    const given = entries.find((each) => each.key === `${item}.value`);
    return [{ name: entry.value, at: entry.at, ...(given && { value: given.value, valueAt: given.valueAt }) }];
  });
}

/** `env.NAME` of a workflow, a job or a service. */
function ofWorkflow({ key, value, at, valueAt }: Leaf): readonly Pair[] {
  const name = /(?:^|\.)env\.([A-Za-z_]\w*)$/.exec(key)?.[1];
  return name === undefined ? [] : [{ name, value, at, valueAt }];
}

/** `variables.NAME`, `environment.NAME`. */
function ofPipeline({ key, value, at, valueAt }: Leaf): readonly Pair[] {
  const name = /(?:^|\.)(?:variables|environment|env)\.([A-Za-z_]\w*)(?:\.value)?$/.exec(key)?.[1];
  return name === undefined ? [] : [{ name, value, at, valueAt }];
}

/** `environment=A="1",B=2` of supervisor, `env = A=1` of uWSGI. */
function ofSupervisor(entry: Pair): readonly Pair[] {
  return [...(entry.value ?? '').matchAll(/(?:^|[,\s])([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^,\s]*)/g)].map((one) => ({ name: one[1] ?? '', value: (one[2] ?? '').replace(/^["']|["']$/g, ''), at: entry.at }));
}
