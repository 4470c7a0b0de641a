/**
 * The other files of a project as facts, with exact spans: container, deployment, CI, environment, dependency, ignore and
 * text files. Each is one shape with a `kind`; the readers are in engine/files.
 *
 * Spans: `at` is the whole fact, `valueAt` the value as written, quotes included, so that replacing it decides on quoting
 * too. Values are without their quotes and otherwise as written: `${X:-y}`, `1.10`, `on`.
 */
import type { Module, Role, Suppression } from './module';
import type { Span } from './place';

/** Every file the engine read, by kind. */
export type Unit =
  | Module | Dockerfile | Compose | Workflow | Pipeline | Dotenv | Shell | Nginx | Manifest | Ignore | Ini | Procfile | Crontab
  | Platform | Kubernetes | Template | Markdown | Plain;
export type Kind = Unit['kind'];
export type UnitOf<K extends Kind> = Extract<Unit, { readonly kind: K }>;

interface File {
  readonly path: string;
  /** What the file is for, by its path. `script` is said of source modules only. */
  readonly role: Role;
  /** False when part of it could not be understood (a template, broken syntax): absence then proves nothing. */
  readonly whole: boolean;
  readonly suppressions: readonly Suppression[];
}

/** A name and its value: `NAME=value`, `name: value`. Without a value: only named. */
export interface Pair { readonly name: string; readonly value?: string; readonly at: Span; readonly valueAt?: Span }

/**
 * One value of a nested file under its flattened key: `services.0.healthCheckPath`. Maps and lists that hold nothing are
 * leaves of the value `{}` and `[]`; a key without a value has the empty text.
 */
export interface Leaf { readonly key: string; readonly value: string; readonly at: Span; readonly valueAt: Span }

/** One simple command of a shell. Order is that of the text; what stands in a substitution follows the command around it. */
export interface Command {
  /** Unquoted, with expansions left as written: `["rm", "-rf", "$DIR/cache"]`. Empty for a line of assignments only. */
  readonly words: readonly string[];
  /** One for each word, quotes included. */
  readonly wordsAt: readonly Span[];
  /** `X=1` in front of the words. */
  readonly assignments: readonly Pair[];
  readonly redirects: readonly { readonly op: string; readonly target: string; readonly at: Span }[];
  /** What joins it to the next command of the same depth: `|` pipes into it. Empty at the end of a list. */
  readonly then: '|' | '&&' | '||' | ';' | '&' | '';
  /** 0 at the top; one more in every `$(…)`, subshell, function body, `sh -c` text and script sent through `<<` to a shell. */
  readonly depth: number;
  /** Its exit status is asked for by `if`, `while`, `until` or `!`. */
  readonly condition: boolean;
  readonly at: Span;
}

/** Text that is run, and the simple commands in it. */
export interface Script { readonly text: string; readonly at: Span; readonly commands: readonly Command[] }

export interface Dockerfile extends File {
  readonly kind: 'dockerfile';
  readonly stages: readonly Stage[];
}
export interface Stage {
  readonly name?: string;
  /** Base image as written, variables resolved from ARG defaults where possible; `from` is set when it is an earlier stage. */
  readonly image: string;
  readonly from?: number;
  /** Its FROM. */
  readonly at: Span;
  readonly imageAt: Span;
  readonly instructions: readonly Instruction[];
}
export interface Instruction {
  /** Upper case: `RUN`, `USER`, `HEALTHCHECK`… */
  readonly keyword: string;
  /** Everything after the keyword and its flags, continuation lines joined. */
  readonly text: string;
  /** Words of the JSON form (after `CMD` in a HEALTHCHECK); absent for the shell form. */
  readonly exec?: readonly string[];
  /** `--name=value` by name; those given several times are joined by a blank. */
  readonly flags: Readonly<Record<string, string>>;
  /** Name and value pairs of ENV, ARG and LABEL. */
  readonly pairs: readonly Pair[];
  /** What RUN, CMD, ENTRYPOINT, HEALTHCHECK and ONBUILD RUN start. */
  readonly commands: readonly Command[];
  readonly at: Span;
}

