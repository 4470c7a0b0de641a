/** CI as jobs of steps, whatever system it is of: what each does, when it runs, and what must have passed before it. */
import { fileName } from './edge';
import type { Command, Job, Leaf, Pipeline, PipelineJob, Step, Workflow } from './files';
import type { Place, Span } from './place';
import type { Evidence, Project } from './project';
import type { Work } from './work';
import { workOfAction, worksOf } from './work';

export interface CiStep extends Place {
  readonly works: ReadonlySet<Work>;
  /** It calls something that is not here. */
  readonly opaque: boolean;
  readonly commands: readonly Command[];
  /** Of a workflow. */
  readonly step?: Step;
}

export interface CiJob extends Place {
  readonly unit: Workflow | Pipeline;
  readonly id: string;
  readonly steps: readonly CiStep[];
  /** Ids of the jobs that must have passed. */
  readonly needs: readonly string[];
  /** It is somebody else's: a workflow of another repository, a template that is not here. */
  readonly opaque: boolean;
  /** Beside the steps. */
  readonly entries: readonly Leaf[];
  /** It runs for the changes of pull and merge requests, or for pushes to any branch. */
  readonly forChanges: boolean;
  /** It runs by itself when something is merged into the main branch. */
  readonly onMain: boolean;
  /** GitLab's, in order. */
  readonly stage?: number;
}

/** Workflows that the platform runs: those at the top of the repository (or of the application, where several repositories are open); others are copies. */
export function isActive(unit: Workflow, project: Project): boolean {
  return /^\.(?:github|gitea|forgejo)\/|^action\.ya?ml$/.test(unit.path) || (project.root !== '' && unit.path.startsWith(`${project.root}/.`));
}

/** Every job of every workflow and pipeline of the project; actions of its own stand in the steps that use them. */
export function ciJobs(project: Project): readonly CiJob[] {
  return project.once('ciJobs', () => [
    ...project.of('workflow').filter((unit) => !unit.composite && isActive(unit, project)).flatMap((unit) => unit.jobs.map((job) => ofWorkflow(job, unit, project))),
    ...project.of('pipeline').flatMap((unit) => unit.jobs?.map((job) => ofGitlab(job, unit, project)) ?? ofPipeline(unit, project)),
  ]);
}

/** Where one of these is done, as words for the strengths: `ci.yml, job test`. */
export function doing(project: Project, ...works: readonly Work[]): readonly (Evidence & { readonly job: CiJob })[] {
  return ciJobs(project).flatMap((job) => job.steps.filter((step) => works.some((work) => step.works.has(work))).slice(0, 1)
    .map((step) => ({ path: step.path, start: step.start, end: step.end, text: `${fileName(job.unit.path)}, job ${job.id}`, job })));
}

/** Workflows that run when the code changes, and do more than chores. */
export function checkingWorkflows(project: Project): readonly Workflow[] {
  return project.of('workflow').filter((unit) => !unit.composite && isActive(unit, project) && checksChanges(unit));
}

/** Anything that checks changes. */
export function hasCi(project: Project): boolean {
  return project.of('pipeline').length > 0 || checkingWorkflows(project).length > 0;
}

/** Steps that look after issues, labels and pages, or only prepare. */
const CHORES = /^(actions\/(checkout|cache|stale|labeler|first-interaction|add-to-project|create-github-app-token|setup-[\w-]+|configure-pages|upload-pages-artifact|deploy-pages|github-script)|dessant\/|release-drafter\/|peaceiris\/actions-gh-pages|JamesIves\/|peter-evans\/|dependabot\/)/;
const PAGES = /^(actions\/(configure-pages|upload-pages-artifact|deploy-pages)|peaceiris\/actions-gh-pages|JamesIves\/)/;
const SMALL = /^(echo|gh|git|cd|mkdir|cp|mv|rm|ls|cat|exit|true|sleep|curl|export|mkdocs)$/;
/** Words of a script that checks. */
export const CHECKS = /\b(test|tests|pytest|tox|nox|lint|ruff|flake8|mypy|pyright|tsc|eslint|check|unittest)\b/;

/** Runs when the code changes, and does more than chores. */
function checksChanges(workflow: Workflow): boolean {
  if (!workflow.whole) return true;
  if (!workflow.triggers.some((each) => /^(push|pull_request|pull_request_target|merge_group|workflow_call)$/.test(each))) return false;
  const steps = workflow.jobs.flatMap((each) => each.steps);
  if (workflow.jobs.some((each) => each.uses)) return true;
  if (steps.some((each) => each.uses && PAGES.test(each.uses))) return steps.some((each) => each.run && CHECKS.test(each.run));
  return steps.some((each) => (each.uses && !CHORES.test(each.uses)) || (each.run && (each.commands.length === 0 || each.commands.some((command) => command.words[0] !== undefined && !SMALL.test(command.words[0])))));
}

