/**
 * Which reader a file is for, by its name and folder alone. Names are compared without case: `dockerfile`, `MAKEFILE` and
 * `Procfile` are found on every disk.
 */
import type { Kind } from '../../rules/kit';
import { isVendored } from './vendored';

const LOCK = /(?:^|\/)(?:(?:package-lock|npm-shrinkwrap)\.json|(?:yarn|poetry|uv|pdm|bun|pipfile)\.lock|bun\.lockb|pnpm-lock\.ya?ml|pylock(?:\.[^/]+)?\.toml)$/;

/** The first pattern that fits the path (lower case, with `/`) decides; order is from the particular to the general. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$|^action\.ya?ml$|(?:^|\/)\.(?:github|gitea|forgejo)\/(?:[^/]+\/)*action\.ya?ml$/, 'workflow'],
  [/(?:^|[/.])gitlab-ci(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)\.gitlab\/(?:[^/]+\/)*[^/]+\.ya?ml$/, 'pipeline'],
  [/(?:^|\/)\.circleci\/[^/]+\.ya?ml$|(?:^|\/)\.?azure-pipelines?(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)\.azure-pipelines\/(?:[^/]+\/)*[^/]+\.ya?ml$/, 'pipeline'],
  [/(?:^|\/)jenkinsfile(?:[._-][^/]*)?$|\.jenkinsfile$/, 'pipeline'],
  [/(?:^|\/)(?:bitbucket-pipelines|\.drone|\.woodpecker|\.travis|\.?appveyor|\.cirrus|\.?codefresh|\.?codeship-steps)\.ya?ml$/, 'pipeline'],
  [/(?:^|\/)\.(?:woodpecker|buildkite|semaphore)\/(?:[^/]+\/)*[^/]+\.ya?ml$|(?:^|\/)(?:cloudbuild|buildspec)(?:[._-][^/]*)?\.ya?ml$/, 'pipeline'],
  [/(?:^|\/)\.[a-z]+ignore$|\.dockerignore$/, 'ignore'],
  [/(?:^|\/)(?:dockerfile|containerfile)(?:[._-](?!(?:md|py|js|ts|txt|json|ya?ml)$)[^/]*)?$|\.(?:dockerfile|containerfile)$/, 'dockerfile'],
  [/(?:^|[/._-])compose(?:[._-][^/]*)?\.ya?ml$|(?:^|\/)docker-stack(?:[._-][^/]*)?\.ya?ml$/, 'compose'],
  [/(?:^|\/)\.env(?:rc)?$|(?:^|[/.])env\.(?!(?:[cm]?[jt]sx?|d\.ts|pyw?|json|ya?ml|toml|html|md|sh|vue)$)[^/]+$|\.env$|(?:^|\/)\.flaskenv$|(?:^|\/)\.env[_-][^/.]+$/, 'dotenv'],
  [LOCK, 'manifest'],
  [/(?:^|\/)(?:package\.json|pyproject\.toml|pipfile|setup\.cfg)$/, 'manifest'],
  [/(?:^|[/._-])(?:requirements|constraints)(?:[._-][^/]*)?\.(?:txt|in|pip)$|(?:^|\/)requirements\/[^/]+\.(?:txt|in|pip)$/, 'manifest'],
  [/(?:^|\/)(?:render\.ya?ml|fly(?:\.[^/]+)?\.toml|\.?app\.ya?ml|vercel\.json|now\.json|netlify\.toml|railway\.(?:json|toml)|heroku\.ya?ml|app\.json|nixpacks\.toml|apprunner\.ya?ml|\.platform\.app\.ya?ml|wrangler\.toml|zeabur\.ya?ml)$/, 'platform'],
  [/(?:^|\/)procfile(?:\.[^/]+)?$/, 'procfile'],
  [/(?:^|\/)crontab(?:\.[^/]+)?$|\.cron(?:tab)?$|(?:^|\/)cron\.d\/[^/]+$/, 'crontab'],
  [/\.(?:service|timer|socket)(?:\.d\/[^/]+\.conf)?$|\.(?:ini|cfg)$|(?:^|\/)supervisord?(?:[._-][^/]*)?\.conf$|(?:^|\/)supervisor\/(?:[^/]+\/)*[^/]+\.conf$|(?:^|\/)\.(?:coveragerc|flake8|pypirc)$/, 'ini'],
  [/(?:^|[/._-])nginx(?:[._-][^/]*)?\.conf$|\.nginx$|(?:^|\/)(?:nginx\/(?:[^/]+\/)*[^/]+\.conf|sites-(?:available|enabled)\/[^/]+|conf\.d\/[^/]+\.conf)$/, 'nginx'],
  [/\.(?:pyw?|[cm]?[jt]s|[jt]sx)$/, 'module'],
  [/\.(?:sh|bash|zsh|ksh|ash)$|(?:^|\/)(?:docker-)?entry-?point$|(?:^|\/)(?:bin|scripts|hooks|\.husky|\.githooks|\.ci)\/[^/.]+$/, 'shell'],
  [/\.(?:html?|xhtml|j2|jinja2?|njk|nunjucks|hbs|handlebars|ejs|pug|jade|liquid|mustache|twig|mako|vue|svelte|astro)$/, 'template'],
  [/\.(?:md|mdx|markdown)$/, 'markdown'],
  [/(?:^|\/)(?:gnu)?makefile(?:\.[^/]+)?$|\.mk$|(?:^|\/)\.?justfile$|(?:^|\/)caddyfile(?:\.[^/]+)?$/, 'plain'],
  [/\.(?:toml|ya?ml|json|jsonc|css|scss|less|sql|txt|rst|adoc|conf|prisma|graphql|tfstate)$/, 'plain'],
  [/\.(?:pem|key|crt|cer|pub|asc)$|(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)$|(?:^|\/)\.(?:npmrc|netrc|pgpass|htpasswd|git-credentials|dockercfg|s3cfg|boto|yarnrc)$|(?:^|\/)(?:kubeconfig|credentials|\.aws\/config)$/, 'plain'],
  [/(?:^|\/)nginx\/(?:[^/]+\/)*[^/.]+$/, 'nginx'],
  [/(?:^|\/)\.(?:python-version|node-version|nvmrc|tool-versions|ruby-version|babelrc|eslintrc|prettierrc)$|(?:^|\/)(?:licen[cs]e|copying|notice|readme|changelog|authors|codeowners|security|contributing|_headers|_redirects)$/, 'plain'],
];

/** Endings of files that are filled in before use: what stands before decides, where it is a file that runs something. */
const FILLED_IN = /\.(?:j2|jinja2?|tmpl|tpl|template|erb|example|sample|dist)$/;
const RUNS: ReadonlySet<Kind> = new Set<Kind>(['dockerfile', 'compose', 'nginx', 'ini', 'procfile', 'crontab', 'platform', 'workflow', 'pipeline', 'manifest', 'shell']);

