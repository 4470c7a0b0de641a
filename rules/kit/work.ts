/** What a command of a pipeline does: tests, lints, scans, builds, deploys. Tasks and scripts it calls are followed. */
import type { Command, Manifest, Unit } from './files';
import { programWords } from './command-lists';
import type { Project } from './project';

/** `types`: type checks. `audit`: known flaws of dependencies. `scan`: code, secrets and images. `deploy`: puts a version where people use it. */
export type Work = 'test' | 'lint' | 'types' | 'scan' | 'audit' | 'build' | 'deploy';

export interface Worked {
  readonly works: ReadonlySet<Work>;
  /** It calls something that is not here, so it may do more. */
  readonly opaque: boolean;
}

/** Calls are followed so many tasks deep: `make ci` → `npm run check` → `npm test`. */
const DEEPEST = 5;

/** What a command does, itself or through the scripts and tasks it calls. */
export function worksOf(command: Command, project: Project): Worked {
  const works = new Set<Work>();
  const opaque = follow(command.words, { project, works, seen: new Set() }, 0);
  return { works, opaque };
}

interface Following { readonly project: Project; readonly works: Set<Work>; readonly seen: Set<string> }

/** Adds what the words do; returns whether something could not be followed. */
function follow(written: readonly string[], at: Following, depth: number): boolean {
  const words = unwrapped(written);
  const [head] = words;
  if (head === undefined || depth > DEEPEST) return false;
  const text = words.join(' ');
  const known = TOOLS.filter(([pattern]) => pattern.test(text));
  for (const [, work] of known) at.works.add(work);
  if (known.length > 0 && !/^(?:tox|nox|pre-commit|prek)\b/.test(text)) return false;
  return task(words, text, at, depth);
}

/** What another file tells: named tasks, targets, scripts, hooks, environments. */
function task(words: readonly string[], text: string, at: Following, depth: number): boolean {
  const [head = ''] = words;
  if (/^(?:g?make|just)$/.test(head)) return targets(words.slice(1), at, depth);
  if (/^(?:npm|yarn|pnpm|bun|poe|pdm|hatch|task|rye|pixi)$/.test(head)) return script(words, at, depth);
  if (/^tox$/.test(head)) return tox(text, at, depth);
  if (/^nox$/.test(head)) return nox(at, depth);
  if (/^(?:pre-commit|prek)$/.test(head)) return hooks(at);
  const file = /^(?:(?:ba|da|z)?sh|source|\.)$/.test(head) ? words.slice(1).find((word) => !word.startsWith('-')) : head;
  return file !== undefined && /\.(?:sh|bash)$|^\.{0,2}\//.test(file) ? shell(file, at, depth) : false;
}

function once(key: string, at: Following, visit: () => boolean): boolean {
  if (at.seen.has(key)) return false;
  at.seen.add(key);
  return visit();
}

const any = (list: readonly boolean[]) => list.some(Boolean);

/** `make lint test`, `make -C backend test`, `just check`: every Makefile that has the target. */
function targets(words: readonly string[], at: Following, depth: number): boolean {
  const names = words.filter((word, index) => !word.startsWith('-') && !word.includes('=') && !/^(?:-C|-f|-j|--directory|--file|--justfile)$/.test(words[index - 1] ?? ''));
  const first = at.project.of('plain').flatMap((unit) => unit.targets ?? []).find((each) => !each.name.startsWith('.'));
  return any((names.length > 0 ? names : [first?.name ?? '']).map((name) => target(name, at, depth)));
}

function target(name: string, at: Following, depth: number): boolean {
  return once(`make ${name}`, at, () => {
    const found = at.project.of('plain').flatMap((unit) => unit.targets ?? []).filter((each) => each.name === name);
    if (found.length === 0) byName(name, at);
    return found.length === 0 || any(found.flatMap((each) => [
      ...each.needs.map((need) => depth < DEEPEST && isTarget(need, at) && target(need, at, depth + 1)), ...each.commands.map((one) => follow(one.words, at, depth + 1)),
    ]));
  });
}

