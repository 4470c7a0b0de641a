/** `shipworthy suppress`: silences a finding as somebody decided, as the light bulb of the editor does. */
import { Option, type Command } from 'commander';
import type { Finding, Silenced } from '../engine/audit/outcome';
import type { Suppressing } from '../engine/audit/recording';
import type { Correction, Session } from '../engine/audit/session';
import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { longestAcceptance } from '../report/scoring/acceptance';
import { count, LANE_WORDS, placeText, shortFingerprint } from '../report/words';
import { dayNumber, dayText } from '../rules/kit';
import { diff, drafts, write } from './correcting';
import { day } from './day';
import { EXIT, UsageError } from './exit';
import { unknownRule } from './explain';
import { send } from './output';
import { scan } from './scan';
import { suggestion } from './suggestion';
import type { Product, Surroundings } from './surroundings';
import { target } from './target';

interface Flags {
  readonly project: string;
  readonly rule?: string;
  readonly path?: string;
  readonly lane?: Suppressing['lane'];
  readonly place: Suppressing['place'];
  readonly reason?: string;
  readonly owner?: string;
  readonly until?: string;
  readonly dryRun?: boolean;
  readonly asOf?: string;
  readonly quiet?: boolean;
}

const LANES = ['false-positive', 'accepted-risk'] as const satisfies readonly Suppressing['lane'][];
const PLACES = ['line', 'file', 'finding', 'path'] as const satisfies readonly Suppressing['place'][];
/** Hexadecimal digits of a fingerprint that are enough to name a finding. */
const LEAST = 6;
/** Findings that are listed where several could be meant. */
const LISTED = 10;

export function suppressCommand(command: Command, product: Product, around: Surroundings, done: (code: number) => void): void {
  command.description('silence a finding: say that it is wrong, or that its risk is accepted until a day')
    .argument('[finding]', `the beginning of its fingerprint, at least ${LEAST} digits, as \`check --verbose\` and JSON reports have it`)
    .option('-p, --project <folder>', 'folder of the project', '.')
    .option('--rule <id>', 'in place of the fingerprint: the rule of the finding')
    .option('--path <file>', 'and the file it is in, with its line where there are several: app/api.py or app/api.py:12')
    .addOption(new Option('--lane <lane>', 'why it is no open finding: what the rule says is not so here, or it is so and somebody answers for it').choices(LANES))
    .option('--reason <text>', 'why, for whoever reads it later')
    .option('--owner <person>', 'who answers for an accepted risk, NAME <MAIL> (default: as git is set up)')
    .option('--until <day>', 'the last day an accepted risk counts on, YYYY-MM-DD', day)
    .addOption(new Option('--place <where>', 'where it is written: a comment at the line or for the file, or a record of this finding or of its rule in this path').choices(PLACES).default('finding'))
    .option('--dry-run', 'print what would be changed and write nothing')
    .option('--as-of <day>', 'the day it is decided on, YYYY-MM-DD (default: today, UTC)', day)
    .option('-q, --quiet', 'no progress on standard error')
    .action(async (finding: string | undefined, flags: Flags) => done(await suppress(finding, flags, product, around)));
}

