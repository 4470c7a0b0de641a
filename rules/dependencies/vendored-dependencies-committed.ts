import type { Gap, InstalledFolder, Judgement, Project } from '../kit';
import { ignoring, knowsGit, projectRule } from '../kit';

export default projectRule({
  id: 'vendored-dependencies-committed',
  title: 'Installed packages and virtualenvs are not committed',
  severity: 'medium', points: 4, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `The copy is built for one machine, is never patched and hides what the project really uses. Scans and reviews drown in it.`,
  how: `Untrack it with \`git rm -r --cached\` and install from the lock file.`,
  links: ['https://git-scm.com/docs/gitignore', 'https://12factor.net/dependencies'],
  anchors: ['CWE-1104'],

  applies: (project) => knowsGit(project) || 'There is neither a git repository nor a .gitignore in this folder.',
  project: judge,

  fix: {
    title: 'Ignore the folder', safety: 'review', edit: (_gap, { project }) => ignoring(patterns(project), project),
    remains: 'Run `git rm -r --cached` on the folder: what is tracked stays tracked.',
  },

  examples: () => ({
    'a virtual environment': {
      bad: { 'venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.3\n', '.gitignore': '*.pyc\n' },
      good: { '.gitignore': '*.pyc\nvenv/\n' },
    },
    'a virtual environment with a name of its own': { bad: { 'backend/env/pyvenv.cfg': 'home = /usr/bin\n', '.gitignore': 'node_modules/\n' } },
    'ignored': { good: { '.gitignore': 'venv/\nnode_modules/\n', 'app.py': 'print("ok")\n', 'venv/pyvenv.cfg': 'home = /usr/bin\n' } },
    'real source': { good: { 'config/env/production.js': 'module.exports = { port: process.env.PORT };\n', 'env/__init__.py': '', '.gitignore': '*.pyc\n' } },
    'no repository': { good: { 'venv/pyvenv.cfg': 'home = /usr/bin\n', 'app.py': 'print("ok")\n' } },
    'an environment that a test looks at': { good: { 'tests/fixtures/venv/pyvenv.cfg': 'home = /usr/bin\n', '.gitignore': '*.pyc\n' } },
  }),
});

function judge(project: Project): Judgement {
  const all = folders(project);
  const large = all.filter((each) => each.kind !== 'cache');
  const caches = all.filter((each) => each.kind === 'cache');
  const file = project.paths.includes('.gitignore') ? '.gitignore' : project.anchor.path;
  const at = { path: file, start: 0, end: 0 };
  const held = project.tracked(project.paths[0] ?? '') === undefined ? 'is not ignored by git' : 'is tracked by git';
  const open = large.map((each): Gap => ({ at, message: `${each.path}/ (${each.count} ${each.count === 1 ? 'file' : 'files'}) ${held}.` }));
  if (caches.length > 0 && open.length === 0) open.push({ at, message: `Compiled files of Python are tracked by git, in ${caches.length} __pycache__ ${caches.length === 1 ? 'folder' : 'folders'}.`, variation: { severity: 'low', points: 1, because: 'they are only stale' } });
  return open.length > 0 ? { open } : { holds: [{ ...at, text: 'no installed packages in git' }] };
}

/** Those that are the project's own: what tests are made of stays. */
function folders(project: Project): readonly InstalledFolder[] {
  return project.installed.filter((each) => !/(^|\/)(tests?|__tests__|fixtures?|testdata|examples?)\//.test(each.path));
}

function patterns(project: Project): readonly string[] {
  const all = folders(project);
  return [...new Set(all.map((each) => each.kind === 'environment' ? `${each.path}/` : each.kind === 'cache' ? '__pycache__/' : `${each.path.slice(each.path.lastIndexOf('/') + 1)}/`))];
}
