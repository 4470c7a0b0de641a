/** Small drawings. Every state has its own shape, so that none needs a colour to be told from the others. */
import type { Severity } from '../../rules/kit';
import type { Grade, Verdict } from '../card';
import { points } from '../scoring/tenths';
import { LEAST } from '../scoring/verdict';
import { gradeText, gradeWord, number } from '../words';

const OCTAGON = 'M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8z';
const TRIANGLE = 'M12 2 23 21.5H1z';
const DIAMOND = 'M12 1.5 22.5 12 12 22.5 1.5 12z';
const SQUARE = 'M3.5 3.5h17v17h-17z';
const CIRCLE = 'M12 2a10 10 0 1 1 0 20 10 10 0 1 1 0-20z';

const CHECK = 'M7 12.5l3.5 3.5L17 8.5';
const CROSS = 'M8 8l8 8M16 8l-8 8';
const EXCLAMATION = 'M12 6.5v6.5M12 17v.2';

const SEVERITY_SHAPES: Readonly<Record<Severity, string>> = { critical: OCTAGON, high: TRIANGLE, medium: DIAMOND, low: SQUARE, info: CIRCLE };

/** What stands within the outline of a verdict. */
const VERDICT_SHAPES: Readonly<Record<Verdict, readonly [string, string]>> = {
  READY: [CIRCLE, CHECK],
  'MOSTLY READY': [DIAMOND, 'M7.5 12h9'],
  'NOT READY': [OCTAGON, CROSS],
  INCONCLUSIVE: [SQUARE, 'M9.2 9.6a2.9 2.9 0 1 1 4.2 2.5c-.9.5-1.4 1-1.4 2M12 16.6v.6'],
};

const GRADE_SHAPES: Readonly<Record<string, readonly [string, string?]>> = {
  A: [CIRCLE, CHECK], B: ['M6 2.5h12a3.5 3.5 0 0 1 3.5 3.5v12a3.5 3.5 0 0 1-3.5 3.5H6A3.5 3.5 0 0 1 2.5 18V6A3.5 3.5 0 0 1 6 2.5z'], C: [DIAMOND], D: [TRIANGLE], F: [OCTAGON, CROSS],
};

/** Drawn beside the severity's word, so it says nothing by itself. */
export function severityShape(severity: Severity): string {
  return drawn(`tone-${severity}`, SEVERITY_SHAPES[severity], severity === 'critical' ? EXCLAMATION : undefined);
}

/** An outline and what stands in it. Words beside it say the same, so it is hidden from those who listen. */
function drawn(kind: string, outline: string, sign?: string): string {
  const within = sign === undefined ? '' : `<path class="sign" d="${sign}"/>`;
  return `<svg class="shape ${kind}" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="${outline}"/>${within}</svg>`;
}

/** Drawn beside the verdict's words. */
export function verdictShape(verdict: Verdict): string {
  const [outline, sign] = VERDICT_SHAPES[verdict];
  return drawn(`verdict-shape tone-${verdictTone(verdict)}`, outline, sign);
}

/** The class that colours a verdict. */
export function verdictTone(verdict: Verdict): string {
  return { READY: 'good', 'MOSTLY READY': 'medium', 'NOT READY': 'critical', INCONCLUSIVE: 'unknown' }[verdict];
}

/** Drawn beside the letter. */
export function gradeShape(grade: Grade): string {
  const shape = GRADE_SHAPES[grade.charAt(0)];
  return shape === undefined ? '' : drawn(`tone-${gradeTone(grade)}`, ...shape);
}

/** The class that colours a grade. */
export function gradeTone(grade: Grade): string {
  return { A: 'good', B: 'fair', C: 'medium', D: 'high', F: 'critical' }[grade.charAt(0)] ?? 'unknown';
}

