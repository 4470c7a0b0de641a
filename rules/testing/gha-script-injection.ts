import type { Edit, Job, Selector, Source, Span, Step, Variation, Workflow } from '../kit';
import { dashOf, insert, isActive, replace, rule } from '../kit';

/** An expression that the runner pastes into a script before it starts. */
interface Pasted { readonly unit: Workflow; readonly job: Job; readonly step: Step; readonly expression: string; readonly at: Span; readonly where: 'run' | 'script'; readonly input: boolean }

/** What strangers write. */
const UNTRUSTED = /\bgithub\.(?:head_ref\b|event\.(?:issue\.(?:title|body)|pull_request\.(?:title|body|head\.(?:ref|label|repo\.default_branch))|comment\.body|review\.body|review_comment\.body|discussion\.(?:title|body)|pages\b.*\.page_name|commits\b.*\.(?:message|author\.(?:email|name))|head_commit\.(?:message|author\.(?:email|name))|workflow_run\.(?:head_branch|head_commit\.(?:message|author\.\w+)|display_title|pull_requests\b.*\.head\.ref)))/;
const INPUT = /\b(?:github\.event\.)?inputs\.([\w-]+)/;

export default rule({
  id: 'gha-script-injection',
  title: 'Untrusted text never reaches a workflow script',
  severity: 'high', points: 12, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The text is pasted into the script before it runs, so an issue title is a command with the workflow's token. Anyone can open an issue.`,
  how: `Hand it over in an environment variable, in quotes.`,
  links: ['https://docs.github.com/en/actions/security-guides/security-hardening-for-github-actions', 'https://docs.zizmor.sh/audits/'],
  anchors: ['zizmor template-injection', 'semgrep run-shell-injection', 'checkov CKV_GHA_2', 'actionlint expression', 'CWE-94'],

  on: pasted(),
  check: grade,
  message: ({ expression, where }) => `${expression} is pasted into ${where === 'run' ? 'the script of this step' : 'the program of this step'} before it runs.`,
  underline: ({ at }) => at,
  nothing: 'No workflow pastes an expression into a script.',

  fix: { title: 'Hand it over in the environment', safety: 'safe', edit: (match, { source }) => match.where === 'run' ? handedOver(match, source) : undefined },

  examples: () => ({
    'the title of an issue': {
      bad: { '.github/workflows/triage.yml': workflow('issues', '- run: echo "New issue ${{ github.event.issue.title }}"') },
      good: { '.github/workflows/triage.yml': workflow('issues', '- env:', '    TITLE: ${{ github.event.issue.title }}', '  run: echo "New issue $TITLE"') },
    },
    'the branch of a pull request': {
      bad: { '.github/workflows/pr.yml': workflow('pull_request', '- run: git checkout ${{ github.head_ref }}') },
      good: { '.github/workflows/pr.yml': workflow('pull_request', '- env:', '    HEAD_REF: ${{ github.head_ref }}', '  run: git checkout "$HEAD_REF"') },
      severity: 'medium',
    },
    'beside variables that are there': {
      bad: { '.github/workflows/reply.yml': workflow('issue_comment', '- name: Reply', '  env:', '    GH_TOKEN: ${{ github.token }}', '  run: |', '    set -e', '    gh api x -f body="${{ github.event.comment.body }}"') },
      good: { '.github/workflows/reply.yml': workflow('issue_comment', '- name: Reply', '  env:', '    GH_TOKEN: ${{ github.token }}', '    BODY: ${{ github.event.comment.body }}', '  run: |', '    set -e', '    gh api x -f body="$BODY"') },
    },
    'a program of github-script': { bad: { '.github/workflows/triage.yml': workflow('issues', '- uses: actions/github-script@v7', '  with:', '    script: |', '      console.log("${{ github.event.issue.body }}")') } },
    'a privileged workflow that people start': { bad: { '.github/workflows/deploy.yml': 'on:\n  workflow_dispatch:\n    inputs:\n      version:\n        description: what to ship\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./ship.sh ${{ inputs.version }}\n        env:\n          KEY: ${{ secrets.SHIP_KEY }}\n' }, severity: 'medium' },
    'the message of a commit': { bad: { '.github/workflows/ci.yml': workflow('push', '- run: echo "${{ github.event.head_commit.message }}"') }, severity: 'medium' },
    'a value that this event does not have': { good: { '.github/workflows/ci.yml': workflow('[push, release]', '- run: echo -${{ github.event.workflow_run.head_branch }}- ${{ github.head_ref }}') } },
    'a copy that no platform runs': { good: { 'themes/core/.github/workflows/pr.yml': workflow('issues', '- run: echo ${{ github.event.issue.title }}') } },
    'handed over': { good: { '.github/workflows/triage.yml': workflow('issues', '- env:', '    TITLE: ${{ github.event.issue.title }}', '  run: echo "New issue $TITLE"') } },
    'what no stranger chooses': { good: { '.github/workflows/ci.yml': workflow('push', '- run: echo ${{ github.sha }} ${{ github.run_id }} ${{ github.event.pull_request.number }} ${{ matrix.python }}') } },
    'a condition is no script': { good: { '.github/workflows/ci.yml': workflow('issue_comment', "- if: contains(github.event.comment.body, '/deploy')", '  run: echo go') } },
    'an input of a list': { good: { '.github/workflows/deploy.yml': 'on:\n  workflow_dispatch:\n    inputs:\n      target:\n        type: choice\n        options: [staging, production]\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ./ship.sh ${{ inputs.target }}\n        env:\n          KEY: ${{ secrets.SHIP_KEY }}\n' } },
    'an input where nothing is to be had': { good: { '.github/workflows/try.yml': 'on:\n  workflow_dispatch:\n    inputs:\n      name: {description: who}\njobs:\n  try:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ inputs.name }}\n' } },
    'a comparison gives true or false': { good: { '.github/workflows/ci.yml': workflow('pull_request_target', "- run: echo ${{ github.head_ref == 'main' }} ${{ contains(github.event.pull_request.title, 'WIP') }}") } },
    'written to an action that runs nothing': { good: { '.github/workflows/note.yml': workflow('issues', '- uses: peter-evans/create-or-update-comment@v4', '  with:', '    body: ${{ github.event.issue.title }}') } },
  }),
});

