/** The card in at most six sentences, for whoever reads nothing else. */
import type { CategoryCard, Told } from './card';
import { headline, openBySeverity } from './listing';
import { effort, total } from './plan';
import { waiting } from './signoff-card';
import { workingDays } from './timeline';
import { linesText } from './arithmetic';
import { byText } from './scoring/order';
import { isBlocking } from './scoring/weighed';
import { checksText, count, gradeText, hours, list, number, present, scoreText } from './words';

const FRAMEWORKS: Readonly<Record<string, string>> = {
  flask: 'Flask', fastapi: 'FastAPI', starlette: 'Starlette', django: 'Django', quart: 'Quart', express: 'Express', fastify: 'Fastify', koa: 'Koa', nest: 'NestJS', next: 'Next.js',
};

/** Sentences: what it is, verdict and score, the weakest and the strongest area, what blocks, what it takes, what people have to sign. Holds text of the repository: escape it. */
export function summary(card: Told): readonly string[] {
  return [what(card), verdict(card), ...areas(card), blockers(card), ...work(card), ...unsigned(card)];
}

/** `Flask and Next.js`; empty when none was found. */
export function frameworks({ project }: Told): string {
  return list(project.frameworks.map((framework) => FRAMEWORKS[framework] ?? framework));
}

function what(card: Told): string {
  const { project, files } = card;
  const kind = present(frameworks(card), project.deployable ? 'application' : 'project').join(' ');
  const article = /^[aeiou]/i.test(kind) ? 'an' : 'a';
  const size = `${count(files.routes, 'route')} and ${linesText(files.lines)} in ${count(files.parsed, 'analysed file')}`;
  return `${project.name} is ${article} ${kind} with ${size}${project.deployable ? '' : '; nothing in it shows how it is deployed'}.`;
}

function verdict(card: Told): string {
  const { value } = card.verdict;
  if (card.score.value === null) return `It is ${value}, without a score: ${checksText(card)}.`;
  return `It is ${value} at ${scoreText(card)} of 100, with ${card.score.confidence} confidence: ${checksText(card)}${unsure(card) ? ', and most of what is deducted is likely rather than confirmed' : ''}.`;
}

/** Whether doubt about findings, and not what was left unchecked, is what lowers the confidence. */
function unsure({ categories }: Told): boolean {
  const lines = categories.filter((category) => category.status === 'scored').flatMap((category) => category.ledger);
  const cost = (some: typeof lines) => some.reduce((sum, one) => sum + one.cost, 0);
  return cost(lines.filter((one) => one.confidence !== 'confirmed')) > cost(lines) / 2;
}

function areas({ categories }: Told): readonly string[] {
  const heaviest = categories.filter((category) => category.score !== null).toSorted((a, b) => b.weight - a.weight || byText(a.id, b.id));
  const worst = heaviest.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[0];
  const best = heaviest.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  if (!worst || !best || worst.score === best.score) return [];
  return [`The weakest area is ${area(worst)}, the strongest ${area(best)}.`];
}

function area(category: CategoryCard): string {
  return `${category.title} (${gradeText(category.grade)} ${number(category.score)})`;
}

function blockers(card: Told): string {
  const rules = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.blocks);
  const { counts: { open, blockers: found } } = card;
  const [only] = rules;
  if (open === 0) return 'Nothing is open.';
  if (!only) return `Nothing blocks; ${count(open, 'rule')} ${open === 1 ? 'is' : 'are'} open.`;
  if (found === 1) return `1 finding blocks shipping: ${headline(only.result)}`;
  const of = rules.length === found ? '' : ` of ${count(rules.length, 'rule')}`;
  const grave = rules.flatMap((one) => one.result.findings).filter((one) => isBlocking(one) && one.severity === 'critical').length;
  const critical = grave === 0 ? '' : grave === found ? ', all of them critical' : `, ${grave} of them critical`;
  return `${count(found, 'finding')}${of} block shipping${critical}.`;
}

/** What no file can show. */
function unsigned({ signoffs }: Told): readonly string[] {
  const required = signoffs.filter((one) => one.required);
  const open = waiting(signoffs);
  return open.length === 0 ? [] : [`${open.length === required.length ? count(open.length, 'required sign-off') : `${open.length} of ${count(required.length, 'required sign-off')}`} ${open.length === 1 ? 'waits' : 'wait'} for somebody to give ${open.length === 1 ? 'it' : 'them'}.`];
}