/** A score as a bar of 100, with a tick where READY starts. The same number stands in the table. */
export function bar(title: string, grade: Grade, score: number, tick: number): string {
  const label = `${title}: ${number(score)} of 100, ${gradeText(grade)}, ${gradeWord(grade)}. READY asks for ${tick}.`;
  return `<svg class="bar tone-${gradeTone(grade)}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img"><title>${label}</title>`
    + `<rect class="track" x="0" y="0" width="100" height="8"/><rect class="fill" x="0" y="0" width="${score}" height="8"/><path class="tick" d="M${tick} 0v8"/></svg>`;
}

const CHART = { width: 600, height: 120 };

/** The score after each step as stairs from left to right, with a dashed line where READY starts. The same numbers stand in the tables. */
export function stairs(label: string, scores: readonly number[]): string {
  const run = CHART.width / scores.length;
  const y = (score: number) => fixed(CHART.height - (score * CHART.height) / 100);
  const path = scores.map((score, index) => `${index === 0 ? 'M0' : 'V'}${index === 0 ? ` ${y(score)}` : y(score)}H${fixed((index + 1) * run)}`).join('');
  return `<svg class="stairs" viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img"><title>${label}</title>`
    + `<path class="area" d="${path}V${CHART.height}H0z"/><path class="line" d="${path}"/><path class="ready" d="M0 ${y(points(LEAST.ready.overall))}H${CHART.width}"/></svg>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

const BOXES: Readonly<Record<'done' | 'open' | 'partly' | 'accepted' | 'unknown', readonly [tone: string, outline: string, sign?: string]>> = {
  done: ['good', CIRCLE, CHECK], open: ['high', SQUARE, CROSS], partly: ['medium', DIAMOND, 'M7.5 12h9'], accepted: ['fair', SQUARE, CHECK], unknown: ['unknown', SQUARE],
};

/** The state of an item of a list, drawn beside its word. */
export function boxShape(box: keyof typeof BOXES): string {
  const [tone, outline, sign] = BOXES[box];
  return drawn(`tone-${tone}`, outline, sign);
}

/** Scores from left to right, a line for each run that compares; a gap where there was none. The same numbers stand in a table. */
export function line(label: string, runs: readonly (readonly (number | null)[])[]): string {
  const total = runs.reduce((sum, run) => sum + run.length, 0);
  const x = (index: number) => fixed(total < 2 ? CHART.width / 2 : (index * CHART.width) / (total - 1));
  const y = (score: number) => fixed(CHART.height - (score * CHART.height) / 100);
  let index = 0;
  const drawnRuns = runs.map((run) => {
    const start = index;
    const at = run.flatMap((score, offset) => (score === null ? [] : [[x(start + offset), y(score)] as const]));
    index += run.length;
    const dots = at.map(([left, top]) => `M${left} ${top}h.01`).join('');
    return `<path class="line" d="${at.map(([left, top], position) => `${position === 0 ? 'M' : 'L'}${left} ${top}`).join('')}"/><path class="dots" d="${dots}"/>${start > 0 ? `<path class="mark" d="M${x(start - 0.5)} 0V${CHART.height}"/>` : ''}`;
  });
  return `<svg class="stairs" viewBox="0 0 ${CHART.width} ${CHART.height}" preserveAspectRatio="none" role="img"><title>${label}</title>${drawnRuns.join('')}<path class="ready" d="M0 ${y(points(LEAST.ready.overall))}H${CHART.width}"/></svg>`;
}

/** Open findings by severity as one bar, worst first. The same numbers stand in the table beside it. */
export function stack(label: string, findings: Readonly<Record<Severity, number>>): string {
  const all = Object.entries(findings) as [Severity, number][];
  const total = all.reduce((sum, [, amount]) => sum + amount, 0);
  let left = 0;
  const parts = all.filter(([, amount]) => amount > 0).map(([severity, amount]) => {
    const width = (amount * CHART.width) / total;
    left += width;
    return `<rect class="fill tone-${severity}" x="${fixed(left - width)}" y="0" width="${fixed(width)}" height="16"/>`;
  });
  return `<svg class="stack" viewBox="0 0 ${CHART.width} 16" preserveAspectRatio="none" role="img"><title>${label}</title>${parts.join('')}</svg>`;
}
