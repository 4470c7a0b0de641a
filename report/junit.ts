/** The card as JUnit XML, for CI that shows tests: a category is a suite, a rule is a case. */
import { CATEGORIES } from '../rules/kit';
import type { Finding } from '../engine/audit/outcome';
import type { ReportCard, Result } from './card';
import { xmlBlock, xmlText } from './escape';
import { SEVERITY_WORDS, CATEGORY_TITLES, count, gradingText, placeText, STATE_WORDS } from './words';
import { isBlocking } from './scoring/weighed';

/**
 * One document for all cards. An open rule fails; what does not apply, could not be checked or is accepted is skipped, with the
 * reason. Times are nought, because the card is made for a day and not by a clock. No more attributes than Jenkins' strict schema knows: places
 * are in the text of a failure.
 */
export function junit(cards: readonly ReportCard[]): string {
  const suites = cards.flatMap((card) => CATEGORIES.flatMap((category) => {
    const mine = card.results.filter((result) => result.category === category);
    const name = cards.length > 1 ? `${card.project.name}: ${CATEGORY_TITLES[category]}` : CATEGORY_TITLES[category];
    return mine.length === 0 ? [] : [{ card, name, category, results: mine }];
  }));
  const all = suites.flatMap((suite) => suite.results);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="shipworthy" ${counts(all)} time="0">`,
    ...suites.flatMap(({ card, name, category, results }) => [
      `  <testsuite name="${xmlText(name)}" ${counts(results)} skipped="${results.filter(isSkipped).length}" time="0" timestamp="${card.asOf}T00:00:00">`,
      ...results.map((result) => testCase(result, `shipworthy.${category}`)),
      '  </testsuite>',
    ]),
    '</testsuites>', '',
  ].join('\n');
}

function counts(results: readonly Result[]): string {
  return `tests="${results.length}" failures="${results.filter(fails).length}" errors="0"`;
}

function fails(result: Result): boolean {
  return result.state === 'open';
}

function isSkipped(result: Result): boolean {
  return result.state === 'accepted' || result.state === 'not-applicable' || result.state === 'not-checked';
}

function testCase(result: Result, suite: string): string {
  const head = `    <testcase name="${xmlText(`${result.title} (${result.rule})`)}" classname="${suite}" time="0"`;
  if (!fails(result) && !isSkipped(result)) return `${head}/>`;
  return [`${head}>`, fails(result) ? failure(result) : skipped(result), '    </testcase>'].join('\n');
}

function failure({ findings, severity, card }: Result): string {
  const message = `${SEVERITY_WORDS[severity]}: ${count(findings.length, 'finding')}`;
  const lines = [...findings.map(findingLine), '', `Why: ${card.why}`, `How: ${card.how}`];
  return `      <failure message="${xmlText(message)}" type="${severity}">${xmlBlock(lines.join('\n'))}</failure>`;
}

function findingLine(finding: Finding): string {
  return `${placeText(finding)}: ${finding.message} (${gradingText(finding, isBlocking(finding))})`;
}

function skipped({ state, reason, silenced }: Result): string {
  const why = reason ?? [...new Set(silenced.map((one) => one.reason))].join(' ');
  return `      <skipped message="${xmlText(`${STATE_WORDS[state]}: ${why}`)}"/>`;
}
