/** Files of one process a line: Procfile and crontab. */
import type { Crontab, Pair, Procfile } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import type { Line } from './lines';
import { lines } from './lines';
import { part, verbatim } from './piece';
import { shellScript } from './shell-script';

type Process = Procfile['processes'][number];
type CronJob = Crontab['jobs'][number];

export function readProcfile(path: string, text: string): Procfile {
  const file = verbatim(text);
  const written = lines(text).filter((line) => !isEmpty(line));
  const processes = written.flatMap((line): Process[] => {
    const [, name, blank] = /^\s*([\w-]+)[ \t]*:([ \t]*)\S/.exec(line.text) ?? [];
    if (!name || blank === undefined) return [];
    const start = line.start + line.text.indexOf(':') + 1 + blank.length;
    const end = line.start + line.text.trimEnd().length;
    return [{
      name, command: text.slice(start, end), commandAt: { start, end }, commands: shellScript(part(file, start, end)).commands,
      at: { start: line.start + line.text.indexOf(name), end },
    }];
  });
  return { kind: 'procfile', ...head(path, text, processes.length === written.length, lineComments(text)), processes };
}

const SCHEDULE = /^\s*(?<schedule>@\w+|(?:[\d*/,?LW#A-Za-z~-]+\s+){4}[\d*/,?LW#A-Za-z~-]+)\s+(?=\S)/;
const VARIABLE = /^\s*(?<name>[A-Za-z_]\w*)\s*=\s*(?<value>.*?)\s*$/d;

export function readCrontab(path: string, text: string): Crontab {
  const written = lines(text).filter((line) => !isEmpty(line));
  const system = /(?:^|\/)(?:cron\.d\/|etc\/crontab$)/.test(path);
  const variables = written.flatMap((line) => variable(line));
  const jobs = written.flatMap((line) => (VARIABLE.test(line.text) ? [] : cronJob(line, text, system)));
  return { kind: 'crontab', ...head(path, text, jobs.length + variables.length === written.length, lineComments(text)), jobs, variables };
}

function cronJob(line: Line, text: string, system: boolean): CronJob[] {
  const found = SCHEDULE.exec(line.text);
  const schedule = found?.groups?.schedule;
  if (!found || schedule === undefined) return [];
  const rest = line.text.slice(found[0].length);
  const user = (system ? /^(\S+)\s+/ : /^(root|www-data|nobody)\s+/).exec(rest);
  const start = line.start + found[0].length + (user?.[0].length ?? 0);
  const end = line.start + line.text.trimEnd().length;
  if (start >= end) return [];
  return [{
    schedule, ...(user?.[1] && { user: user[1] }), command: text.slice(start, end), commandAt: { start, end },
    commands: shellScript(part(verbatim(text), start, end)).commands, at: { start: line.start + line.text.search(/\S/), end },
  }];
}

function variable(line: Line): Pair[] {
  const groups = VARIABLE.exec(line.text)?.indices?.groups;
  const [name, value] = [groups?.name, groups?.value];
  if (!name || !value) return [];
  const valueAt = { start: line.start + value[0], end: line.start + value[1] };
  return [{ name: line.text.slice(...name), value: line.text.slice(...value).replace(/^(["'])(.*)\1$/, '$2'), at: { start: line.start + name[0], end: valueAt.end }, valueAt }];
}

function isEmpty(line: Line): boolean {
  return /^[\s\uFEFF]*(?:#.*)?$/.test(line.text);
}