async function suppress(print: string | undefined, flags: Flags, product: Product, around: Surroundings): Promise<number> {
  const meant = meaning(print, flags, product);
  const { lane, reason } = decided(flags);
  const { folder, file } = target(flags.project, around.cwd);
  if (file !== undefined) throw new UsageError('--project is the folder of the project. Name the file with --path.');
  const session = await product.open(folder);
  try {
    await scan(session, flags.quiet ?? false, around);
    const asOf = flags.asOf ?? around.today();
    const cards = session.audits().map((audit) => product.card(audit, session.config, asOf));
    const finding = named(meant, flags, cards);
    const risk = lane === 'accepted-risk' ? await acceptance(finding, asOf, flags, () => product.identity(folder, around.env)) : {};
    const correction = correctionOf(session, finding, { lane, reason, place: flags.place, ...risk });
    if (flags.dryRun) await send(around.stdout, diff(session, correction));
    else await silenced(session, finding, correction, { folder, lane, place: flags.place, until: flags.until, around });
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}

/** What names a finding. */
interface Meaning { readonly print?: string; readonly rule?: string; readonly path?: string; readonly line?: number }

function meaning(print: string | undefined, { rule, path }: Flags, product: Product): Meaning {
  if (print !== undefined) {
    if (rule !== undefined || path !== undefined) throw new UsageError('A fingerprint names the finding already. Leave out --rule and --path.');
    if (!new RegExp(`^[0-9a-f]{${LEAST},16}$`, 'i').test(print)) throw new UsageError(`${JSON.stringify(print)} is no fingerprint: ${LEAST} to 16 hexadecimal digits. Or name the finding by --rule and --path.`);
    return { print: print.toLowerCase() };
  }
  if (rule === undefined || path === undefined) throw new UsageError('Which finding? Give the beginning of its fingerprint, or --rule and --path. `shipworthy check --verbose` shows them.');
  if (!product.rules.some((card) => card.id === rule)) throw unknownRule(rule, product.rules);
  const [, file = path, at] = /^(.+?):(\d+)(?::\d+)?$/.exec(path) ?? [];
  return { rule, path: file.replace(/^(?:\.\/)+/, ''), ...(at !== undefined && { line: Number(at) - 1 }) };
}

/** What has to be said in any case; asked before a scan, which takes its time. */
function decided({ lane, reason, owner, until }: Flags): Pick<Suppressing, 'lane' | 'reason'> {
  if (lane === undefined) throw new UsageError('Is it wrong, or is it accepted? Add --lane false-positive or --lane accepted-risk.');
  if (reason === undefined || reason.trim() === '') throw new UsageError('Silencing a finding needs a reason: without one nobody can tell later whether it still holds. Add --reason.');
  if (lane === 'false-positive' && (owner ?? until) !== undefined) throw new UsageError(`--${owner === undefined ? 'until' : 'owner'} is of an accepted risk. What is not so needs neither an owner nor an end.`);
  return { lane, reason };
}

/** Who answers for a risk and until when. Throws UsageError where the card would not count it. */
async function acceptance({ severity, rule }: Finding, asOf: string, { owner, until }: Flags, identity: () => Promise<string | undefined>): Promise<Pick<Suppressing, 'owner' | 'until'>> {
  const latest = dayText((dayNumber(asOf) ?? 0) + longestAcceptance(severity));
  if (until === undefined) throw new UsageError(`An accepted risk needs an end. Add --until with a day, ${latest} at the latest for ${rule} (${severity}).`);
  if (until < asOf) throw new UsageError(`--until ${until} is over already: the day is ${asOf}.`);
  if (until > latest) throw new UsageError(`--until ${until} is too late: the risk of ${rule} (${severity}) can be accepted until ${latest}.`);
  const by = owner ?? await identity();
  if (by === undefined) throw new UsageError('Git knows nobody here. Say who answers for the risk: --owner "NAME <MAIL>".');
  return { owner: by, until };
}

/** The finding that is meant. Acceptances are among those that can be: they may be renewed. Throws UsageError where it is none, or not one. */
function named(meant: Meaning, { place }: Flags, cards: readonly ReportCard[]): Finding {
  const results = cards.flatMap((card) => card.results);
  const still = results.flatMap((result) => result.silenced);
  const renewable = still.filter(({ lane, tool }) => lane === 'accepted-risk' && tool === 'shipworthy').map(({ finding }) => finding);
  const all = unique([...results.flatMap((result) => result.findings), ...renewable]);
  const found = all.filter((finding) => isMeant(finding, meant));
  const [first] = found;
  if (!first) throw new UsageError(missing(meant, all, still));
  // A whole file or path is about all of them.
  const wide = (place === 'file' || place === 'path') && found.every(({ rule, path }) => rule === first.rule && path === first.path);
  if (found.length > 1 && !wide) throw new UsageError(several(found));
  return first;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.fingerprint, finding])).values()];
}

