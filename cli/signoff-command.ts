/** `shipworthy signoff`: lists what people have to confirm, and writes down what one of them says. */
import { Option, type Command } from 'commander';
import type { Session } from '../engine/audit/session';
import type { Signoff } from '../engine/audit/signed';
import { SIGNOFFS_FILE } from '../engine/records/paths';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import type { SignoffCard } from '../report/signoff-card';
import { diff, drafts, write } from './correcting';
import { day } from './day';
import { EXIT, UsageError } from './exit';
import { send } from './output';
import { scan } from './scan';
import { verifyAuthors } from './signoff-authors';
import { aboutSignoff, signoffTable } from './signoff-list';
import { suggestion } from './suggestion';
import type { Product, Surroundings } from './surroundings';
import { target } from './target';
import { look } from './terminal';

interface Flags {
  readonly project: string;
  readonly app?: string;
  readonly status?: Signoff['status'];
  readonly statement?: string;
  readonly evidence?: string;
  readonly by?: string;
  readonly reviewedBy?: string;
  readonly expires?: string;
  readonly environment?: string;
  readonly asOf?: string;
  readonly format: 'text' | 'json';
  readonly dryRun?: boolean;
  readonly verifyAuthors?: boolean;
  readonly quiet?: boolean;
  readonly color?: boolean;
}

const STATUSES = ['passed', 'failed', 'not-applicable'] as const satisfies readonly Signoff['status'][];

