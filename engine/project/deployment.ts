/** What production runs from, what starts there, and which variables it is given. */
import type { Evidence, Span, Unit } from '../../rules/kit';
import { developmentName } from './words';

/** Files from which production runs; variants for development are left out, and plain compose files where a `prod` one stands beside them. */
export function productionUnits(units: readonly Unit[], tracked: (path: string) => boolean | undefined): readonly Unit[] {
  const compose = units.filter((each) => each.kind === 'compose');
  const forProduction = compose.filter((each) => /prod/i.test(fileName(each.path)));
  return units.filter((unit) => {
    const name = fileName(unit.path);
    switch (unit.kind) {
      case 'compose': return forProduction.length > 0 ? forProduction.includes(unit) : !developmentName(name) && !inDevelopmentFolder(unit.path);
      case 'dockerfile': return !developmentName(name) && !inDevelopmentFolder(unit.path);
      case 'procfile': case 'nginx': case 'kubernetes': case 'platform': return !developmentName(name);
      case 'ini': return unit.format === 'systemd';
      case 'dotenv': return /prod/i.test(name) ? !unit.example : name === '.env' && tracked(unit.path) === true;
      case 'module': return /(^|\/)gunicorn[\w.-]*\.py$/.test(unit.path);
      case 'shell': return /(^|\/)(entrypoint|start|run|docker-entrypoint|prestart|deploy)[\w.-]*\.sh$/.test(unit.path);
      default: return false;
    }
  });
}

function inDevelopmentFolder(path: string): boolean {
  return path.split('/').slice(0, -1).some((each) => developmentName(each) || each === 'tests');
}

export interface CommandLine { readonly text: string; readonly path: string; readonly at: Span }

/** Commands by which those files start processes, in order. */
export function commands(units: readonly Unit[]): readonly CommandLine[] {
  return units.flatMap((unit): CommandLine[] => {
    const { path } = unit;
    switch (unit.kind) {
      case 'dockerfile': {
        const last = unit.stages.at(-1);
        return last?.instructions.filter((each) => each.keyword === 'CMD' || each.keyword === 'ENTRYPOINT').map((each) => ({ text: each.exec?.join(' ') ?? each.text, path, at: each.at })) ?? [];
      }
      case 'compose': return unit.services.flatMap((each) => each.command ? [{ text: each.command, path, at: each.commandAt ?? each.at }] : []);
      case 'procfile': return unit.processes.map((each) => ({ text: each.command, path, at: each.at }));
      case 'ini': return unit.sections.flatMap((section) => section.entries.filter((each) => each.name === 'ExecStart').map((each) => ({ text: each.value ?? '', path, at: each.at })));
      case 'platform': return unit.entries.filter((each) => /(start|run|command|entrypoint|cmd|web)/i.test(each.key)).map((each) => ({ text: each.value, path, at: each.at }));
      case 'kubernetes': return unit.objects.flatMap((object) => object.entries.filter((each) => /\.(command|args)\b/.test(each.key)).map((each) => ({ text: each.value, path, at: each.at })));
      case 'shell': return unit.commands.map((each) => ({ text: each.words.join(' '), path, at: each.at }));
      default: return [];
    }
  });
}

const SERVERS = /\b(gunicorn|uvicorn|hypercorn|waitress-serve|uwsgi|daphne|granian|mod_wsgi-express|gunicorn_conf|pm2|node\s+\S+|npm\s+(?:run\s+)?start|next\s+start|fastapi\s+run)\b/;

/** The first real server one of these commands starts. */
export function serverOf(lines: readonly CommandLine[]): Evidence | undefined {
  for (const line of lines) {
    const name = SERVERS.exec(line.text)?.[1];
    if (name && !/--reload\b/.test(line.text)) return { path: line.path, ...line.at, text: `starts ${name}` };
  }
  return undefined;
}

/** Where those files give an environment variable a value, or name it. */
export function variablesOf(units: readonly Unit[]): ReadonlyMap<string, Evidence & { readonly value?: string }> {
  const found = new Map<string, Evidence & { readonly value?: string }>();
  const add = (unit: Unit, name: string, at: Span, value?: string) => {
    if (!found.has(name)) found.set(name, { path: unit.path, ...at, text: `sets ${name}`, ...(value !== undefined && { value }) });
  };
  for (const unit of units) {
    if (unit.kind === 'dockerfile') for (const stage of unit.stages.slice(-1)) for (const one of stage.instructions) if (one.keyword === 'ENV') for (const pair of one.pairs) add(unit, pair.name, pair.at, pair.value);
    if (unit.kind === 'compose') for (const service of unit.services) for (const pair of service.environment) add(unit, pair.name, pair.at, pair.value);
    if (unit.kind === 'dotenv') for (const pair of unit.variables) add(unit, pair.name, pair.at, pair.value);
    if (unit.kind === 'ini') for (const section of unit.sections) for (const one of section.entries) if (one.name === 'Environment') { const [name, value] = (one.value ?? '').replace(/^["']/, '').split('='); if (name) add(unit, name, one.at, value); }
    if (unit.kind === 'platform' || unit.kind === 'kubernetes') {
      const entries = unit.kind === 'platform' ? unit.entries : unit.objects.flatMap((each) => each.entries);
      for (const entry of entries) {
        const named = /(?:env\w*|variables)\.(?:\d+\.)?([A-Z][A-Z0-9_]+)$/.exec(entry.key)?.[1];
        if (named) add(unit, named, entry.at, entry.value);
        else if (/(?:env\w*)\.\d+\.(?:key|name)$/i.test(entry.key)) add(unit, entry.value, entry.at);
      }
    }
  }
  return found;
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