function isMeant({ fingerprint, rule, path, range }: Finding, meant: Meaning): boolean {
  if (meant.print !== undefined) return fingerprint.startsWith(meant.print);
  return rule === meant.rule && path === meant.path && (meant.line === undefined || (range.start.line <= meant.line && meant.line <= range.end.line));
}

function missing(meant: Meaning, all: readonly Finding[], still: readonly Silenced[]): string {
  const by = still.find(({ finding }) => isMeant(finding, meant));
  if (by) return `The finding of ${by.finding.rule} at ${line(placeText(by.finding))} is silenced already, by ${line(placeText(by.where))}: ${line(by.reason)}`;
  if (meant.print !== undefined) return `No open finding has a fingerprint that begins with ${meant.print}. \`shipworthy check --verbose\` shows them.`;
  const elsewhere = all.filter(({ rule }) => rule === meant.rule);
  const here = elsewhere.filter(({ path }) => path === meant.path);
  const where = `${line(meant.path ?? '')}${meant.line === undefined ? '' : `:${meant.line + 1}`}`;
  const others = [...new Set(elsewhere.map(({ path }) => path))];
  const hint = here.length > 0 ? ` There it has ${here.slice(0, LISTED).map((one) => line(placeText(one))).join(', ')}.` : suggestion(meant.path ?? '', others) || (others.length > 0 ? ` It has some in ${others.slice(0, LISTED).map(line).join(', ')}.` : '');
  return `${meant.rule} has no open finding in ${where}.${hint}`;
}

function several(found: readonly Finding[]): string {
  const more = found.length - LISTED;
  return `${count(found.length, 'finding')} could be meant. Name one by its fingerprint:\n${found.slice(0, LISTED).map((one) => `  ${shortFingerprint(one.fingerprint)}  ${line(placeText(one))}  ${one.rule}: ${line(one.message)}`).join('\n')}${more > 0 ? `\n  and ${more} more` : ''}`;
}

function correctionOf(session: Session, finding: Finding, how: Suppressing): Correction {
  const made = session.suppress(finding.fingerprint, how);
  if (!made) throw new UsageError(`The finding of ${finding.rule} at ${line(placeText(finding))} is gone.`);
  if ('refused' in made) throw new UsageError(made.refused);
  return made;
}

interface Writing { readonly folder: string; readonly lane: Suppressing['lane']; readonly place: Suppressing['place']; readonly until: string | undefined; readonly around: Surroundings }

/** Writes a correction once it is seen to silence the finding: a comment in the midst of a text silences nothing. */
async function silenced(session: Session, { fingerprint, rule, path }: Finding, correction: Correction, { folder, lane, place, until, around }: Writing): Promise<void> {
  const ready = drafts(session, correction);
  const open = () => session.audits().flatMap((audit) => audit.outcomes).flatMap(({ findings }) => findings);
  const was = open().length;
  for (const draft of ready) session.edit(draft.path, draft.text);
  await session.refresh();
  const holds = !open().some((finding) => finding.fingerprint === fingerprint);
  const silent = was - open().length;
  if (!holds) throw new UsageError(`${place === 'line' ? 'A comment above that line' : 'That'} would not silence the finding. Nothing was written; try --place finding.`);
  write(ready, folder);
  const many = place === 'file' || place === 'path' ? `${count(silent, 'finding')} of ${rule} in ${line(path)} ${silent === 1 ? 'is' : 'are'}` : `The finding of ${rule} in ${line(path)} is`;
  await send(around.stdout, `${many} silenced as ${LANE_WORDS[lane].toLowerCase()} in ${ready.map((draft) => line(draft.path)).join(', ')}${until === undefined ? '' : ` until ${until}`}.\n`);
}
