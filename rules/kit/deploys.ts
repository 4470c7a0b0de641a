/** How new versions reach servers of the owner's. */
import { said } from './backup-scripts';
import { fileName } from './edge';
import type { Command, Unit } from './files';
import type { Span } from './place';
import type { Project } from './project';

/** A script or workflow that puts a new version on a server of the owner's. */
export interface Deploy {
  readonly unit: Unit;
  readonly restart: Span;
  /** The whole file. */
  readonly text: string;
  /** What it runs, one command a line; the text of a script that is handed to an action. */
  readonly script: string;
}

/** Commands by which a running service takes up a new version. */
export const RESTARTS = /\b(systemctl\s+(--user\s+)?(restart|reload)|service\s+\S+\s+(restart|reload)|supervisorctl\s+(restart|update)|docker[ -]compose\b.*\bup\b|docker\s+stack\s+deploy|docker\s+run\s+(-\S+\s+)*-d|pm2\s+(restart|reload)|apachectl\s+(restart|graceful)|kill\s+-HUP|touch\s+\S*wsgi\S*)/;
const REMOTE = /\b(ssh|scp|rsync)\b|ssh-action|scp-action|rsync-deployments|sftp/;

/** Scripts and jobs that put a new version on a server of the owner's. */
export function selfHostedDeploys(project: Project): readonly Deploy[] {
  return project.once('selfHostedDeploys', () => project.units.flatMap((unit): readonly Deploy[] => {
    if (unit.role !== 'production') return [];
    if (unit.kind === 'shell') return /(^|[_.-])(deploy|release|ship|update|upgrade|publish)/i.test(fileName(unit.path)) && !project.developmentName(fileName(unit.path)) ? deployOf(unit, unit.commands, project) : [];
    if (unit.kind === 'workflow') return unit.jobs.flatMap((job) => {
      const uses = job.steps.flatMap((step) => step.with.filter((each) => /^(script|command|run)$/.test(each.name) && REMOTE.test(step.uses ?? '')));
      const own = job.entries.some((each) => each.key.startsWith('runs-on') && /self-hosted/.test(each.value));
      const commands = job.steps.flatMap((step) => step.commands);
      const remote = uses.length > 0 || own || commands.some((each) => REMOTE.test(each.words[0] ?? ''));
      const action = uses.find((each) => RESTARTS.test(each.value ?? ''));
      const text = project.text(unit.path) ?? '';
      if (!remote || /test|lint|check/i.test(job.id)) return [];
      return action ? [{ unit, restart: action.at, text, script: action.value ?? '' }] : deployOf(unit, commands, project);
    });
    if (unit.kind === 'plain') return (unit.targets ?? []).filter((each) => /^(deploy|release|ship)([-_:]|$)/.test(each.name) && !project.developmentName(each.name)).flatMap((each) => deployOf(unit, each.commands, project));
    if (unit.kind === 'pipeline') return deployOf(unit, unit.commands.filter((each) => /deploy|release|prod/i.test(each.job)).flatMap((each) => each.commands), project);
    return [];
  }));
}

function deployOf(unit: Unit, commands: readonly Command[], project: Project): readonly Deploy[] {
  const restart = commands.findLast((each) => RESTARTS.test(each.words.join(' ')));
  return restart ? [{ unit, restart: restart.at, text: project.text(unit.path) ?? '', script: said(commands) }] : [];
}
