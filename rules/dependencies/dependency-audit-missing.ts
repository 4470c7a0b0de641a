import type { Evidence, Judgement, Manifest, NewFile, Project } from '../kit';
import { ciJobs, fileName, projectRule, runCommands, worksOf } from '../kit';

type Ecosystem = Manifest['ecosystem'];

export default projectRule({
  id: 'dependency-audit-missing',
  title: 'Dependencies are scanned and updated automatically',
  severity: 'low', points: 3, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `Most break-ins use flaws that were mended months before. Nobody reads advisories by hand.`,
  how: `Let a bot open update requests, and a scan fail the build on grave findings.`,
  links: ['https://docs.github.com/en/code-security/dependabot', 'https://pypi.org/project/pip-audit/', 'https://cheatsheetseries.owasp.org/cheatsheets/Vulnerable_Dependency_Management_Cheat_Sheet.html'],
  anchors: ['CWE-1104', 'ASVS 15.1'],
  attestable: 'dependency-update-review',

  applies: (project) => ecosystems(project).length > 0 || 'No manifest names dependencies.',
  project: judge,

  fix: { title: 'Create dependabot.yml', safety: 'safe', edit: (_gap, { project }) => dependabot(project) },

  examples: () => ({
    'nothing at all': {
      bad: { 'requirements.txt': 'flask==3.0.3\n', '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n' },
      good: { '.github/dependabot.yml': 'version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule:\n      interval: weekly\n  - package-ecosystem: github-actions\n    directory: /\n    schedule:\n      interval: weekly\n' },
      severity: 'low',
    },
    'a service of node': { bad: { 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', '.gitlab-ci.yml': 'test:\n  script: [npm ci, npm test]\n' } },
    'the front end is forgotten': { bad: { 'requirements.txt': 'flask==3.0.3\n', 'web/package.json': '{ "dependencies": { "react": "18.3.1" } }\n', '.github/dependabot.yml': 'version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: weekly}\n', '.github/workflows/audit.yml': 'on: {schedule: [{cron: "0 3 * * 1"}]}\njobs:\n  audit:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip-audit -r requirements.txt\n' } },
    'updates are enough: alerts of the platform cannot be seen in files': { good: { 'requirements.txt': 'flask==3.0.3\n', '.github/dependabot.yml': 'version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule: {interval: weekly}\n' } },
    'both': { good: { 'requirements.txt': 'flask==3.0.3\n', '.github/dependabot.yml': 'version: 2\nupdates:\n  - {package-ecosystem: pip, directory: /, schedule: {interval: weekly}}\n', '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip-audit -r requirements.txt\n' } },
    'renovate for all': { good: { 'package.json': '{ "dependencies": { "express": "4.19.2" } }\n', 'renovate.json': '{ "extends": ["config:recommended"] }\n', '.gitlab-ci.yml': 'audit:\n  script: [npm ci, npm audit --audit-level=high]\n' } },
    'a scan without updates': { bad: { 'requirements.txt': 'flask==3.0.3\n', '.github/workflows/ci.yml': 'on: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: pypa/gh-action-pip-audit@v1\n' } },
    'a scan in a Makefile': { bad: { 'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n', Makefile: 'audit:\n\tuvx pip-audit\n' } },
    'a review of what changes': { good: { 'requirements.txt': 'flask==3.0.3\n', '.github/workflows/review.yml': 'on: [pull_request]\njobs:\n  review:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/dependency-review-action@v4\n', '.github/renovate.json5': '{ extends: ["config:recommended"] }\n' } },
    'nothing to update': { good: { 'app.py': 'print("x")\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = ecosystems(project);
  const scans = scanning(project);
  const updates = updating(project);
  const bare = all.filter((one) => !scans.some((each) => each.of.includes(one)) && !updates.some((each) => each.of.includes(one)));
  if (bare.length === 0 && updates.length > 0) return { holds: [...updates, ...scans].slice(0, 4).map(({ path, start, end, text }) => ({ path, start, end, text })) };
  const manifest = manifests(project).find((unit) => bare.length === 0 || bare.includes(unit.ecosystem)) ?? manifests(project)[0];
  const at = manifest ? { path: manifest.path, start: 0, end: 0 } : project.anchor;
  if (bare.length > 0) {
    const which = bare.length < all.length ? ` of ${bare.map((one) => NAMES[one]).join(' and ')}` : '';
    return { open: [{ at, message: `Nothing scans the dependencies${which} for known flaws or proposes updates.` }] };
  }
  return { open: [{ at, message: 'Dependencies are scanned for known flaws, but nothing proposes updates.', variation: { severity: 'low', points: 1, because: 'a scan finds what is known' } }] };
}

const NAMES: Readonly<Record<Ecosystem, string>> = { python: 'Python', node: 'Node' };

function manifests(project: Project): readonly Manifest[] {
  const all = project.of('manifest').filter((unit) => !unit.lock && unit.role === 'production' && unit.packages.length > 0 && unit.format !== 'constraints');
  return [...all].sort((a, b) => rank(a) - rank(b));
}

/** The main one first: near the top, and no list for development. */
function rank(unit: Manifest): number {
  return unit.path.split('/').length * 2 + (/(^|[/._-])(dev|test|tests|docs?|lint|ci|build)([._-]|$)/.test(fileName(unit.path)) ? 1 : 0) + (unit.ecosystem === 'node' ? 0.5 : 0);
}

function ecosystems(project: Project): readonly Ecosystem[] {
  return [...new Set(manifests(project).map((unit) => unit.ecosystem))];
}

interface Watch extends Evidence { readonly of: readonly Ecosystem[] }

const BOTH: readonly Ecosystem[] = ['python', 'node'];

/** What looks for known flaws: in CI, in tasks, in hooks. */
function scanning(project: Project): readonly Watch[] {
  const steps = ciJobs(project).flatMap((job) => job.steps.filter((step) => step.works.has('audit')).map((step) => ({
    path: step.path, start: step.start, end: step.end, text: `scanned in ${fileName(step.path)}, job ${job.id}`,
    of: languages(step.step?.uses ?? step.commands.filter((one) => worksOf(one, project).works.has('audit')).map((one) => one.words.join(' ')).join('\n')),
  })));
  const tasks = runCommands(project).filter((each) => /\b(pip-audit|safety (check|scan)|osv-scanner|trivy fs|grype|(npm|yarn|pnpm) audit|snyk test)\b/.test(each.text)).map(({ path, start, end, text }) => ({ path, start, end, text: `${fileName(path)}: ${text.slice(0, 40)}`, of: languages(text) }));
  const texts = project.paths.filter((path) => /(^|\/)(\.pre-commit-config\.ya?ml|\.gitlab-ci\.ya?ml)$/.test(path)).flatMap((path) => {
    const found = /\bid:\s*(?:pip-audit|python-safety[\w-]*|osv-scanner)\b|Dependency-Scanning[\w.-]*/.exec(project.text(path) ?? '');
    return found ? [{ path, start: found.index, end: found.index + found[0].length, text: `scanned by ${fileName(path)}`, of: /Dependency/.test(found[0]) ? BOTH : languages(found[0]) }] : [];
  });
  return [...steps, ...tasks, ...texts];
}

/** Which dependencies a tool knows, by its name. */
function languages(text: string): readonly Ecosystem[] {
  if (/pip[-_]audit|safety|pipenv|uv audit|poetry/.test(text)) return /npm|yarn|pnpm/.test(text) ? BOTH : ['python'];
  return /\b(npm|yarn|pnpm|bun|audit-ci|better-npm-audit|auditjs|retire)\b/.test(text) && !/osv|trivy|grype|snyk/.test(text) ? ['node'] : BOTH;
}

/** Bots that open requests for updates. */
function updating(project: Project): readonly Watch[] {
  return project.paths.flatMap((path): readonly Watch[] => {
    if (/^(\.github\/)?dependabot\.ya?ml$/.test(path)) return [{ path, start: 0, end: 0, text: 'updates by Dependabot', of: ofDependabot(project.text(path) ?? '') }];
    if (/^(\.github\/|\.gitlab\/)?(renovate\.json5?|\.renovaterc(\.json5?)?)$/.test(path)) return [{ path, start: 0, end: 0, text: 'updates by Renovate', of: BOTH }];
    if (/^\.?pyup\.ya?ml$/.test(path)) return [{ path, start: 0, end: 0, text: 'updates by pyup', of: ['python'] }];
    const manifest = project.unit(path);
    const renovate = manifest?.kind === 'manifest' && manifest.format === 'package.json' ? manifest.entries.find((each) => each.key.startsWith('renovate.')) : undefined;
    return renovate ? [{ path, ...renovate.at, text: 'updates by Renovate', of: BOTH }] : [];
  });
}

function ofDependabot(text: string): readonly Ecosystem[] {
  const names = [...text.matchAll(/package-ecosystem["']?\s*:\s*["']?([\w-]+)/g)].map((one) => one[1] ?? '');
  return [...(names.some((name) => /^(pip|uv|pipenv|poetry|conda)$/.test(name)) ? ['python' as const] : []), ...(names.some((name) => /^(npm|yarn|pnpm|bun)$/.test(name)) ? ['node' as const] : [])];
}

// ---- the fix

function dependabot(project: Project): readonly NewFile[] | undefined {
  if (project.root !== '' || project.paths.some((path) => /^\.github\/dependabot\.ya?ml/.test(path))) return undefined;
  const found = manifests(project).map((unit) => ({ ecosystem: nameOf(unit, project), directory: `/${folderOf(unit.path)}` }));
  const actions = project.of('workflow').some((unit) => unit.path.startsWith('.github/')) ? [{ ecosystem: 'github-actions', directory: '/' }] : [];
  const unique = [...new Map([...found, ...actions].map((each) => [`${each.ecosystem} ${each.directory}`, each])).values()].slice(0, 12);
  const updates = unique.map((each) => `  - package-ecosystem: ${each.ecosystem}\n    directory: ${each.directory}\n    schedule:\n      interval: weekly\n`);
  return [{ path: '.github/dependabot.yml', create: `version: 2\nupdates:\n${updates.join('')}` }];
}

function nameOf(unit: Manifest, project: Project): string {
  if (unit.ecosystem === 'node') return 'npm';
  const folder = folderOf(unit.path);
  return project.paths.includes(folder === '' ? 'uv.lock' : `${folder}/uv.lock`) ? 'uv' : 'pip';
}

function folderOf(path: string): string {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  return folder === 'requirements' ? 'requirements' : folder;
}