/** Something in CI cannot be looked into, so that what is not seen may still be done there. */
export function hidden(project: Project): Place | undefined {
  const unread = [...project.of('workflow'), ...project.of('pipeline')].find((unit) => !unit.whole || (unit.kind === 'pipeline' && (unit.outside || unit.commands.length === 0)));
  if (unread) return { path: unread.path, start: 0, end: 0 };
  for (const job of ciJobs(project)) {
    const step = job.opaque ? job : job.steps.find((each) => each.opaque);
    if (step) return { path: step.path, start: step.start, end: step.end };
  }
  return undefined;
}

/** A job of GitLab that waits for a person. */
export function isManual(entries: readonly Leaf[]): boolean {
  return entries.some((each) => /^(?:when|rules\.\d+\.when)$/.test(each.key) && each.value === 'manual');
}

/** The jobs that have passed when this one begins: those it needs, and theirs; on GitLab those of earlier stages where it names none. */
export function before(job: CiJob, project: Project): readonly CiJob[] {
  const siblings = ciJobs(project).filter((each) => each.unit === job.unit);
  if (job.stage !== undefined && job.needs.length === 0) return siblings.filter((each) => each.stage !== undefined && each.stage < (job.stage ?? 0));
  const found = new Set<CiJob>();
  const visit = (one: CiJob) => {
    for (const each of siblings) if (one.needs.includes(each.id) && !found.has(each)) { found.add(each); visit(each); }
  };
  visit(job);
  return [...found];
}

// ---- workflows

function ofWorkflow(job: Job, unit: Workflow, project: Project): CiJob {
  const called = job.uses === undefined ? undefined : local(job.uses, project);
  const at = job.usesAt ?? { start: job.at.start, end: job.at.start + job.id.length };
  const events = eventsOf(unit, project);
  return {
    unit, id: job.id, path: unit.path, ...at, needs: job.needs, opaque: job.uses !== undefined && !called, entries: job.entries,
    steps: called ? called.jobs.flatMap((each) => stepsOf(each.steps, called, project, 0)) : stepsOf(job.steps, unit, project, 0),
    forChanges: events.some((each) => changes(each.unit, each.event)), onMain: events.some((each) => main(each.unit, each.event)),
  };
}

/** What starts a workflow; one that others call is started by what starts them. */
function eventsOf(unit: Workflow, project: Project, depth = 0): readonly { readonly unit: Workflow; readonly event: string }[] {
  const own = unit.triggers.filter((event) => event !== 'workflow_call').map((event) => ({ unit, event }));
  if (depth > 3 || !unit.triggers.includes('workflow_call')) return own;
  const callers = project.of('workflow').filter((other) => other !== unit && other.jobs.some((job) => job.uses !== undefined && local(job.uses, project) === unit));
  return [...own, ...callers.flatMap((other) => eventsOf(other, project, depth + 1))];
}

function changes(unit: Workflow, event: string): boolean {
  return /^(?:pull_request|pull_request_target|merge_group)$/.test(event) || (event === 'push' && anyBranch(unit));
}

/** A push to whatever branch: no filter, or one that lets all of them through. */
function anyBranch({ entries }: Workflow): boolean {
  const branches = entries.filter((each) => /^on\.push\.branches\.?\d*$/.test(each.key)).map((each) => each.value);
  const tagsOnly = branches.length === 0 && entries.some((each) => each.key.startsWith('on.push.tags'));
  return !tagsOnly && (branches.length === 0 || branches.some((each) => each === '*' || each === '**'));
}

function main(unit: Workflow, event: string): boolean {
  if (event === 'push') return !unit.entries.some((each) => each.key.startsWith('on.push.tags')) || unit.entries.some((each) => each.key.startsWith('on.push.branches'));
  return event === 'workflow_run';
}

/** A workflow or an action of this repository by its `./path`. */
function local(uses: string, project: Project): Workflow | undefined {
  if (!uses.startsWith('./')) return undefined;
  const path = uses.slice(2).replace(/\/$/, '');
  return project.of('workflow').find((unit) => unit.path === path || unit.path === `${path}/action.yml` || unit.path === `${path}/action.yaml`);
}

function stepsOf(steps: readonly Step[], unit: Workflow, project: Project, depth: number): readonly CiStep[] {
  return steps.flatMap((step) => {
    const action = step.uses === undefined ? undefined : local(step.uses, project);
    return action && depth < 4 ? action.jobs.flatMap((job) => stepsOf(job.steps, action, project, depth + 1)) : [stepOf(step, unit, project)];
  });
}