export interface Compose extends File {
  readonly kind: 'compose';
  readonly services: readonly Service[];
  /** Everything beside the services: `volumes.db`, `networks.back.internal`. */
  readonly entries: readonly Leaf[];
}
export interface Service {
  readonly name: string;
  readonly nameAt: Span;
  readonly image?: string;
  readonly imageAt?: Span;
  /** Folder of the build context (empty for the root) and the Dockerfile in it, workspace-relative; absent when it is only an image. */
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target?: string };
  readonly command?: string;
  readonly commandAt?: Span;
  readonly entrypoint?: string;
  /** What entrypoint and command start. */
  readonly commands: readonly Command[];
  readonly user?: string;
  readonly userAt?: Span;
  readonly healthcheck?: { readonly test: string; readonly disabled: boolean; readonly at: Span };
  readonly environment: readonly Pair[];
  /** Paths are workspace-relative. */
  readonly envFiles: readonly { readonly path: string; readonly at: Span }[];
  /** The long form is written as the short one: `127.0.0.1:80:8000/tcp`, `./data:/data:ro`. */
  readonly ports: readonly { readonly text: string; readonly at: Span }[];
  readonly volumes: readonly { readonly text: string; readonly at: Span }[];
  readonly profiles: readonly string[];
  readonly labels: readonly Pair[];
  readonly replicas?: number;
  readonly dependsOn: readonly string[];
  /** Keys marked `!reset` or `!override`: what other files say under them does not count. */
  readonly resets: readonly string[];
  /** Every value of the service, keys from the service on: `restart`, `privileged`, `depends_on.db.condition`, `cap_add.0`. */
  readonly entries: readonly Leaf[];
  readonly at: Span;
}

/** A GitHub, Gitea or Forgejo workflow, or an action made of steps (`action.yml`). */
export interface Workflow extends File {
  readonly kind: 'workflow';
  /** An action: no triggers, and one job, `runs`, with its steps. */
  readonly composite: boolean;
  readonly name?: string;
  readonly triggers: readonly string[];
  readonly jobs: readonly Job[];
  /** Everything beside the jobs: `on.push.branches.0`, `permissions.contents`, `env.CI`. */
  readonly entries: readonly Leaf[];
}
export interface Job {
  readonly id: string;
  readonly uses?: string;
  readonly usesAt?: Span;
  readonly needs: readonly string[];
  readonly env: readonly Pair[];
  readonly steps: readonly Step[];
  /** Everything beside the steps: `if`, `permissions.contents`, `container.image`, `strategy.matrix.python.0`. */
  readonly entries: readonly Leaf[];
  readonly at: Span;
}
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly usesAt?: Span;
  readonly run?: string;
  readonly runAt?: Span;
  readonly commands: readonly Command[];
  readonly env: readonly Pair[];
  readonly with: readonly Pair[];
  readonly continueOnError: boolean;
  /** Every value of the step: `if`, `id`, `shell`, `with.ref`. */
  readonly entries: readonly Leaf[];
  readonly at: Span;
}

/** CI of another kind: GitLab, CircleCI, Jenkins… `system` is its plain name, `commands` what it runs where that can be told. */
export interface Pipeline extends File {
  readonly kind: 'pipeline';
  readonly system: string;
  /** `job` is the nearest named part of the file it stands in. */
  readonly commands: readonly (Script & { readonly job: string })[];
  readonly entries: readonly Leaf[];
  /** Jobs, where the system is one whose jobs are understood (GitLab); absent for others. */
  readonly jobs?: readonly PipelineJob[];
  /** In the order they run; GitLab's own when the file names none. */
  readonly stages: readonly string[];
  /** Files and templates it takes in that are not in this repository: what they hold is not known. */
  readonly outside: boolean;
}
/** A job of GitLab with what it extends merged in; templates (`.name`) are left out. */
export interface PipelineJob {
  readonly id: string;
  readonly at: Span;
  readonly idAt: Span;
  readonly stage: string;
  readonly needs: readonly string[];
  /** `before_script`, `script` and `after_script`, in this order. */
  readonly scripts: readonly Script[];
  /** Everything else of the job: `allow_failure`, `rules.0.if`, `only.0`, `environment.name`. */
  readonly entries: readonly Leaf[];
}

export interface Dotenv extends File {
  readonly kind: 'dotenv';
  /** A template meant to be copied (`.env.example`): names count, values do not. */
  readonly example: boolean;
  readonly variables: readonly Pair[];
}

export interface Shell extends File {
  readonly kind: 'shell';
  /** Its first line without `#!`: `/bin/bash -e`. */
  readonly interpreter?: string;
  readonly commands: readonly Command[];
}

export interface Nginx extends File {
  readonly kind: 'nginx';
  readonly directives: readonly Directive[];
}
export interface Directive {
  readonly name: string;
  readonly nameAt: Span;
  readonly args: readonly string[];
  readonly argsAt: readonly Span[];
  readonly block?: readonly Directive[];
  /** To its `;` or the `}` of its block. */
  readonly at: Span;
}