function work(card: Told): readonly string[] {
  if (card.counts.open === 0) return [];
  const first = card.plan[0];
  const urgent = first && first.items.length > 0 ? `, of which ${hours(first.hours)} for what blocks` : '';
  return [`What is open is estimated at ${hours(total(card.plan))}${urgent}.`];
}

/** How it stands, what is left, and how long that takes, in hours of somebody who knows the code. */
export function conclusion(card: Told): readonly string[] {
  const { verdict: { value, toReady }, counts } = card;
  if (value === 'READY') return [`${card.project.name} can be deployed.`, counts.open === 0 ? 'Nothing is open.' : `What is open does not stand in the way: ${count(counts.open, 'rule')}, estimated at ${hours(total(card.plan))}.`];
  const left = toReady.flatMap((rule) => card.results.find((result) => result.rule === rule) ?? []).map((result) => effort(result.effort, result.findings.length));
  const sum: readonly [number, number] = [left.reduce((all, [from]) => all + from, 0), left.reduce((all, [, to]) => all + to, 0)];
  const ready = untilReady(left.length, sum, toReady.length - left.length);
  const all = counts.open === 0 ? [] : [`Everything that is open together: ${hours(total(card.plan))}${workingDays(total(card.plan))}.`];
  const urgent = card.plan[0];
  if (counts.blockers === 0 || !urgent) return [`${card.project.name} is ${value}.`, 'Nothing blocks.', ready, ...all];
  const gone = `Before any deployment, ${count(counts.blockers, 'blocker')} ${counts.blockers === 1 ? 'has' : 'have'} to go`;
  const enough = toReady.length > 0 && toReady.every((rule) => urgent.items.some((item) => item.rule === rule));
  if (enough) return [`${card.project.name} is ${value}.`, `${gone}, and then it is READY: ${hours(urgent.hours)}.`, ...all];
  const blocking = `${gone}: ${hours(urgent.hours)}.`;
  return [`${card.project.name} is ${value}.`, blocking, ready, ...all];
}

/** @param signoffs controls that people have to sign for it */
function untilReady(rules: number, sum: readonly [number, number], signoffs: number): string {
  const signed = count(signoffs, 'sign-off');
  if (rules > 0) return `Time to READY: ${hours(sum)} for ${count(rules, 'rule')}${signoffs > 0 ? `, and ${signed} by people` : ''}.`;
  return signoffs > 0 ? `READY waits for ${signed} alone.` : 'What keeps it from READY is not in the code alone; see the reasons of the verdict.';
}

/** Whom the deployment suits: what one process and one file carry is not what several machines do. Undefined where nothing is deployed. */
export function suitability({ project, profile, inventory: { scale } }: Told): string | undefined {
  if (!project.deployable || (scale.workers === 'unknown' && (scale.database === 'none' || scale.database === 'unknown'))) return undefined;
  const [visitors, traffic] = profile.exposure === 'internal' ? ['people of its own network', 'moderate traffic of its own network'] : ['visitors', 'moderate traffic'];
  const server = scale.workers === 'one' ? 'one process' : scale.workers === 'several' ? scale.processes === undefined ? 'several processes' : `${scale.processes} processes` : 'a number of processes that nothing here says';
  const data = { file: 'a database in one file', networked: 'a database over the network', unknown: 'a database that the environment decides', none: 'no database that could be seen' }[scale.database];
  const one = scale.workers === 'one';
  if (scale.database === 'file') return `It runs as ${server} with ${data}: made for one machine and a modest number of ${visitors}${one ? '' : ', whose writes wait for each other'}.`;
  if (one) return `It runs as ${server} with ${data}: one machine and ${traffic}; a second copy needs state, locks and schedulers that are shared.`;
  const suits = scale.workers !== 'several' ? '' : scale.database === 'networked' ? ': it can grow by adding copies, as far as nothing keeps state in one process' : scale.database === 'unknown' ? ': made for one machine with its cores in use; for more copies, that database has to be one over the network' : '';
  return `It runs as ${server} with ${data}${suits}.`;
}