/** Actions that only prepare, keep or tell: nothing is checked in them. */
const PLAIN = /^(?:actions\/|docker\/(?:login|setup|metadata)|codecov\/|astral-sh\/setup|pnpm\/|oven-sh\/|aws-actions\/(?:configure|amazon-ecr)|azure\/login|google-github-actions\/(?:auth|setup)|hynek\/|peter-evans\/|softprops\/|slackapi\/|8398a7\/|dorny\/|snok\/install|supercharge\/|ankane\/|webfactory\/ssh-agent|shimataro\/|dtolnay\/|denoland\/setup)/i;

/** Actions that run the hooks of pre-commit. */
const HOOKS = /^(?:pre-commit\/action|tox-dev\/action-pre-commit|j178\/prek-action|cloudposse\/github-action-pre-commit)@/i;

function stepOf(step: Step, unit: Workflow, project: Project): CiStep {
  const at = step.runAt ?? step.usesAt ?? step.at;
  const does = step.commands.map((one) => worksOf(one, project));
  const hooks = HOOKS.test(step.uses ?? '') ? wordsOf('pre-commit run', project) : [];
  const action = step.uses === undefined ? undefined : workOfAction(step.uses);
  const script = step.with.filter((pair) => /^(?:script|run|args|command)$/.test(pair.name)).map((pair) => pair.value ?? '').join('\n');
  const works = new Set([...does.flatMap((each) => [...each.works]), ...(action ? [action] : []), ...hooks, ...(step.uses === undefined ? [] : wordsOf(script, project))]);
  return {
    path: unit.path, start: at.start, end: at.end, works, commands: step.commands, step,
    opaque: does.some((each) => each.opaque) || (step.uses !== undefined && action === undefined && !PLAIN.test(step.uses)),
  };
}

/** A script handed to an action: each line by itself, as far as blanks tell its words. */
function wordsOf(script: string, project: Project): readonly Work[] {
  return script.split(/\n|&&|;/).flatMap((line) => {
    const words = line.trim().split(/\s+/).filter((word) => word !== '');
    return words.length === 0 ? [] : [...worksOf({ words, wordsAt: [], assignments: [], redirects: [], then: '', depth: 0, condition: false, at: NOWHERE }, project).works];
  });
}

const NOWHERE: Span = { start: 0, end: 0 };

// ---- pipelines

function ofGitlab(job: PipelineJob, unit: Pipeline, project: Project): CiJob {
  const conditions = job.entries.filter((each) => /^(?:rules\.\d+\.if|only(?:\.refs)?(?:\.\d+)?)$/.test(each.key)).map((each) => each.value);
  const stage = unit.stages.indexOf(job.stage);
  return {
    unit, id: job.id, path: unit.path, ...job.idAt, needs: job.needs, entries: job.entries, stage: stage < 0 ? unit.stages.indexOf('test') : stage,
    opaque: unit.outside && job.scripts.length === 0,
    steps: job.scripts.map((script) => scriptStep(unit, script.at, script.commands, project)),
    forChanges: conditions.length === 0 || conditions.some((each) => !MAIN_ONLY.test(each)),
    onMain: conditions.length === 0 || conditions.some((each) => /default_branch|main|master|production|branches/i.test(each)),
  };
}

const MAIN_ONLY = /^\s*(?:main|master|develop|production|tags|schedules|web|triggers)\s*$|CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*(?:\$CI_DEFAULT_BRANCH|["'](?:main|master|production|develop)["'])|\$?CI_COMMIT_TAG|CI_PIPELINE_SOURCE\s*==\s*["'](?:schedule|web|trigger|api)["']/;

/** Other systems name their jobs each in its own way; when they run is not asked. */
function ofPipeline(unit: Pipeline, project: Project): readonly CiJob[] {
  const ids = [...new Set(unit.commands.map((each) => each.job))];
  return ids.map((id) => {
    const scripts = unit.commands.filter((each) => each.job === id);
    const at = scripts[0]?.at ?? NOWHERE;
    return {
      unit, id: id === '' ? unit.system : id, path: unit.path, ...at, needs: [], entries: [], opaque: false, forChanges: true, onMain: false,
      steps: scripts.map((each) => scriptStep(unit, each.at, each.commands, project)),
    };
  });
}

function scriptStep(unit: Pipeline, at: Span, commands: readonly Command[], project: Project): CiStep {
  const does = commands.map((one) => worksOf(one, project));
  return { path: unit.path, start: at.start, end: at.end, works: new Set(does.flatMap((each) => [...each.works])), opaque: does.some((each) => each.opaque), commands };
}
