/** Environment variables as the files production runs from give them, whatever the kind of file. */
import { isDevelopmentService } from './environment';
import type { Command, Leaf, Pair, Service, Unit } from './files';

/** Kinds of files that give processes their variables. */
export const VARIABLE_KINDS = ['dotenv', 'compose', 'dockerfile', 'ini', 'platform', 'procfile', 'shell'] as const;

/** What a file gives its processes. Of an image only the stage it is made of counts; services for development are left out, by their profile, a command for developers and (unless `named`) by an environment's name among their variables. */
export function givenVariables(unit: Unit, named = false): readonly Pair[] {
  switch (unit.kind) {
    case 'dotenv': return unit.example ? [] : unit.variables;
    case 'compose': return unit.services.filter((each) => (named || !isDevelopmentService(each)) && !isForDevelopers(each)).flatMap((each) => each.environment);
    case 'dockerfile': return unit.stages.slice(-1).flatMap((stage) => stage.instructions.filter((each) => each.keyword === 'ENV').flatMap((each) => each.pairs));
    case 'ini': return unit.format !== 'systemd' ? [] : unit.sections.flatMap((section) => section.entries.filter((each) => each.name === 'Environment').flatMap(ofSystemd));
    case 'platform': return unit.entries.flatMap((entry) => ofPlatform(entry, unit.entries));
    case 'procfile': return unit.processes.flatMap((each) => each.commands.flatMap(ofCommand));
    case 'shell': return unit.commands.flatMap(ofCommand);
    default: return [];
  }
}

/** A profile for development, or a command that serves one developer: `runserver`, `--reload`, `start.dev.sh`. */
function isForDevelopers({ profiles, command = '', entrypoint = '' }: Service): boolean {
  return profiles.some((one) => /^(dev|test|debug|local)/i.test(one)) || /\brunserver\b|--reload\b|\bflask\b.*\brun\b|[._-]dev\b|\brun dev\b/.test(`${entrypoint} ${command}`);
}

/** `Environment=A=1 "B=2 3"`. */
function ofSystemd(entry: Pair): readonly Pair[] {
  return [...(entry.value ?? '').matchAll(/"(\w+)=([^"]*)"|'(\w+)=([^']*)'|(\w+)=(\S*)/g)].map((one) => ({ name: one[1] ?? one[3] ?? one[5] ?? '', value: one[2] ?? one[4] ?? one[6] ?? '', at: entry.at }));
}

/** `env.NAME`, `env_variables.NAME`, `env.NAME.value`, and lists of `key` and `value`. */
function ofPlatform({ key, value, at, valueAt }: Leaf, all: readonly Leaf[]): readonly Pair[] {
  const named = /(?:^|\.)(?:env|env_variables|environment|variables|envVars)\.([A-Za-z_]\w*)(?:\.(?:value|default))?$/.exec(key)?.[1];
  if (named !== undefined) return [{ name: named, value, at, valueAt }];
  const [, item, part] = /^(.*(?:env|envVars|environment|variables)\.\d+)\.(key|name)$/i.exec(key) ?? [];
  const given = part === undefined ? undefined : all.find((each) => each.key === `${item ?? ''}.value`);
  return given ? [{ name: value, value: given.value, at: given.at, valueAt: given.valueAt }] : [];
}

/** `X=1 program`, `export X=1`, `env X=1 program`. */
function ofCommand({ words, wordsAt, assignments }: Command): readonly Pair[] {
  if (words[0] !== 'export' && words[0] !== 'env') return assignments;
  return [...assignments, ...words.flatMap((word, index): readonly Pair[] => {
    const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    const at = wordsAt[index];
    return name === undefined || value === undefined || !at ? [] : [{ name, value, at, valueAt: { start: Math.min(at.end, at.start + name.length + 1), end: at.end } }];
  })];
}

/** A truth value written the other way round, in its own spelling: `True` to `False`, `1` to `0`; undefined for what is not on. */
export function oppositeOf(on: string): string | undefined {
  return OPPOSITE[on];
}
const OPPOSITE: Readonly<Record<string, string>> = { True: 'False', true: 'false', TRUE: 'FALSE', '1': '0', yes: 'no', Yes: 'No', YES: 'NO', on: 'off', On: 'Off', ON: 'OFF' };