export function signoffCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('list the controls that people sign, or sign one of them')
    .argument('[control]', 'the control, such as restore-drill; without one, all are listed')
    .option('-p, --project <folder>', 'folder of the project', '.')
    .addOption(new Option('--status <status>', 'what came of it; with it, a sign-off is written').choices(STATUSES))
    .option('--statement <text>', 'what was done and what came of it')
    .option('--evidence <where>', 'what proves it: a path in the project or an address')
    .option('--by <person>', 'who signs, NAME <MAIL> (default: as git is set up)')
    .option('--reviewed-by <person>', 'the second person, where the control asks for two')
    .option('--expires <day>', 'the last day it counts on, YYYY-MM-DD (default: as long as the control allows)', day)
    .option('--environment <name>', 'where it was done, such as production')
    .option('--app <folder>', 'the application it is about, where the repository holds several')
    .option('--as-of <day>', 'the day it was done, or the list is made for, YYYY-MM-DD (default: today, UTC)', day)
    .addOption(new Option('-f, --format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .option('--verify-authors', 'whether the names on sign-offs are those of the authors of the commits that brought them; exit code 1 if not')
    .option('--dry-run', 'with --status: print what would be changed and write nothing')
    .option('-q, --quiet', 'no progress on standard error')
    .option('--color', 'colours, even when the output is no terminal').option('--no-color', 'no colours')
    .action(async (control: string | undefined, flags: Flags) => done(await signoff(control, flags, product, around)));
}

async function signoff(control: string | undefined, flags: Flags, product: Product, around: Surroundings): Promise<number> {
  const { folder, file } = target(flags.project, around.cwd);
  if (file !== undefined) throw new UsageError('Sign-offs are about a whole project. Name its folder.');
  if (flags.verifyAuthors) {
    const said = saidOf(flags);
    if (said !== undefined) throw new UsageError(`--verify-authors looks at what is signed already. Leave out --${said}.`);
    return verifyAuthors(folder, { control, format: flags.format }, around);
  }
  if (control === undefined) refuseStray(flags);
  const session = await product.open(folder);
  try {
    await scan(session, flags.quiet ?? false, around);
    const asOf = flags.asOf ?? around.today();
    const cards = cardsOf(session, flags.app, asOf, product);
    if (control === undefined) await send(around.stdout, listed(cards, flags, around));
    else await one(control, { cards, session, folder, asOf, flags, around, product });
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}

/** What says something about one control has to name it. */
function refuseStray(flags: Flags): void {
  const said = saidOf(flags);
  if (said !== undefined) throw new UsageError(`--${said} says something about one control. Name it: shipworthy signoff <control> --${said} …`);
}

/** The first option that only makes sense in a sign-off. */
function saidOf({ status, statement, evidence, by, reviewedBy, expires, environment, dryRun }: Flags): string | undefined {
  return Object.entries({ status, statement, evidence, by, 'reviewed-by': reviewedBy, expires, environment, 'dry-run': dryRun }).find(([, value]) => value !== undefined)?.[0];
}

function cardsOf(session: Session, app: string | undefined, asOf: string, product: Product): readonly ReportCard[] {
  const all = session.audits().map((audit) => product.card(audit, session.config, asOf));
  if (app === undefined) return all;
  const root = app.replace(/^(?:\.\/)+|\/+$/g, '');
  const chosen = all.filter(({ project }) => project.root === root);
  if (chosen.length === 0) throw new UsageError(`There is no application in ${line(app)}. Those of this project: ${all.map(({ project }) => line(project.root || '.')).join(', ')}.`);
  return chosen;
}

function listed(cards: readonly ReportCard[], { format, color }: Flags, around: Surroundings): string {
  if (format === 'json') return `${JSON.stringify(cards.map(({ project, asOf, signoffs }) => ({ project: project.name, root: project.root, asOf, signoffs })), undefined, 2)}\n`;
  const style = look(around.stdout, around.env, around.platform, color);
  return cards.map(({ project, signoffs }) => `${cards.length > 1 ? `${line(project.name)}\n\n` : ''}${signoffTable(signoffs, style)}`).join('\n');
}

interface Signing {
  readonly cards: readonly ReportCard[];
  readonly session: Session;
  readonly folder: string;
  readonly asOf: string;
  readonly flags: Flags;
  readonly around: Surroundings;
  readonly product: Product;
}

/** Signs a control, or says what it asks. */
async function one(control: string, it: Signing): Promise<void> {
  const { cards, session, folder, flags, around, product } = it;
  const known = cards.flatMap(({ signoffs }) => signoffs);
  const card = known.find((each) => each.control === control);
  if (!card) throw new UsageError(`There is no control ${JSON.stringify(control)}.${suggestion(control, [...new Set(known.map((each) => each.control))])} \`shipworthy signoff\` lists them.`);
  if (flags.status === undefined) {
    if (saidOf(flags)) throw new UsageError(`What came of it? Add --status ${STATUSES.join(', --status ')}.`);
    return send(around.stdout, flags.format === 'json' ? `${JSON.stringify(card, undefined, 2)}\n` : aboutSignoff(card, look(around.stdout, around.env, around.platform, flags.color)));
  }
  const record = await recordOf(card, it);
  const made = session.sign(record);
  if ('refused' in made) throw new UsageError(made.refused);
  if (flags.dryRun) return send(around.stdout, diff(session, made));
  write(drafts(session, made), folder);
  session.touch([SIGNOFFS_FILE]);
  await session.refresh();
  const after = session.audits().flatMap((audit) => product.card(audit, session.config, it.asOf).signoffs).find((each) => each.control === control && each.where);
  const until = after?.expires === undefined || record.status === 'failed' ? '' : ` It counts until ${after.expires}.`;
  await send(around.stdout, `${control} is signed as ${record.status} by ${line(record.by)} in ${SIGNOFFS_FILE}.${until}${after?.remark === undefined ? '' : ` ${line(after.remark)}`}\n`);
}

async function recordOf(card: SignoffCard, { folder, asOf, flags, around, product }: Signing): Promise<Signoff> {
  const { status, statement, evidence, expires, environment, reviewedBy, app } = flags;
  const by = flags.by ?? await product.identity(folder, around.env);
  if (by === undefined) throw new UsageError('Git knows nobody here. Say who signs: --by "NAME <MAIL>".');
  if (status === undefined || statement === undefined) throw new UsageError(`What was done, and what came of it? Add --statement. ${card.question}`);
  return {
    control: card.control, status, by, on: asOf, statement,
    ...(evidence !== undefined && { evidence }), ...(expires !== undefined && { expires }), ...(environment !== undefined && { environment }),
    ...(reviewedBy !== undefined && { reviewedBy }), ...(app !== undefined && { app }),
  };
}
