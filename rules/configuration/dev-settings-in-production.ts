import type { CallMatch, Project, Selector, Setting, Source, Value } from '../kit';
import { anyOf, call, lookup, onlyInDevelopment, replace, rule, seenInProduction, setting } from '../kit';

type Match = Setting | CallMatch;

const SETTINGS = ['EMAIL_BACKEND', 'INSTALLED_APPS', 'TEMPLATES_AUTO_RELOAD', 'EXPLAIN_TEMPLATE_LOADING', 'MAIL_SUPPRESS_SEND', 'DEFAULT_FILE_STORAGE', 'STORAGES'] as const;
/** Applications of Django that show or record what visitors do. */
const HELPERS: readonly string[] = ['debug_toolbar', 'silk', 'django_browser_reload', 'livereload', 'pympler', 'template_profiler_panel'];
const NO_MAIL = /^django\.core\.mail\.backends\.(console|filebased|locmem|dummy)\.EmailBackend$/;

export default rule<Match>({
  id: 'dev-settings-in-production',
  title: 'Development backends and helpers are not in production settings',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: `Mails vanish into the log and debug panels show queries and settings to visitors. Everything else keeps working, so it stays.`,
  how: `Keep such settings in the development module, or behind the switch for debugging.`,
  links: ['https://docs.djangoproject.com/en/stable/howto/deployment/checklist/', 'https://flask.palletsprojects.com/en/stable/config/'],
  anchors: ['CWE-489'],

  applies: (project) => project.frameworks.has('django') || project.frameworks.has('flask') || project.applications.some((each) => each.framework === 'django' || each.framework === 'flask') || project.settings('INSTALLED_APPS', 'EMAIL_BACKEND').length > 0 || 'Neither Django nor Flask is used.',
  on: anyOf<Setting, CallMatch>(own(), call('flask_debugtoolbar.DebugToolbarExtension', 'flask_debugtoolbar.DebugToolbarExtension.init_app')),
  check: (match, { project }) => {
    if ('call' in match) return !onlyInDevelopment(match.call) && match.call.guards.length === 0 && (match.call.callee.endsWith('.init_app') || match.call.args.length > 0 || match.call.keywords.length > 0);
    if (fault(match) === undefined || !seenInProduction(match, project) || isSettledElsewhere(match, project)) return false;
    return match.name === 'TEMPLATES_AUTO_RELOAD' || match.name === 'EXPLAIN_TEMPLATE_LOADING' || helpers(match.value).includes('debug_toolbar') ? { severity: 'low', because: match.name === 'INSTALLED_APPS' ? 'it shows nothing while DEBUG is off' : 'it costs time and nothing else' } : true;
  },
  message: (match) => 'call' in match ? `${match.call.written}(…) is set up whether or not debugging is on.` : fault(match) ?? '',
  underline: (match) => 'call' in match ? match.call.calleeAt : helperPlace(match.value) ?? match.assignment.value.at,
  holds: (match, { project }) => 'call' in match || !seenInProduction(match, project) || fault(match) !== undefined ? undefined
    : match.name === 'EMAIL_BACKEND' && match.value.kind === 'text' ? 'mail is really sent' : match.name === 'INSTALLED_APPS' && match.value.kind === 'list' ? 'no debugging helper is among the applications' : undefined,
  nothing: 'No setting of the kind is given.',

  fix: { title: 'Limit it to debugging', safety: 'review', edit: (match, { source, project }) => 'call' in match ? undefined : behindDebug(match, source, project) },

  examples: () => ({
    'mails into the log': {
      bad: { 'settings.py': 'import os\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\n' },
      good: { 'settings.py': 'import os\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.auth"]\nif DEBUG:\n    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\n' },
    },
    'a profiler for everybody': { bad: 'INSTALLED_APPS = ["django.contrib.auth", "silk"]\n', path: 'settings.py' },
    'the toolbar for everybody': { severity: 'low', bad: 'INSTALLED_APPS = ["django.contrib.auth", "debug_toolbar"]\n', path: 'settings.py' },
    'templates read again and again': { severity: 'low', bad: 'from flask import Flask\napp = Flask(__name__)\napp.config["TEMPLATES_AUTO_RELOAD"] = True\n' },
    'mails that are not sent': { bad: 'from flask import Flask\napp = Flask(__name__)\napp.config.update(MAIL_SUPPRESS_SEND=True)\n' },
    'Flask\'s toolbar': { bad: 'from flask import Flask\nfrom flask_debugtoolbar import DebugToolbarExtension\n\napp = Flask(__name__)\ntoolbar = DebugToolbarExtension(app)\n' },
    'the base that production uses as it is': {
      bad: {
        'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\n', 'shop/settings/production.py': 'from .base import *\nDEBUG = False\n',
        'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n',
      },
    },
    'behind the switch': {
      good: 'import os\nDEBUG = os.getenv("DJANGO_DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.auth"]\nif DEBUG:\n    INSTALLED_APPS += ["debug_toolbar"]\n    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\n', path: 'settings.py',
    },
    'the development module': { good: { 'proj/settings/dev.py': 'from .base import *\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\nINSTALLED_APPS = [*INSTALLED_APPS, "debug_toolbar"]\n', 'proj/settings/base.py': 'INSTALLED_APPS = ["django.contrib.auth"]\n' } },
    'production replaces it': {
      good: {
        'shop/settings/base.py': 'INSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\n', 'shop/settings/production.py': 'from .base import *\nEMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"\n',
        'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n',
      },
    },
    'the environment may say otherwise': { good: 'import os\nINSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = os.getenv("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")\n', path: 'settings.py' },
    'the log where no server is given': { good: 'import os\nINSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\nif os.getenv("EMAIL_HOST"):\n    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"\n', path: 'settings.py' },
    'chosen by the switch': { good: 'import os\nDEBUG = os.getenv("DEBUG") == "1"\nINSTALLED_APPS = ["django.contrib.auth", *(["debug_toolbar"] if DEBUG else [])]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend" if DEBUG else "anymail.backends.mailgun.EmailBackend"\n', path: 'settings.py' },
    'settings of a machine come last': { good: 'INSTALLED_APPS = ["django.contrib.auth"]\nEMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"\ntry:\n    from .local_settings import *\nexcept ImportError:\n    pass\n', path: 'shop/settings.py' },
    'extensions for commands': { good: 'INSTALLED_APPS = ["django.contrib.auth", "django_extensions"]\n', path: 'settings.py' },
    'only while developing': { good: 'import os\nfrom flask import Flask\n\napp = Flask(__name__)\nif app.debug:\n    from flask_debugtoolbar import DebugToolbarExtension\n    DebugToolbarExtension(app)\napp.config["TEMPLATES_AUTO_RELOAD"] = os.getenv("RELOAD") == "1"\n' },
    'the development class': {
      good: { 'config.py': 'class Config:\n    MAIL_SUPPRESS_SEND = False\n\n\nclass DevelopmentConfig(Config):\n    MAIL_SUPPRESS_SEND = True\n    TEMPLATES_AUTO_RELOAD = True\n', 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\napp.config.from_object("config.Config")\n' },
    },
  }),
});

function own(): Selector<Setting> {
  return setting(...SETTINGS);
}

/** The sentence about a setting that is for development; undefined for all others. */
function fault({ name, value, assignment }: Setting): string | undefined {
  const target = assignment.target;
  switch (name) {
    case 'EMAIL_BACKEND': return value.kind === 'text' && NO_MAIL.test(value.value) ? `${target} sends no mail: it is the ${NO_MAIL.exec(value.value)?.[1] ?? ''} backend.` : undefined;
    case 'INSTALLED_APPS': return helpers(value).length > 0 ? `${helpers(value).join(', ')} ${helpers(value).length > 1 ? 'are' : 'is'} among INSTALLED_APPS whether or not debugging is on.` : undefined;
    case 'DEFAULT_FILE_STORAGE': return value.kind === 'text' && /InMemoryStorage$/.test(value.value) ? `${target} keeps uploads in memory until the next restart.` : undefined;
    case 'STORAGES': { const backend = lookup(lookup(value, 'default') ?? value, 'BACKEND'); return backend?.kind === 'text' && /InMemoryStorage$/.test(backend.value) ? 'STORAGES keeps uploads in memory until the next restart.' : undefined; }
    case 'MAIL_SUPPRESS_SEND': return isTrue(value) ? `${target} keeps every mail from being sent.` : undefined;
    default: return isTrue(value) ? `${target} is on: it is for development.` : undefined;
  }
}

function isTrue(value: Value): boolean {
  return value.kind === 'bool' && value.value;
}

function helpers(value: Value): readonly string[] {
  return value.kind === 'list' ? value.items.flatMap((each) => each.kind === 'text' && HELPERS.includes(each.value.split('.')[0] ?? '') ? [each.value] : []) : [];
}

function helperPlace(value: Value): { start: number; end: number } | undefined {
  return value.kind === 'list' ? value.items.find((each) => each.kind === 'text' && HELPERS.includes(each.value.split('.')[0] ?? ''))?.at : undefined;
}

/** The same setting is given another value in this file or by a later module, or a module of this machine is read over it. */
function isSettledElsewhere(match: Setting, project: Project): boolean {
  const local = match.module.stars.some((star) => /(^|[._])(local|secret|private|prod|production|instance)\w*$/i.test(star));
  if (local && match.owner === undefined) return true;
  return project.settings(match.name).some((each) => each.assignment !== match.assignment && each.path === match.path && each.owner === match.owner && each.assignment.target === match.assignment.target && fault(each) === undefined && each.assignment.guards.length > 0);
}

/** `if DEBUG:` around a statement of one line, where the module has given DEBUG before. */
function behindDebug({ assignment, module, name }: Setting, source: Source, project: Project): readonly ReturnType<typeof replace>[] | undefined {
  const debug = project.settings('DEBUG').some((each) => each.module === module && each.assignment.scope === assignment.scope && each.end < assignment.at.start);
  const start = source.lineStart(assignment.at.start);
  const written = source.slice({ start, end: source.lineEnd(assignment.at.end) });
  if (!debug || name !== 'EMAIL_BACKEND' || assignment.how !== 'statement' || start !== assignment.at.start || written.includes('\n') || written.includes(';')) return undefined;
  return [replace({ start, end: start + written.length }, `if DEBUG:\n    ${written}`)];
}