function workflow(on: string, ...steps: readonly string[]): string {
  return `on: ${on}\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((line) => `      ${line}`).join('\n')}\n`;
}

function pasted(): Selector<Pasted> {
  return {
    kinds: ['workflow'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'workflow' || !isActive(unit, project)) return;
      const text = project.text(unit.path) ?? '';
      for (const job of unit.jobs) for (const step of job.steps) for (const { where, at } of scripts(step)) {
        const written = text.slice(at.start, at.end);
        for (const found of written.matchAll(/\$\{\{([^}]*)\}\}/g)) {
          const inner = found[1] ?? '';
          if (isComparison(inner)) continue;
          const named = UNTRUSTED.exec(inner) ?? (unit.triggers.includes('workflow_dispatch') ? INPUT.exec(inner) : null);
          if (!named || !isFilled(named[0], unit)) continue;
          const start = at.start + found.index;
          yield { unit, job, step, expression: named[0], where, input: !UNTRUSTED.test(inner), at: { start, end: start + found[0].length } };
        }
      }
    },
  };
}

/** Which events give these values; for the others they are empty. */
const EVENTS: readonly (readonly [RegExp, RegExp])[] = [
  [/head_ref|event\.pull_request\./, /^pull_request|^workflow_call$/], [/event\.issue\./, /^issues$|^issue_comment$|^workflow_call$/], [/event\.comment\./, /_comment$|^discussion|^workflow_call$/],
  [/event\.review/, /^pull_request_review|^workflow_call$/], [/event\.discussion\./, /^discussion|^workflow_call$/], [/event\.pages/, /^gollum$|^workflow_call$/],
  [/event\.workflow_run\./, /^workflow_run$|^workflow_call$/], [/event\.(?:head_commit|commits)/, /^push$|^workflow_call$/],
];

function isFilled(expression: string, { composite, triggers }: Workflow): boolean {
  const events = EVENTS.find(([pattern]) => pattern.test(expression))?.[1];
  return composite || events === undefined || triggers.some((each) => events.test(each));
}