/**
 * The kind of unit a file gives, by its path (relative to the workspace, with `/`); undefined for files that are not read,
 * vendored ones among them. A `plain` YAML, JSON or `.conf` file may turn out to be Kubernetes, nginx or ini once its text is read.
 */
export function kindOf(path: string): Kind | undefined {
  return isVendored(path) ? undefined : named(path.toLowerCase());
}

function named(lower: string): Kind | undefined {
  const kind = KINDS.find(([pattern]) => pattern.test(lower))?.[1];
  if (!FILLED_IN.test(lower) || kind === 'dotenv') return kind;
  const inner = named(lower.replace(FILLED_IN, ''));
  return inner && RUNS.has(inner) ? inner : kind;
}

/** A lock file: that it is there counts, its text is not read. */
export function isLock(path: string): boolean {
  return LOCK.test(path.toLowerCase());
}

/** `.env`, `.env.local`, `production.env`: a file that may hold secrets, and no template meant to be copied. */
export function isEnvFile(path: string): boolean {
  return named(path.toLowerCase()) === 'dotenv' && !isExampleName(path);
}

/** A template meant to be copied: its name ends, before or after the usual ending, in `example`, `sample`, `template`, `dist` or `defaults`. */
export function isExampleName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return /(?:^|[._-])(?:example|sample|template|tmpl|tpl|dist|defaults?)(?:\.[a-z0-9]+)?$/.test(name);
}
