/** Scanners that report and pass: their exit code has to be asked for, or was taken away by their own options. */
import type { Command, Pair, Step } from './files';
import type { Span } from './place';

export interface Lenient {
  readonly at: Span;
  readonly by: string;
  /** What to write there so that it fails; nothing where more than a value is missing. */
  readonly instead?: string;
}

/** Inputs that let an action pass, and what they must say instead. */
const INPUTS: readonly (readonly [action: RegExp, input: string, lets: RegExp, instead: string])[] = [
  [/^aquasecurity\/trivy-action@/i, 'exit-code', /^0$/, `'1'`],
  [/^anchore\/scan-action@/i, 'fail-build', /^false$/i, 'true'],
  [/^actions\/dependency-review-action@/i, 'warn-only', /^true$/i, 'false'],
  [/^hadolint\/hadolint-action@/i, 'no-fail', /^true$/i, 'false'],
  [/^(?:bridgecrewio\/checkov|aquasecurity\/tfsec)-action@/i, 'soft_fail', /^true$/i, 'false'],
  [/^zaproxy\/action-[\w-]+@/i, 'fail_action', /^false$/i, 'true'],
];

/**
 * How a step's action passes whatever it finds; undefined when it may fail. Trivy passes unless it is given an exit code, as an input or
 * by its variable, and lists of parts are no check.
 */
export function lenientAction(step: Step): Lenient | undefined {
  const uses = step.uses ?? '';
  const given = (name: string) => step.with.find((each) => each.name === name);
  for (const [action, input, lets, instead] of INPUTS) {
    const pair = action.test(uses) ? given(input) : undefined;
    if (pair?.value !== undefined && pair.valueAt && lets.test(pair.value)) return { at: pair.valueAt, by: `${input} is ${pair.value}`, instead };
  }
  const silent = /^aquasecurity\/trivy-action@/i.test(uses) && !given('exit-code') && !given('trivy-config') && !hasExitCode(step.env) && !isList(given('format')?.value);
  return silent && step.usesAt ? { at: step.usesAt, by: 'without an exit-code it always passes' } : undefined;
}

function hasExitCode(env: readonly Pair[]): boolean {
  return env.some((each) => each.name === 'TRIVY_EXIT_CODE');
}

/** What others read, or a bill of materials. */
function isList(format: string | undefined): boolean {
  return format !== undefined && !/^table$/i.test(format);
}

/** The same for a command: `trivy image shop`, `grype shop` never fail, `trivy fs --exit-code 0` neither. */
export function lenientCommand({ words, wordsAt }: Command): Lenient | undefined {
  const text = words.join(' ');
  const scan = /(?:^|[ /])trivy(?::\S+)?(?: -\S+(?: \S+)?)*? (?:image|i|fs|filesystem|repo|repository|rootfs|config|k8s|vm)(?: |$)/.test(text) ? 'trivy' : /^grype /.test(text) ? 'grype' : undefined;
  if (scan === undefined || /(?:^| )(?:-f|--format|-o|--output)[= ](?!table\b|"?\/dev\/stdout)|--config|-c |--report-config|download-db-only| --help/.test(text)) return undefined;
  const flag = words.findIndex((word) => /^--exit-code(?:=|$)|^--fail-on(?:=|$)/.test(word));
  if (flag < 0) return wordsAt[0] ? { at: wordsAt[0], by: scan === 'trivy' ? 'without --exit-code it always passes' : 'without --fail-on it always passes' } : undefined;
  const zero = words[flag] === '--exit-code' && words[flag + 1] === '0' ? wordsAt[flag + 1] : undefined;
  return zero ? { at: zero, by: '--exit-code is 0', instead: '1' } : words[flag] === '--exit-code=0' && wordsAt[flag] ? { at: wordsAt[flag], by: '--exit-code is 0', instead: '--exit-code=1' } : undefined;
}
