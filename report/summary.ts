/** The card in at most six sentences, for whoever reads nothing else. */
import type { CategoryCard, ReportCard } from './card';
import { openBySeverity } from './listing';
import { total } from './plan';
import { linesText } from './arithmetic';
import { byText } from './scoring/order';
import { checksText, count, gradeText, hours, list, number, present, scoreText } from './words';

const FRAMEWORKS: Readonly<Record<string, string>> = {
  flask: 'Flask', fastapi: 'FastAPI', starlette: 'Starlette', django: 'Django', quart: 'Quart', express: 'Express', fastify: 'Fastify', koa: 'Koa', nest: 'NestJS', next: 'Next.js',
};

/** Sentences: what it is, the verdict, the score, the weakest and the strongest area, what blocks, what it takes. Holds text of the repository: escape it. */
export function summary(card: ReportCard): readonly string[] {
  return [what(card), verdict(card), ...areas(card), blockers(card), ...work(card)];
}

/** `Flask and Next.js`; empty when none was found. */
export function frameworks({ project }: ReportCard): string {
  return list(project.frameworks.map((framework) => FRAMEWORKS[framework] ?? framework));
}

function what(card: ReportCard): string {
  const { project, files } = card;
  const kind = present(frameworks(card), project.deployable ? 'application' : 'project').join(' ');
  const article = /^[aeiou]/i.test(kind) ? 'an' : 'a';
  const size = `${count(files.routes, 'route')} and ${linesText(files.lines)} in ${count(files.parsed, 'analysed file')}`;
  return `${project.name} is ${article} ${kind} with ${size}${project.deployable ? '' : '; nothing in it shows how it is deployed'}.`;
}

function verdict(card: ReportCard): string {
  const { value } = card.verdict;
  if (card.score.value === null) return `It is ${value}, without a score: ${checksText(card)}.`;
  return `It is ${value} at ${scoreText(card)} of 100, with ${card.score.confidence} confidence: ${checksText(card)}.`;
}

function areas({ categories }: ReportCard): readonly string[] {
  const heaviest = categories.filter((category) => category.score !== null).toSorted((a, b) => b.weight - a.weight || byText(a.id, b.id));
  const worst = heaviest.toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))[0];
  const best = heaviest.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  if (!worst || !best || worst.score === best.score) return [];
  return [`The weakest area is ${area(worst)}, the strongest ${area(best)}.`];
}

function area(category: CategoryCard): string {
  return `${category.title} (${gradeText(category.grade)} ${number(category.score)})`;
}

function blockers(card: ReportCard): string {
  const rules = openBySeverity(card).flatMap((group) => group.rules).filter((one) => one.blocks).map((one) => one.result.rule);
  const { open } = card.counts;
  if (open === 0) return 'Nothing is open.';
  if (rules.length === 0) return `Nothing blocks; ${count(open, 'rule')} ${open === 1 ? 'is' : 'are'} open.`;
  return `${count(card.counts.blockers, 'finding')} of ${count(rules.length, 'rule')} ${card.counts.blockers === 1 ? 'blocks' : 'block'} shipping: ${list(rules, 5)}.`;
}

function work(card: ReportCard): readonly string[] {
  if (card.counts.open === 0) return [];
  const first = card.plan[0];
  const urgent = first && first.items.length > 0 ? `, of which ${hours(first.hours)} for what blocks` : '';
  return [`What is open is estimated at ${hours(total(card.plan))}${urgent}.`];
}
