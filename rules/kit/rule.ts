/**
 * The shape of a rule. A rule is one file: documentation page, machinery, fix and tests, in that order.
 * `rule` judges places one by one, `projectRule` judges a control of the whole project.
 */
import type { Edit, NewFile, Source } from './fix';
import type { Unit } from './files';
import { POINTS } from './grading';
import type { Category, Confidence, Effort, Safety, Severity } from './grading';
import type { Place, Span } from './place';
import type { Profile } from './profile';
import type { Evidence, Project } from './project';
import type { Selector } from './select';

/** What the registry adds to a rule from its file's place: `rules/<category>/<id>.ts`. */
export interface Card {
  readonly id: string;
  readonly category: Category;
  /** The sentence that is true when the rule holds. */
  readonly title: string;
  readonly severity: Severity;
  readonly points: number;
  readonly confidence: Confidence;
  readonly blocks: Blocks;
  readonly effort: Effort;
  /** Rule-set version it appeared in. */
  readonly since: string;
  readonly why: string;
  readonly how: string;
  readonly links: readonly string[];
  /** The same idea in other tools: `bandit B201`. Their suppression comments are honoured. */
  readonly anchors: readonly string[];
  readonly ladder?: { readonly name: string; readonly rung: number };
  readonly hides: readonly string[];
  /** The sign-off that may stand for it when the control lives outside the repository. */
  readonly attestable?: string;
  readonly secret?: true;
  /** Its harm does not wait for the code to run, as that of a credential in git does not: copies of an application that nobody starts weigh in full. */
  readonly atRest?: true;
}

/** `always`, `never`, or a condition of the project and its profile; `when` says it after "blocks when". */
export type Blocks = 'always' | 'never' | { readonly when: string; readonly holds: (project: Project, profile: Profile) => boolean };

/** Where a rule's severity differs from its default; `because` ends the sentence "it is lower/higher here because …". */
export interface Variation {
  readonly severity?: Severity;
  /** Default: the usual points of the severity, never more than rung 1 of its ladder. */
  readonly points?: number;
  readonly confidence?: Confidence;
  readonly because: string;
}

export interface Context {
  readonly unit: Unit;
  readonly source: Source;
  readonly project: Project;
}

export interface Fix<Match> {
  /** Imperative, under 60 characters, without the secret. */
  readonly title: string;
  readonly safety: Safety;
  /** The edits, or undefined where this fix does not apply. The result must parse, and the finding be gone. */
  readonly edit: (match: Match, context: Context) => readonly (Edit | NewFile)[] | undefined;
  /** What the edit cannot do and a person must: rotate the key, set the variable. */
  readonly remains?: string;
}

interface Documented {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Default: the usual points of the severity. */
  readonly points?: number;
  readonly confidence: Confidence;
  readonly blocks: Blocks;
  readonly effort: Effort;
  readonly since: string;
  readonly why: string;
  readonly how: string;
  readonly links: readonly string[];
  readonly anchors?: readonly string[];
  readonly ladder?: { readonly name: string; readonly rung: number };
  readonly hides?: readonly string[];
  readonly attestable?: string;
  /** It speaks of secrets: string literals of the code it shows are masked. */
  readonly secret?: true;
  /** Its harm does not wait for the code to run: see `Card`. */
  readonly atRest?: true;
  /** True, or the reason why the rule does not apply to this project: "No web framework is used." */
  readonly applies?: (project: Project) => true | string;
  /** By what they show. Made when its page or a test asks for them: they are a third of the program's text, and a check needs none. */
  readonly examples: () => Readonly<Record<string, Example>>;
}

/** One or several files: `{ 'app.py': …, Procfile: … }`. A lone text is `path`, else `app.py`. */
export type Files = string | Readonly<Record<string, string>>;
export interface Example {
  /** Gives exactly one finding of this rule. */
  readonly bad?: Files;
  /** Gives none. Beside `bad`: what the fix named in `fix` (else the first) makes of it, to the byte. */
  readonly good?: Files;
  readonly fix?: string;
  readonly path?: string;
  /** What the finding is graded, when it is not the default. */
  readonly severity?: Severity;
}

export interface FileRule<Match> extends Documented {
  readonly on: Selector<Match>;
  readonly roles?: readonly ('production' | 'test' | 'example' | 'script' | 'migration')[];
  /** It looks at the text alone, so that source files of those roles need not be parsed for it. */
  readonly text?: true;
  /** True (or a variation) when this place is a finding. */
  readonly check: (match: Match, context: Context) => boolean | Variation;
  readonly message: (match: Match, context: Context) => string;
  readonly underline: (match: Match, context: Context) => Span;
  readonly related?: (match: Match, context: Context) => readonly Evidence[];
  /** For a place that is no finding: what it proves, as evidence for the strengths list; undefined when it proves nothing. */
  readonly holds?: (match: Match, context: Context) => string | undefined;
  /** Says when nothing matched: the reason for "not applicable". */
  readonly nothing: string;
  /** One sentence for all places together, instead of one for each: '12 outbound calls, all with a timeout'. */
  readonly summary?: (count: number) => string;
  readonly fix?: Fix<Match> | readonly Fix<Match>[];
}

/** A project rule's judgement. */
export type Judgement =
  | { readonly holds: readonly Evidence[] }
  | { readonly open: readonly Gap[] }
  | { readonly notApplicable: string }
  | { readonly notChecked: string };

export interface Gap {
  readonly at: Place;
  readonly message: string;
  readonly variation?: Variation;
  readonly related?: readonly Evidence[];
}

export interface ProjectRule extends Documented {
  readonly project: (project: Project) => Judgement;
  /** Names of the calls this rule asks the project for, so that the reader keeps them: `flask_limiter.Limiter`, `*.incr`, or a last name alone. */
  readonly reads?: readonly string[];
  /** Roles of source files it looks at beside production's, so that they are parsed. */
  readonly roles?: FileRule<unknown>['roles'];
  readonly fix?: Fix<Gap> | readonly Fix<Gap>[];
}

export type Rule = Card & { readonly examples: () => Readonly<Record<string, Example>>; readonly applies: (project: Project) => true | string } & (
  | { readonly scope: 'file'; readonly file: FileRule<unknown> }
  | { readonly scope: 'project'; readonly whole: ProjectRule });

/** A rule that judges places one by one. */
export function rule<Match>(definition: FileRule<Match>): (category: Category) => Rule {
  return (category) => ({ ...card(definition, category), scope: 'file', file: definition as FileRule<unknown> });
}

/** A rule that judges a control of the whole project, once. */
export function projectRule(definition: ProjectRule): (category: Category) => Rule {
  return (category) => ({ ...card(definition, category), scope: 'project', whole: definition });
}

function card(definition: Documented, category: Category) {
  return {
    id: definition.id, category, title: definition.title, severity: definition.severity,
    points: definition.points ?? POINTS[definition.severity].usual, confidence: definition.confidence, blocks: definition.blocks,
    effort: definition.effort, since: definition.since, why: definition.why, how: definition.how, links: definition.links,
    anchors: definition.anchors ?? [], hides: definition.hides ?? [],
    ...(definition.ladder && { ladder: definition.ladder }), ...(definition.attestable && { attestable: definition.attestable }), ...(definition.secret && { secret: true as const }), ...(definition.atRest && { atRest: true as const }),
    examples: definition.examples, applies: definition.applies ?? (() => true as const),
  };
}