/** What a target needs may be a file. */
function isTarget(name: string, { project }: Following): boolean {
  return project.of('plain').some((unit) => unit.targets?.some((each) => each.name === name));
}

const BY_NAME: readonly (readonly [RegExp, Work])[] = [
  [/(?:^|[:_./-])(?:e2e|tests?|spec|unit|integration)(?:$|[:_./-])/i, 'test'], [/(?:^|[:_./-])(?:lint|format|style|prettier|eslint)(?:$|[:_./-])/i, 'lint'],
  [/type-?s?-?check|(?:^|[:_./-])(?:tsc|mypy|types)(?:$|[:_./-])/i, 'types'], [/(?:^|[:_./-])build(?:$|[:_./-])/i, 'build'], [/(?:^|[:_./-])audit(?:$|[:_./-])/i, 'audit'],
  [/(?:^|[:_./-])deploy(?:$|[:_./-])/i, 'deploy'],
];

function byName(name: string, at: Following): void {
  for (const [pattern, work] of BY_NAME) if (pattern.test(name)) at.works.add(work);
}

const RUNS = /^(?:run|run-script|x|exec)$/;
const OWN: ReadonlySet<string> = new Set(['install', 'ci', 'i', 'add', 'remove', 'update', 'publish', 'pack', 'config', 'cache', 'set', 'global', 'login', 'link', 'version', 'sync', 'lock', 'env', 'shell', 'dlx', 'self', 'import', 'create', 'init', 'why', 'ls', 'list', 'outdated', 'store', 'fetch', 'rebuild', 'dedupe', 'prune', 'setup']);

/** `npm test`, `yarn lint`, `pnpm --filter web run build`, `hatch run test:cov`, `poe check`. */
function script(words: readonly string[], at: Following, depth: number): boolean {
  const [head = '', ...rest] = words;
  const plain = rest.filter((word, index) => !word.startsWith('-') && !/^(?:--filter|-F|--prefix|-C|--cwd|--dir|-w|--workspace)$/.test(rest[index - 1] ?? ''));
  const [first, second] = plain[0] !== undefined && (RUNS.test(plain[0]) || (plain[0] === 'workspace' && plain.length > 2)) ? plain.slice(plain[0] === 'workspace' ? 2 : 1) : plain;
  const named = first !== undefined && RUNS.test(first) ? second : first;
  const name = named === 't' && head === 'npm' ? 'test' : named?.replace(/^.*:(?=\w)/, head === 'hatch' ? '' : '$&');
  if (name === undefined || (OWN.has(name) && !plain.some((word) => RUNS.test(word)))) return false;
  return once(`script ${name}`, at, () => {
    const found = at.project.of('manifest').flatMap((unit: Manifest) => unit.scripts.filter((each) => each.name === name || each.name === named || each.name.endsWith(`.${name}`)));
    if (found.length === 0) { byName(name, at); return true; }
    for (const each of found) {
      if (BUILDS.test(each.name)) at.works.add('build');
      for (const one of each.commands) follow(one.words, at, depth + 1);
    }
    return false;
  });
}

const BUILDS = /^build(?:$|[:_-])/;

/** The environments of tox.ini that are named, else all of them; what stands in other files is not followed. */
function tox(text: string, at: Following, depth: number): boolean {
  const sections = at.project.of('ini').filter((unit) => /(^|\/)tox\.ini$/.test(unit.path)).flatMap((unit) => unit.sections.filter((section) => /^testenv(?::|$)/.test(section.name)));
  const named = /(?:-e|--env|run -e)[ =]?(\S+)/.exec(text)?.[1]?.split(',') ?? [];
  if (sections.length === 0) {
    if (named.length === 0 || named.some((name) => /^py/.test(name))) at.works.add('test');
    for (const name of named) byName(name, at);
    return true;
  }
  const wanted = sections.filter((section) => named.some((name) => section.name === `testenv:${name}`));
  const chosen = wanted.length === named.length && named.length > 0 ? wanted : named.length > 0 ? [...wanted, ...sections.filter((section) => section.name === 'testenv')] : sections;
  return any(chosen.flatMap((section) => section.commands.map((one) => follow(one.words.map((word) => word.replace(/^-+(?=\w)/, '')), at, depth + 1))));
}

