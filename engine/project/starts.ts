/** The commands by which production starts its processes, each with what its container, its service or its script adds to it. */
import type { Command, Compose, Dockerfile, Kubernetes, Service, Span, Unit } from '../../rules/kit';
import { effective, lineage } from '../../rules/kit';
import { execCommands } from '../files/exec';
import { verbatim } from '../files/piece';
import { shellScript } from '../files/shell-script';
import { fileName } from './deployment';
import { developmentName } from './words';

export interface Start {
  readonly words: readonly string[];
  readonly path: string;
  readonly at: Span;
  /** Variables that the script around it gives a value, as written. */
  readonly script: ReadonlyMap<string, string>;
}

/**
 * Every command that production's files start, in order.
 * @param production the files production runs from
 * @param units all files, for the scripts those name and for supervisor's programs
 */
export function startsOf(production: readonly Unit[], units: readonly Unit[]): readonly Start[] {
  const files = [...production, ...units.filter((each) => !production.includes(each) && isSupervisor(each))];
  const direct = files.flatMap((unit) => unit.kind === 'shell' ? [] : startsIn(unit, production));
  const named = new Set(direct.flatMap((each) => each.words.map(fileName)));
  const scripts = units.filter((each) => each.kind === 'shell' && each.role === 'production' && (production.includes(each) || named.has(fileName(each.path))));
  return [...direct, ...scripts.flatMap((unit) => unit.kind === 'shell' ? ofScript(unit.path, unit.commands) : [])];
}

function isSupervisor(unit: Unit): boolean {
  return unit.kind === 'ini' && unit.role === 'production' && !developmentName(fileName(unit.path)) && unit.sections.some((each) => each.name.startsWith('program:'));
}

function startsIn(unit: Unit, production: readonly Unit[]): readonly Start[] {
  switch (unit.kind) {
    case 'dockerfile': return ofScript(unit.path, ofImage(unit, production));
    case 'compose': return unit.services.flatMap((service) => ofScript(unit.path, ofService(service, production)));
    case 'procfile': return unit.processes.flatMap((each) => ofScript(unit.path, each.commands));
    case 'ini': return unit.sections.flatMap((section) => ofScript(unit.path, section.commands));
    case 'platform': return unit.commands.filter((each) => !/dev|install|build|release/i.test(each.key)).flatMap((each) => ofScript(unit.path, each.commands));
    case 'kubernetes': return ofCluster(unit);
    default: return [];
  }
}

/** Commands of one shell, with the variables it sets on the way. */
function ofScript(path: string, commands: readonly Command[]): readonly Start[] {
  const script = new Map<string, string>();
  for (const { words, assignments } of commands) {
    for (const one of assignments) if (one.value !== undefined) script.set(one.name, one.value);
    const given = /^(export|declare|local|readonly|:)$/.test(words[0] ?? '') ? words.slice(1) : [];
    for (const word of given) {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? /^\$\{(\w+):?=(.*)\}$/s.exec(word) ?? [];
      if (name !== undefined && value !== undefined) script.set(name, value);
    }
  }
  return commands.filter((each) => each.words.length > 0).map(({ words, at }) => ({ words, path, at, script }));
}

/** What an image starts by itself; nothing where every service that is made of it starts something else. */
function ofImage(file: Dockerfile, production: readonly Unit[]): readonly Command[] {
  const services = production.flatMap((unit) => unit.kind === 'compose' ? unit.services.filter((each) => each.build?.dockerfile === file.path) : []);
  if (services.length > 0 && services.every((each) => each.commands.length > 0)) return [];
  const chain = lineage(file, services[0]?.build?.target);
  return joined(effective(chain, 'ENTRYPOINT')?.commands ?? [], effective(chain, 'CMD')?.commands ?? []);
}

/** What a service starts in place of its image's command; the image's entry point stays before it. */
function ofService(service: Service, production: readonly Unit[]): readonly Command[] {
  if (service.entrypoint !== undefined || service.commands.length === 0) return service.commands;
  const file = production.find((unit) => unit.kind === 'dockerfile' && unit.path === service.build?.dockerfile);
  const entry = file?.kind === 'dockerfile' ? effective(lineage(file, service.build?.target), 'ENTRYPOINT') : undefined;
  return joined(entry?.exec ? entry.commands : [], service.commands);
}

/** `ENTRYPOINT ["gunicorn"]` and `CMD ["-w", "4", "app:app"]` are one command. */
function joined(entry: readonly Command[], command: readonly Command[]): readonly Command[] {
  const [first] = entry;
  const [second] = command;
  if (entry.length !== 1 || !first || !second?.words[0]?.startsWith('-')) return [...entry, ...command];
  return [{ ...first, words: [...first.words, ...second.words], wordsAt: [...first.wordsAt, ...second.wordsAt], at: second.at }, ...command.slice(1)];
}

function ofCluster(unit: Kubernetes): readonly Start[] {
  return unit.objects.flatMap((object) => {
    const containers = new Map<string, { text: string; at: Span }[]>();
    for (const leaf of object.entries) {
      const [, container] = /^(.*containers\.\d+)\.(?:command|args)(?:\.\d+)?$/.exec(leaf.key) ?? [];
      if (container !== undefined) containers.set(container, [...(containers.get(container) ?? []), { text: leaf.value, at: leaf.valueAt }]);
    }
    return [...containers.values()].flatMap((words) => {
      const pieces = words.map((word) => ({ text: word.text, span: () => word.at }));
      return ofScript(unit.path, words.length === 1 ? shellScript({ ...verbatim(words[0]?.text ?? ''), span: () => words[0]?.at ?? { start: 0, end: 0 } }).commands : execCommands(pieces));
    });
  });
}

/** Services and what they are called, of all of production's compose files. */
export function servicesIn(production: readonly Unit[]): readonly { readonly unit: Compose; readonly service: Service }[] {
  return production.flatMap((unit) => unit.kind === 'compose' ? unit.services.map((service) => ({ unit, service })) : []);
}