/** Its value is true, false or a number, whatever strangers write. */
function isComparison(inner: string): boolean {
  return /^\s*(?:contains|startsWith|endsWith|hashFiles)\s*\(|[=!]=|^\s*!/.test(inner) && !/\|\||&&/.test(inner);
}

function scripts(step: Step): readonly { readonly where: Pasted['where']; readonly at: Span }[] {
  const program = step.uses?.startsWith('actions/github-script@') ? step.with.find((pair) => pair.name === 'script')?.valueAt : undefined;
  return [...(step.runAt ? [{ where: 'run' as const, at: step.runAt }] : []), ...(program ? [{ where: 'script' as const, at: program }] : [])];
}

function grade(match: Pasted): boolean | Variation {
  const { unit, input, expression } = match;
  if (input) return isFree(unit, expression) && isPrivileged(match) ? { severity: 'medium', confidence: 'likely', because: 'only people with write access start it' } : false;
  if (/event\.(?:head_commit|commits)/.test(expression)) return { severity: 'medium', because: 'only what was merged gets there' };
  const triggers = unit.triggers.filter((each) => !/^(?:push|schedule|workflow_dispatch|release|merge_group)$/.test(each));
  const harmless = !unit.composite && triggers.length > 0 && triggers.every((each) => each === 'pull_request');
  return harmless ? { severity: 'medium', because: 'a pull request from a fork has a token that only reads' } : true;
}

/** An input that takes any text. */
function isFree({ entries }: Workflow, expression: string): boolean {
  const name = INPUT.exec(expression)?.[1];
  const type = entries.find((each) => each.key === `on.workflow_dispatch.inputs.${name ?? ''}.type`)?.value;
  return type === undefined || type === 'string';
}

/** It holds secrets or may write. */
function isPrivileged({ unit, job }: Pasted): boolean {
  const values = [...unit.entries, ...job.entries, ...job.steps.flatMap((step) => step.entries)];
  return values.some((each) => /\bsecrets\.(?!GITHUB_TOKEN\b)\w/.test(each.value) || (/(?:^|\.)permissions(?:\.|$)/.test(each.key) && /write/.test(each.value)));
}

// ---- the fix

/** Every place of the same expression in the script becomes `$NAME`; undefined inside of single quotes, where a shell would not look. */
function handedOver({ step, at }: Pasted, source: Source): readonly Edit[] | undefined {
  const shell = step.entries.find((each) => each.key === 'shell')?.value;
  const run = step.runAt;
  if (!run || (shell !== undefined && !/^(?:ba|z)?sh\b/.test(shell)) || /^["']/.test(source.slice(run))) return undefined;
  const expression = source.slice(at);
  const name = variableOf(expression);
  if (step.env.some((pair) => pair.name === name)) return undefined;
  const edits: Edit[] = [];
  for (let from = source.text.indexOf(expression, run.start); from >= 0 && from < run.end; from = source.text.indexOf(expression, from + 1)) {
    const quote = quoteAt(source.slice({ start: Math.max(source.lineStart(from), run.start), end: from }));
    if (quote === "'") return undefined;
    edits.push(replace({ start: from, end: from + expression.length }, quote === '"' ? `$${name}` : `"$${name}"`));
  }
  const env = environment(step, `${name}: ${expression}`, source);
  return env && [...env, ...edits];
}

function variableOf(expression: string): string {
  const path = /[\w.]+(?=\s*\}\})/.exec(expression)?.[0] ?? 'value';
  const last = path.slice(path.lastIndexOf('.') + 1);
  return last === 'ref' ? 'HEAD_REF' : last === 'body' || last === 'title' || last === 'label' || last === 'message' ? last.toUpperCase() : last.replace(/\W/g, '_').toUpperCase();
}

/** The quote that is open at the end of a line of shell. */
function quoteAt(before: string): string {
  let open = '';
  for (const letter of before.replace(/\\./g, '')) if (open === '' && (letter === '"' || letter === "'")) open = letter; else if (letter === open) open = '';
  return open;
}

function environment(step: Step, line: string, source: Source): readonly Edit[] | undefined {
  const last = step.env.at(-1);
  if (last) {
    const indentation = source.indentation(last.at.start);
    return source.lineStart(last.at.start) + indentation.length === last.at.start ? [insert(source.lineEnd(last.at.end), `\n${indentation}${line}`)] : undefined;
  }
  const run = step.entries.find((each) => each.key === 'run')?.at;
  if (!run) return undefined;
  const dash = dashOf(run.start, source);
  const indentation = dash === undefined ? source.slice({ start: source.lineStart(run.start), end: run.start }) : `${dash}  `;
  return /^[ \t]*$/.test(indentation) ? [insert(run.start, `env:\n${indentation}  ${line}\n${indentation}`)] : undefined;
}