function nox(at: Following, depth: number): boolean {
  const text = at.project.paths.filter((path) => /(^|\/)noxfile\.py$/.test(path)).map((path) => at.project.text(path) ?? '').join('\n');
  const calls = [...text.matchAll(/session\.run(?:_always)?\(([^)]*)\)/g)].map((one) => [...(one[1] ?? '').matchAll(/(["'])(.*?)\1/g)].map((word) => word[2] ?? ''));
  if (calls.length === 0) { at.works.add('test'); return true; }
  for (const words of calls) follow(words, at, depth + 1);
  return false;
}

const HOOKS: readonly (readonly [RegExp, Work])[] = [
  [/\b(?:bandit|semgrep|gitleaks|detect-secrets|trufflehog|detect-private-key|talisman|zizmor)\b/, 'scan'], [/\b(?:mypy|pyright|basedpyright|tsc)\b/, 'types'], [/\b(?:pip-audit|safety|osv-scanner)\b/, 'audit'], [/\bpytest\b/, 'test'],
];

/** Hooks of pre-commit: linters at least. */
function hooks(at: Following): boolean {
  at.works.add('lint');
  const path = at.project.paths.find((each) => /(^|\/)\.pre-commit-config\.ya?ml$/.test(each));
  const ids = [...((path && at.project.text(path)) ?? '').matchAll(/^\s*-?\s*id:\s*["']?([\w-]+)/gm)].map((one) => one[1] ?? '');
  for (const [pattern, work] of HOOKS) if (ids.some((id) => pattern.test(id))) at.works.add(work);
  return path === undefined;
}

function shell(file: string, at: Following, depth: number): boolean {
  const name = file.replace(/^(?:\.{0,2}\/)+/, '');
  return once(`shell ${name}`, at, () => {
    const found = at.project.units.filter((unit): unit is Extract<Unit, { kind: 'shell' }> => unit.kind === 'shell' && (unit.path === name || unit.path.endsWith(`/${name}`)));
    if (found.length === 0) { byName(name.replace(/\.\w+$/, ''), at); return !/\$/.test(file); }
    for (const unit of found) for (const one of unit.commands) follow(one.words, at, depth + 1);
    return false;
  });
}

// ---- words in front of the tool

/** Launchers of tools: options, and for some of them a value, are passed over. What starts any program stands in PREFIX of the command lists. */
const WRAPPERS: readonly RegExp[] = [
  /^timeout(?: -\S+(?: \d+\w?)?)* \d+\w? /,
  /^uv(?: --?\S+)* run(?: --?(?:with|extra|group|python|package|directory|project|env-file|p)(?:=\S+| \S+)| --?\S+)* /, /^(?:uvx|pipx run|pipenv run|poetry(?: -\S+)* run|rye run|pdm run(?= (?:python|py\.?test|ruff|mypy|flake8|black|coverage)\b)|pixi run|hatch run(?= (?:python|py\.?test|ruff|mypy|flake8|black|coverage)\b)|conda run(?: -\S+(?: \S+)?)*|micromamba run(?: -\S+(?: \S+)?)*|dotenv run(?: --)?)(?: --?\S+)* /,
  /^(?:npx|bunx|pnpm exec|pnpm dlx|yarn exec|yarn dlx|yarn run(?= (?:eslint|tsc|jest|vitest|prettier)\b)|npm exec)(?: --?(?:yes|y|no-install|package=\S+))*(?: --)? /,
  /^(?:python[\d.]*|py|\S*\/python[\d.]*)(?: -(?:[A-LN-ZBbdEisSuvVx]+|[WX] ?\S+))* -m /, /^coverage3? run(?: --?(?:m(?= )|\S+))* /, /^(?:python[\d.]*|\S*\/python[\d.]*)(?: -[^m]\S*)* (?=\S*(?:manage|setup)\.py\b)/,
  /^(?:cross-env|dotenv(?: -\S+)* --)(?: \w+=\S*)* /, /^(?:doppler run|op run|infisical run|aws-vault exec \S+|sops exec-env \S+)(?: --?\S+)* -- /,
];

/** `docker compose run web pytest`: what runs in a container is found by its name. */
const CONTAINER = /^(?:docker(?:-compose)?|podman|nerdctl|kubectl)\b.*?\b(?:run|exec)\b/;
const IN_CONTAINER = /\s(?=(?:(?:python[\d.]* -m )?(?:pytest|py\.test|unittest|tox|nox|ruff|flake8|mypy|black|bandit|jest|vitest)|(?:python[\d.]* )?(?:\.\/)?manage\.py test|npm (?:run |t)|yarn |pnpm |make |coverage run|(?:ba)?sh (?!-c)\S*test)\b)/;

function unwrapped(written: readonly string[]): readonly string[] {
  let text = written.join(' ');
  for (let round = 0; round < 8; round++) {
    const before = text;
    if (CONTAINER.test(text)) { const inner = IN_CONTAINER.exec(text); if (inner) text = text.slice(inner.index + 1); }
    text = programWords({ words: text.split(' ') }).join(' ');
    for (const wrapper of WRAPPERS) text = text.replace(wrapper, '');
    if (text === before) break;
  }
  return text.replace(/^\.\/node_modules\/\.bin\//, '').replace(/^(?:\S*\/)?(?:\.?venv|env)\/bin\//, '').split(' ').filter((word) => word !== '');
}

// ---- the tools

/** By the command line without what stands before the tool. */
const TOOLS: readonly (readonly [RegExp, Work])[] = [
  [/^(?:pytest|py\.test|unittest|nosetests|nose2|ward|trial|green|behave|robot|lettuce|stestr|jest|vitest|mocha|ava|tap|karma|jasmine|cypress|newman|schemathesis|tavern-ci|hurl|bats|k6|locust|trytond|testcafe|wdio)\b(?!.*--version)/, 'test'],
  [/^(?:\S*\/)?(?:manage|setup|runtests|run_tests|test)\.py(?: -\S+)*(?: test\b|$)|^(?:\S*\/)?manage(?:\.py)?(?: -\S+)* test\b/, 'test'], [/^(?:flask|django-admin|react-scripts|ng|nx|turbo(?: run)?|playwright|node|deno|bun|go|cargo|dotnet|mvn|\.\/mvnw|gradle|\.\/gradlew|dbt|ember|vue-cli-service|lerna run)(?: -\S+)* (?:--)?(?:tests?|e2e|verify|check|test:\S+)\b/, 'test'],
  [/^(?:python[\d.]*|py) \S*\btests?\b\S*\.py\b|^(?:bundle exec )?(?:rspec|phpunit)\b/, 'test'],
  [/^(?:ruff(?! format(?!.*--(?:check|diff)))|flake8|pylint|pyflakes|pycodestyle|pydocstyle|pylama|prospector|black\b.*(?:--check|--diff)|isort\b.*(?:--check|-c\b|--diff)|autopep8 .*--diff|yapf .*(?:-d|--diff)|eslint|biome|oxlint|tslint|jshint|standard|xo|prettier\b.*(?:--check|-c\b|-l\b|--list-different)|stylelint|htmlhint|djlint|curlylint|markdownlint\S*|hadolint|actionlint|shellcheck|yamllint|sqlfluff|vulture|docformatter|pyupgrade|next lint|ng lint|nx lint|turbo (?:run )?lint|vue-cli-service lint|deno lint|golangci-lint|rubocop|codespell|interrogate|refurb|wemake\S*|import-linter|lint-imports|pre-commit|prek)\b/, 'lint'],
  [/^(?:mypy|dmypy|pyright|basedpyright|pyre|pytype|ty check|pyrefly check|tsc\b(?!.*(?:-b|--build|--init))|vue-tsc|svelte-check|turbo (?:run )?(?:type-?check)|zuban)\b/, 'types'],
  [/^(?:bandit|semgrep|opengrep|gitleaks|trufflehog|ggshield|detect-secrets(?:-hook)?|snyk code|sonar-scanner|codeql|checkov|tfsec|kics|njsscan|mobsfscan|horusec|dlint|zizmor|dockle|trivy (?:image|config|repo|repository|k8s)|grype|docker scout|snyk (?:container|iac)|wapiti|zap\S*|nuclei|nikto|bearer scan|dockerfile-?lint|manage\.py check --deploy|\S*manage\.py check\b.*--deploy)\b|\bruff\b.*--(?:extend-)?select[= ]\S*\bS\b/, 'scan'],
  [/^(?:pip-audit|pip_audit|safety|osv-scanner|trivy (?:fs|filesystem|rootfs|sbom)|grype|snyk(?: test| monitor|$)|(?:npm|pnpm|yarn|yarn npm|bun) audit|audit-ci|better-npm-audit|improved-yarn-audit|auditjs|dependency-check|depcheck|uv audit|poetry audit|pipenv (?:check|audit)|jake|retire|socket (?:scan|ci)|cargo audit|owasp\S*)\b/, 'audit'],
  [/^(?:vite build|next build|nuxt (?:build|generate)|react-scripts build|webpack\b|rollup\b|ng build|vue-cli-service build|tsc (?:-b|--build)|parcel build|astro build|gatsby build|esbuild|turbo (?:run )?build|nx (?:run-many .*)?build|docker(?: buildx| compose|-compose)? build|docker-compose build|podman build|buildah|kaniko|poetry build|uv build|python -m build|(?:npm|yarn|pnpm|bun)(?: --?\S+(?: \S+)?)*(?: run)? build\b)/, 'build'],
  [/^(?:ssh|rsync|scp|sftp|lftp)(?![\w-])(?=.*[\w$}]+@|.*:\S*\/|.*\b(?:deploy|host|server|prod\w*|docker|systemctl|\$\w*HOST\w*))/i, 'deploy'],
  [/^(?:flyctl|fly|fastapi)(?: -\S+)* deploy\b|^vercel\b(?!.*(?:pull|build|env|link|login|--version))|^netlify deploy\b.*--prod|^netlify deploy\b|^(?:heroku (?:container:release|builds?:create)|git push .*(?:heroku|dokku|production))|^railway up|^render deploys?|^(?:gcloud (?:\w+ )?(?:app|run|functions) deploy|gcloud run services update)|^aws (?:ecs update-service|ecs deploy|lambda update-function-code|elasticbeanstalk (?:update-environment|create-application-version)|apprunner start-deployment|deploy create-deployment|amplify start-job)|^eb deploy|^az (?:webapp (?:up|deploy\w*|deployment|config container)|containerapp (?:up|update)|functionapp deployment)|^kubectl(?: -\S+(?: \S+)?)* (?:apply|set image|rollout restart|replace|patch)\b|^helm(?:file)? (?:upgrade|install|apply|sync)\b|^kustomize .*apply|^skaffold (?:run|deploy)|^argocd app sync|^(?:cdk|sls|serverless|sam|copilot|zappa|chalice|firebase|surge|wrangler(?: pages)?|dokku|caprover|doctl apps?|cap \w+|dep|kamal|mrsk|piku|nixpacks|modal|now) (?:deploy\w*|update|up|create-deployment)\b|^pulumi up|^(?:terraform|tofu) apply|^ansible-playbook\b|^docker stack deploy|^docker service update|^(?:wrangler|sls|serverless) publish/, 'deploy'],
  [/^curl\b.*(?:deploy[-_]?hook|DEPLOY_HOOK|\/deploy\b|render\.com\/deploy|WEBHOOK_URL_DEPLOY|redeploy|api\.netlify\.com\/build_hooks)/i, 'deploy'],
];

/** What an action does, by its name; undefined when its name does not tell. */
export function workOfAction(uses: string): Work | undefined {
  return ACTIONS.find(([pattern]) => pattern.test(uses))?.[1];
}

const ACTIONS: readonly (readonly [RegExp, Work])[] = [
  [/^(?:github\/codeql-action\/(?:analyze|autobuild)|(?:returntocorp|semgrep)\/|gitleaks\/|trufflesecurity\/|sonarsource\/|sonarqube|pycqa\/bandit|shundor\/python-bandit|mdegis\/bandit|anchore\/scan|bridgecrewio\/|checkmarx\/|zizmorcore\/|woodruffw\/zizmor|ossf\/scorecard|zricethezav\/|gitguardian\/|aquasecurity\/(?:trivy|tfsec)-action|docker\/scout-action|zaproxy\/|microsoft\/security-devops|appthreat\/|snyk\/actions\/(?:docker|iac)|fossas\/|veracode\/|stackhawk\/)/i, 'scan'],
  [/^(?:actions\/dependency-review-action|pypa\/gh-action-pip-audit|google\/osv-scanner|pyupio\/safety|snyk\/actions\/|dependency-check\/|oke-py\/npm-audit|trailofbits\/gh-action-pip-audit)/i, 'audit'],
  [/^(?:pre-commit\/action|tox-dev\/action-pre-commit|j178\/prek-action|psf\/black|astral-sh\/ruff-action|chartboost\/ruff-action|(?:github\/)?super-linter|super-linter\/|reviewdog\/|hadolint\/|wearerequired\/lint-action|py-actions\/flake8|tlambert03\/ruff|rhysd\/actionlint|raven-actions\/actionlint|ludeeus\/action-shellcheck|isort\/|codespell-project\/|oxsecurity\/megalinter|nosborn\/|ibiqlik\/action-yamllint|eslint\/)/i, 'lint'],
  [/^(?:jakebailey\/pyright-action|jpetrucciani\/mypy-check|tsuyoshicho\/action-mypy)/i, 'types'],
  [/^(?:cypress-io\/|pavelzw\/pytest-action|pytest-dev\/|browserstack\/|chromaui\/|artiomtr\/jest-coverage)/i, 'test'],
  [/^docker\/(?:build-push-action|bake-action)/i, 'build'],
  [/^(?:appleboy\/(?:ssh|scp)-action|easingthemes\/|burnett01\/rsync|contention\/rsync|garygrossgarten\/|fifsky\/ssh|superfly\/|amondnet\/vercel|akhileshns\/|azure\/(?:webapps-deploy|container-apps-deploy|k8s-deploy|functions-action|static-web-apps-deploy|appservice)|aws-actions\/amazon-(?:ecs-deploy|ecs-deploy-express|eks)|einaregilsson\/beanstalk|google-github-actions\/deploy|johnbeynon\/render|digitalocean\/app_action|nwtgck\/actions-netlify|netlify\/actions|cloudflare\/(?:wrangler|pages)|bervprojects\/railway|caprover\/|dokku\/github-action|deployphp\/|samkirkland\/ftp|wlixcc\/|serverless\/|pulumi\/actions|bitovi\/|basecamp\/kamal|d3rhase\/heroku|justjanne\/|railwayapp\/|render-deploy)/i, 'deploy'],
];
