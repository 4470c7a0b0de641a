/** Every setting, declared once: the manifest's section, the type, the defaults and the docs are generated from this list. */
export interface SettingDeclaration {
  readonly key: string;
  readonly type: 'boolean' | 'string' | 'object' | 'array';
  readonly scope: 'resource' | 'window' | 'machine';
  readonly default: unknown;
  readonly enum?: readonly string[];
  /** One sentence for each value of `enum`. */
  readonly enumDescriptions?: readonly string[];
  /** Of an array: what it may hold, each once. Other texts are taken too, because tools come and go. */
  readonly items?: readonly string[];
  readonly description: string;
}

export const SETTINGS = [
  {
    key: 'shipworthy.enable', type: 'boolean', scope: 'resource', default: true,
    description: 'Look at the files of this folder.',
  },
  {
    key: 'shipworthy.problems', type: 'string', scope: 'resource', default: 'openFiles', enum: ['openFiles', 'changedFiles', 'workspace'],
    enumDescriptions: ['Squiggles and problems for open files only. The report card always covers the whole folder.', 'Problems for open files, and for files that are not as in the commit that is checked out. Without a git repository, for open files only.', 'Problems for every file of the folder.'],
    description: 'Which files show findings in the Problems view.',
  },
  {
    key: 'shipworthy.defer', type: 'array', scope: 'resource', default: [], items: ['bandit', 'checkov', 'eslint', 'flake8', 'hadolint', 'njsscan', 'pylint', 'ruff', 'semgrep', 'shellcheck', 'trivy', 'zizmor'],
    description: 'Other tools whose word is enough: where one of them underlines the same line for the same reason (its rule is named on the page of ours), our finding is not shown there. The report card keeps it.',
  },
  {
    key: 'shipworthy.codeLens', type: 'boolean', scope: 'resource', default: false,
    description: 'Shows grade and verdict above the file that describes an application, such as `pyproject.toml`.',
  },
  {
    key: 'shipworthy.trace.server', type: 'string', scope: 'window', default: 'off', enum: ['off', 'messages', 'verbose'],
    enumDescriptions: ['No trace.', 'The names of messages.', 'Messages with their content.'],
    description: 'Traces what the editor and the language server say to each other in the output channel.',
  },
] as const satisfies readonly SettingDeclaration[];

/** The part of every key that LSP clients ask and send settings by. */
export const SECTION = 'shipworthy';

/** The settings of one folder that the server heeds. */
export interface Settings { readonly enable: boolean; readonly problems: 'openFiles' | 'changedFiles' | 'workspace'; readonly defer: readonly string[]; readonly codeLens: boolean }
export const DEFAULT_SETTINGS: Settings = { enable: true, problems: 'openFiles', defer: [], codeLens: false };
