// Which open documents the server hears of. By language, and by pattern where a file has another language in each editor,
// or none. The server decides what it makes of them.

const LANGUAGES = [
  'python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact',
  'html', 'jinja', 'jinja-html', 'django-html',
  'dockerfile', 'dockercompose', 'yaml', 'github-actions-workflow', 'json', 'jsonc', 'toml', 'ini', 'properties', 'dotenv',
  'shellscript', 'sql', 'ignore', 'pip-requirements', 'markdown',
];

const PATTERNS = [
  '**/*.{yml,yaml,json,jsonc,toml,ini,cfg,conf,sh,bash,zsh,md,sql,html}', '**/*.{j2,jinja,jinja2,erb,tmpl,tpl,template,example,sample,dist}',
  '**/{Dockerfile,Containerfile,dockerfile}*', '**/*.{Dockerfile,dockerfile}', '**/Procfile*', '**/{Makefile,makefile,GNUmakefile,justfile,.justfile,Caddyfile}*', '**/*.mk',
  '**/{.env,.flaskenv,env.}*', '**/*.env', '**/{requirements,constraints}*.{txt,in,pip}', '**/*{-,_,.}{requirements,constraints}*.{txt,in,pip}', '**/requirements/*', '**/Pipfile',
  '**/crontab*', '**/cron.d/*', '**/*.{cron,crontab}', '**/*.{service,timer,socket}', '**/Jenkinsfile*',
  '**/*nginx*', '**/nginx/**', '**/sites-{available,enabled}/*', '**/{entrypoint,docker-entrypoint}*', '**/{bin,scripts,hooks,.husky,.githooks,.ci}/*', '**/*.*ignore',
];

type Filter = { readonly scheme: string; readonly language: string } | { readonly scheme: string; readonly pattern: string };

/** Files of folders with one of these schemes: the server reads their neighbours there. What is untitled or of an earlier commit has none. */
export function documentsOf(schemes: Iterable<string>): Filter[] {
  return [...new Set(schemes)].flatMap((scheme) => [...LANGUAGES.map((language) => ({ scheme, language })), ...PATTERNS.map((pattern) => ({ scheme, pattern }))]);
}