/** requirements*.txt, pyproject.toml, Pipfile, setup.py/cfg, package.json and lock files. */
export interface Manifest extends File {
  readonly kind: 'manifest';
  readonly ecosystem: 'python' | 'node';
  /** `requirements`, `constraints`, `pyproject`, `pipfile`, `setup.cfg`, `setup.py`, `package.json`, or a lock file's name. */
  readonly format: string;
  /** A lock file: its packages are in `locked`, and its text is not kept. */
  readonly lock: boolean;
  /** What a lock file holds, in its order; a package may be there in several versions. `line` is from 0. */
  readonly locked?: readonly { readonly name: string; readonly version: string; readonly line: number }[];
  readonly packages: readonly Package[];
  /** Other requirement files this one takes in (`-r`, `-c`), workspace-relative. */
  readonly includes: readonly { readonly path: string; readonly constraint: boolean; readonly at: Span }[];
  /** Named commands: npm scripts, poetry or make-like tasks. */
  readonly scripts: readonly (Script & { readonly name: string; readonly command: string })[];
  /** Range or version as written. */
  readonly pythonVersion?: string;
  readonly nodeVersion?: string;
  /** Every value of a structured manifest: `tool.coverage.run.branch`, `engines.node`. */
  readonly entries: readonly Leaf[];
}
export interface Package {
  readonly name: string;
  /** Range as written: `==2.3.1`, `>=2,<3`, `^4.18.2`. */
  readonly version?: string;
  readonly versionAt?: Span;
  readonly dev: boolean;
  /** Extra or group it belongs to: `dev`, `postgres`. */
  readonly group?: string;
  /** `requests[socks]`. */
  readonly extras: readonly string[];
  /** Condition it is installed under: `python_version < "3.11"`. */
  readonly marker?: string;
  /** Where it comes from, when that is not the registry: a URL, `git+https://…@tag`, a path. */
  readonly source?: string;
  /** A hash stands beside it. */
  readonly hashed: boolean;
  readonly at: Span;
}

export interface Ignore extends File {
  readonly kind: 'ignore';
  /** `git`, `docker`, `vercel`… */
  readonly tool: string;
  readonly patterns: readonly { readonly pattern: string; readonly negated: boolean; readonly at: Span }[];
}

/** systemd units, setup.cfg, alembic.ini, tox.ini, supervisord.conf. */
export interface Ini extends File {
  readonly kind: 'ini';
  readonly format: 'systemd' | 'other';
  /** In order; a name may come again. `commands` is what `Exec…=`, `command=` and tox's `commands=` start. */
  readonly sections: readonly { readonly name: string; readonly at: Span; readonly entries: readonly Pair[]; readonly commands: readonly Command[] }[];
}

export interface Procfile extends File {
  readonly kind: 'procfile';
  readonly processes: readonly { readonly name: string; readonly command: string; readonly commandAt: Span; readonly commands: readonly Command[]; readonly at: Span }[];
}

export interface Crontab extends File {
  readonly kind: 'crontab';
  /** `schedule` as written: five fields or `@daily`. `user` only in system tables. */
  readonly jobs: readonly { readonly schedule: string; readonly user?: string; readonly command: string; readonly commandAt: Span; readonly commands: readonly Command[]; readonly at: Span }[];
  readonly variables: readonly Pair[];
}

/** render.yaml, fly.toml, app.yaml, vercel.json, netlify.toml, railway.json, heroku.yml, app.json. */
export interface Platform extends File {
  readonly kind: 'platform';
  readonly platform: string;
  /** Flattened: `services.0.healthCheckPath` → value. */
  readonly entries: readonly Leaf[];
  /** Those entries that are run: build, release and start commands, with their keys. */
  readonly commands: readonly (Script & { readonly key: string })[];
}

export interface Kubernetes extends File {
  readonly kind: 'kubernetes';
  /** `type` is the object's `kind`; keys of entries are from the object on: `spec.template.spec.containers.0.image`. */
  readonly objects: readonly { readonly type: string; readonly name: string; readonly entries: readonly Leaf[]; readonly at: Span }[];
}

export interface Template extends File {
  readonly kind: 'template';
  readonly engine: 'jinja' | 'django' | 'html' | 'other';
  /** Headers its `<meta http-equiv>` stand for. */
  readonly headers: readonly Pair[];
}

export interface Markdown extends File {
  readonly kind: 'markdown';
  readonly headings: readonly { readonly level: number; readonly text: string; readonly at: Span }[];
  /** Fenced and indented blocks (`block`) and `code` within lines. Text without fences and backticks. */
  readonly code: readonly { readonly block: boolean; readonly language: string; readonly text: string; readonly at: Span }[];
  readonly links: readonly { readonly text: string; readonly target: string; readonly at: Span }[];
}

/** A file whose presence is a fact (a Makefile, a licence, a key) and whose text a rule may look through. */
export interface Plain extends File {
  readonly kind: 'plain';
  readonly format: 'makefile' | 'toml' | 'yaml' | 'json' | 'caddyfile' | 'css' | 'sql' | 'text';
  /** Targets of a Makefile, recipes of a justfile. */
  readonly targets?: readonly Target[];
}
/** `needs` are the targets that are made before it. */
export interface Target { readonly name: string; readonly needs: readonly string[]; readonly commands: readonly Command[]; readonly at: Span }
