/** Whether an application waits for its database before it starts. */
import { fileName } from './edge';
import { hasUnseenScript, lineage, startCommands } from './container';
import type { Command, Stage } from './files';
import type { Project } from './project';
import type { Deployed } from './services';
import { dockerfileOf } from './services';

/** A tool or a script whose work is to wait. */
const WAITS = /^(wait-for-it(\.sh)?|wait-for(\.sh)?|wait4x|dockerize|pg_isready|mysqladmin|mariadb-admin|nc|ncat|wait_for_(db|database|postgres|it)|waitdb|wait-for-\w+|docker-compose-wait|\/wait)$/;
const SCRIPT = /(wait|ping|pre[-_]?start|ready|check[-_]?(db|database|connection)|(db|database)[-_]?check|healthcheck)\w*\.(py|sh)$|(^|\.)\w*(wait|pre_?start|check_db|db_check)\w*$/i;

/** What waits, in a word; `unseen` where what starts cannot be read to the end. */
export function waitsFor(deployed: Deployed, project: Project): 'waits' | 'unseen' | undefined {
  const file = dockerfileOf(deployed, project);
  const chain: readonly Stage[] = file ? lineage(file, deployed.layers.find((each) => each.service.build?.target)?.service.build?.target) : [];
  const services = deployed.layers.map((each) => each.service);
  const commands = startCommands(chain, services, project);
  if (commands.some(isWait) || retriesInALoop(commands)) return 'waits';
  return hasUnseenScript(chain, services, project) || (deployed.service.build && !file) ? 'unseen' : undefined;
}

function isWait({ words, redirects }: Command): boolean {
  return words.some((word) => WAITS.test(fileName(word)) || WAITS.test(word) || /\/dev\/tcp\//.test(word) || SCRIPT.test(word)) || redirects.some((each) => each.target.startsWith('/dev/tcp/'));
}

/** `until …; do sleep 1; done`: something is asked for, and a pause follows. */
function retriesInALoop(commands: readonly Command[]): boolean {
  return commands.some((command) => fileName(command.words[0] ?? '') === 'sleep') && commands.some((command) => command.condition || command.words.some((word) => /migrate|upgrade|connect|psycopg|sqlalchemy/i.test(word)));
}
