import type { Evidence, Judgement, Project } from '../kit';
import { documented, documentPlace, documents, documentsElsewhere, isConcrete, projectRule, sectionAbout } from '../kit';

export default projectRule({
  id: 'release-process-undocumented',
  title: 'Releases are versioned and listed',
  severity: 'low', points: 1, confidence: 'possible', blocks: 'never', effort: 'S', since: '1',
  why: `Support cannot say which version a customer has or what changed. Rolling back needs a name to roll back to.`,
  how: `Tag releases and note changes as you merge.`,
  links: ['https://keepachangelog.com/', 'https://semver.org/'],
  attestable: 'docs-accuracy',

  applies: (project) => project.deployable ? true : 'Nothing is deployed from here.',
  project: judge,

  fix: { title: 'Create CHANGELOG.md', safety: 'safe', edit: (_gap, { project }) => project.root === '' && !project.paths.some((path) => /^changelog/i.test(path)) ? [{ path: 'CHANGELOG.md', create: '# Changelog\n\n## Unreleased\n' }] : undefined, remains: 'Write a line for each change, and name the version when it is released.' },

  examples: () => ({
    'nothing': { bad: { 'README.md': '# Shop\n', Procfile: 'web: gunicorn app:app\n' } },
    'an empty list of changes': { bad: { 'CHANGELOG.md': '# Changelog\n', Procfile: 'web: gunicorn app:app\n' } },
    'versions of the API': { bad: { 'docs/architecture.md': '# Architecture\n## API versioning\nEvery address begins with `/api/v1`; a change that breaks clients gets `/api/v2`.\n\n```sh\ncurl /api/v1/orders\n```\n', Procfile: 'web: gunicorn app:app\n' } },
    'what goes together with what': { bad: { 'docs/setup.md': '# Setup\n## Backward compatibility\nOld messages go through `send_sms()` as before.\n## Python version compatibility\nUse `python3.12`.\n', Procfile: 'web: gunicorn app:app\n' } },
    'a list of changes': { good: { 'CHANGELOG.md': '# Changelog\n## 1.2.0 - 2026-02-01\n- Orders can be cancelled.\n', Procfile: 'web: gunicorn app:app\n' } },
    'one that begins': { good: { 'CHANGELOG.md': '# Changelog\n\n## Unreleased\n', Procfile: 'web: gunicorn app:app\n' } },
    'a release by tag': { good: { '.github/workflows/release.yml': 'on: {push: {tags: ["v*"]}}\njobs:\n  release:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gh release create "$GITHUB_REF_NAME" --generate-notes\n', Procfile: 'web: gunicorn app:app\n' } },
    'releases of the platform': { good: { '.github/workflows/deploy.yml': 'on:\n  release:\n    types: [published]\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: fly deploy\n', Procfile: 'web: gunicorn app:app\n' } },
    'a tool that versions': { good: { '.release-please-manifest.json': '{".": "1.0.0"}\n', Procfile: 'web: gunicorn app:app\n' } },
    'main is what runs, by commit': { good: { 'README.md': '# Shop\n## Releases\nEvery commit on main is deployed by `deploy.yml` and tagged by its hash.\n', Procfile: 'web: gunicorn app:app\n' } },
    'images named by commit': { good: { '.github/workflows/deploy.yml': 'on: {push: {branches: [main]}}\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t registry.invalid/shop:${{ github.sha }} . && docker push registry.invalid/shop:${{ github.sha }}\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation that is a site of its own': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nSee [the documentation](https://docs.shopfront.example/) for how to run it.\n', 'pyproject.toml': '[project]\nname = "shopfront"\nversion = "1"\n', Procfile: 'web: gunicorn app:app\n' } },
    'a project to start from': { severity: 'info', bad: { 'README.md': '# Shopfront\n\nA boilerplate for shops, ready to be filled.\n', Procfile: 'web: gunicorn app:app\n' } },
    'documentation of somebody else': { bad: { 'README.md': '# Shop\n\nBuilt with [Flask](https://docs.palletsprojects.example/flask/).\n', Procfile: 'web: gunicorn app:app\n' } },
    'nothing shows that it is deployed': { severity: 'info', bad: { 'README.md': '# Shop\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' } },
    'a library': { good: { 'shapes/square.py': 'def area(side):\n    return side * side\n' } },
  }),
});

const TOOLS = /(^|\/)(release-please-config\.json|\.release-please-manifest\.json|\.releaserc(\.\w+)?|release\.config\.[cm]?js|\.bumpversion\.(cfg|toml)|\.changeset\/config\.json|towncrier\.toml|cliff\.toml|\.github\/release(-drafter)?\.ya?ml|\.goreleaser\.ya?ml)$/;
const TITLE = /\b(releas(e|es|ing)|versioning|promotion|changelog|versionen|lanzamiento|versões)\b/i;
/** How addresses of an API carry a version says nothing of how versions are made. */
const INTERFACE = /\b(api|routes?|endpoints?|urls?|browsers?|schema)\b/i;

function judge(project: Project): Judgement {
  const aside = documentsElsewhere(project);
  const found = releases(project);
  return found ? { holds: [found] } : { open: [{ at: documentPlace(project), message: 'No list of changes, no workflow that releases by tag and no document says which versions there are.', ...(aside && { variation: aside }) }] };
}

function releases(project: Project): Evidence | undefined {
  const list = documents(project).find((each) => /^(change-?logs?|changes|history|news|release[-_]?notes?)$/.test(each.name) && /\bunreleased\b|\bv?\d+\.\d+|\b20\d\d-\d\d/i.test(each.text)) ?? documents(project).find((each) => /(^|\/)(changelogs?|releases|release-notes)\/[^/]+$/i.test(each.path));
  if (list) return documented(list, 'changes are listed');
  const tool = project.paths.find((path) => TOOLS.test(path));
  if (tool !== undefined) return { path: tool, start: 0, end: 0, text: tool };
  const workflow = project.of('workflow').find((unit) => unit.triggers.includes('release') || unit.entries.some((each) => each.key.startsWith('on.push.tags')) || unit.jobs.some((job) => job.steps.some((step) => /github\.sha|GITHUB_SHA|gh release|semantic-release/.test(`${step.run ?? ''} ${step.with.map((pair) => pair.value ?? '').join(' ')}`) && /docker|image|release|push/.test(`${step.run ?? ''} ${step.uses ?? ''}`))));
  if (workflow) return { path: workflow.path, start: 0, end: 0, text: 'releases have names' };
  const section = sectionAbout(project, TITLE, (each) => !INTERFACE.test(each.title) && isConcrete(each.body));
  return section && documented(section, 'releases');
}
