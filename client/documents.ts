// Which open documents the server hears of. By language, and by pattern where a file has another language in each editor,
// or none. The server decides what it makes of them.

const LANGUAGES = [
  'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact',
  'html', 'jinja', 'jinja-html', 'django-html',
  'dockerfile', 'dockercompose', 'yaml', 'github-actions-workflow', 'json', 'jsonc', 'toml', 'ini', 'properties', 'dotenv',
  'shellscript', 'sql', 'ignore', 'pip-requirements', 'markdown',
];

const PATTERNS = [
  '**/Procfile*', '**/{Dockerfile,Containerfile}*', '**/*.{Dockerfile,dockerfile}', '**/.env*', '**/*.env',
  '**/{requirements,constraints}*.{txt,in}', '**/requirements/*.{txt,in}', '**/Pipfile',
  '**/crontab*', '**/*.{cron,crontab}', '**/*.{service,timer,socket}',
  '**/*nginx*', '**/nginx/**', '**/conf.d/*', '**/sites-{available,enabled}/*',
  '**/*.{j2,jinja,jinja2}', '**/.{git,docker}ignore',
];

type Filter = { readonly scheme: string; readonly language: string } | { readonly scheme: string; readonly pattern: string };

/** Files on disk only: the server reads their neighbours there. */
export const DOCUMENTS: readonly Filter[] = [
  ...LANGUAGES.map((language) => ({ scheme: 'file', language })),
  ...PATTERNS.map((pattern) => ({ scheme: 'file', pattern })),
];
