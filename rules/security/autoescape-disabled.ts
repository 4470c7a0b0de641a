import type { Assignment, Call, Context, Edit, Module, Project, Selector, Source, Span, Template, Value } from '../kit';
import { callMatch, calls, callsNamed, importing, lastName, lookup, onlyInDevelopment, options, replace, rule, webFrameworks, withArgument } from '../kit';

/** A place that decides on escaping. */
interface Escaping {
  /** As a message says it: `jinja2.Environment()`. */
  readonly where: string;
  readonly off: boolean;
  readonly at: Span;
  readonly fix: (context: Context) => readonly Edit[] | undefined;
}

const ENVIRONMENTS = ['jinja2.Environment', 'jinja2.environment.Environment', 'jinja2.sandbox.SandboxedEnvironment', 'jinja2.sandbox.ImmutableSandboxedEnvironment'] as const;
/** Environments of frameworks, which escape unless told otherwise. */
const ESCAPING = ['fastapi.templating.Jinja2Templates', 'starlette.templating.Jinja2Templates', 'django.template.Engine'] as const;
const MAKO = ['mako.lookup.TemplateLookup', 'mako.template.Template'] as const;
const TEMPLATE = ['jinja2.Template', 'jinja2.environment.Template'] as const;
/** Last names of the calls that make templates and what holds them. */
const MADE: ReadonlySet<string> = new Set([...ENVIRONMENTS, ...ESCAPING, ...MAKO, ...TEMPLATE].map(lastName));
const USES = ['*.get_template', '*.select_template', '*.from_string'] as const;

export default rule<Escaping>({
  id: 'autoescape-disabled',
  title: 'Templates escape output by default',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: { when: 'html-app', holds: (project) => project.html !== undefined }, effort: 'S', since: '1',
  why: 'With escaping off every variable in the page is an injection point. A bare jinja2.Environment does not escape, unlike Flask\'s.',
  how: 'Use the framework\'s environment, or pass autoescape=select_autoescape().',
  links: ['https://jinja.palletsprojects.com/en/stable/api/#autoescaping', 'https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html'],
  anchors: ['bandit B701', 'bandit B702', 'ruff S701', 'ruff S702', 'semgrep template-autoescape-off', 'CWE-79'],

  on: places(),
  check: ({ off }) => off,
  message: ({ where }) => `Auto-escaping is off in ${where}.`,
  underline: ({ at }) => at,
  holds: ({ where }) => `${where} escapes`,
  nothing: 'No template is rendered outside of a framework that escapes by itself.',
  summary: (count) => count === 1 ? 'The only template environment escapes' : `${count} template environments, all escape`,

  fix: { title: 'Turn auto-escaping on', safety: 'review', edit: ({ fix }, context) => fix(context), remains: 'Mark what is meant to be HTML with |safe, where nobody else can have written it.' },

  examples: () => ({
    'Jinja2\'s own environment': {
      bad: 'from flask import Flask\nfrom jinja2 import Environment, FileSystemLoader\napp = Flask(__name__)\nenv = Environment(loader=FileSystemLoader("templates"))\n',
      good: 'from flask import Flask\nfrom jinja2 import Environment, FileSystemLoader\nfrom jinja2 import select_autoescape\napp = Flask(__name__)\nenv = Environment(loader=FileSystemLoader("templates"), autoescape=select_autoescape())\n',
    },
    'a block of a template': { path: 'templates/profile.html', bad: '{% autoescape false %}<p>{{ user.bio }}</p>{% endautoescape %}\n', good: '<p>{{ user.bio }}</p>\n' },
    'by the ending of the file': { good: 'from flask import Flask\nfrom jinja2 import Environment, FileSystemLoader, select_autoescape\napp = Flask(__name__)\nenv = Environment(loader=FileSystemLoader("templates"), autoescape=select_autoescape())\n' },
    'a generator of configuration': { path: 'gen.py', good: 'from jinja2 import Environment, FileSystemLoader\nenv = Environment(loader=FileSystemLoader("conf"))\nenv.get_template("nginx.conf").render(port=80)\n' },
    'switched off': {
      bad: 'import jinja2\nfrom fastapi import FastAPI\n\napp = FastAPI()\nenv = jinja2.Environment(\n    loader=jinja2.FileSystemLoader("pages"),\n    autoescape=False,\n)\n',
      good: 'import jinja2\nfrom fastapi import FastAPI\n\napp = FastAPI()\nenv = jinja2.Environment(\n    loader=jinja2.FileSystemLoader("pages"),\n    autoescape=jinja2.select_autoescape(),\n)\n',
    },
    'Flask\'s environment': { bad: 'from flask import Flask\n\napp = Flask(__name__)\napp.jinja_env.autoescape = False\n', good: 'from flask import Flask\n\napp = Flask(__name__)\napp.jinja_env.autoescape = True\n' },
    'Flask\'s choice by file': { bad: 'from flask import Flask\n\nclass Shop(Flask):\n    def select_jinja_autoescape(self, filename):\n        return False\n\napp = Shop(__name__)\n', good: 'from flask import Flask\n\nclass Shop(Flask):\n    def select_jinja_autoescape(self, filename):\n        return True\n\napp = Shop(__name__)\n' },
    'Flask\'s options': { bad: 'from flask import Flask\n\nclass Shop(Flask):\n    jinja_options = {"autoescape": False}\n\napp = Shop(__name__)\n' },
    'Starlette\'s environment': { bad: 'from fastapi import FastAPI\nfrom fastapi.templating import Jinja2Templates\n\napp = FastAPI()\ntemplates = Jinja2Templates(directory="templates")\ntemplates.env.autoescape = False\n' },
    'Django\'s settings': {
      path: 'shop/settings.py',
      bad: 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\nTEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"autoescape": False}}]\n',
      good: 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\nTEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"autoescape": True}}]\n',
    },
    'Django\'s default': { path: 'shop/settings.py', good: 'INSTALLED_APPS = []\nTEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {"context_processors": []}}]\n' },
    'Django\'s block': { path: 'shop/templates/shop/item.html', bad: '<h1>{% autoescape off %}{{ item.name }}{% endautoescape %}</h1>\n', good: '<h1>{{ item.name }}</h1>\n' },
    'Mako': { bad: 'from flask import Flask\nfrom mako.lookup import TemplateLookup\n\napp = Flask(__name__)\nlookup = TemplateLookup(directories=["templates"])\n', good: 'from flask import Flask\nfrom mako.lookup import TemplateLookup\n\napp = Flask(__name__)\nlookup = TemplateLookup(directories=["templates"], default_filters=["h"])\n' },
    'Mako with its filter': { good: 'from flask import Flask\nfrom mako.lookup import TemplateLookup\n\napp = Flask(__name__)\nlookup = TemplateLookup(directories=["templates"], default_filters=["str", "h"])\n' },
    'a page in a text': {
      bad: 'from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\nfrom jinja2 import Template\n\napp = FastAPI()\nPAGE = "<h1>{{ name }}</h1>"\n\n@app.get("/hello")\ndef hello(name: str):\n    return HTMLResponse(Template(PAGE).render(name=name))\n',
      good: 'from fastapi import FastAPI\nfrom fastapi.responses import HTMLResponse\nfrom jinja2 import Template\n\napp = FastAPI()\nPAGE = "<h1>{{ name }}</h1>"\n\n@app.get("/hello")\ndef hello(name: str):\n    return HTMLResponse(Template(PAGE, autoescape=True).render(name=name))\n',
    },
    'a sentence in a text': { good: 'from fastapi import FastAPI\nfrom jinja2 import Environment, Template\n\napp = FastAPI()\n\ndef hello(name):\n    Environment().from_string("Dear {{ name }} <{{ mail }}>").render(name=name)\n    return Template("Hello {{ name }}").render(name=name)\n' },
    'mails, prompts and configuration beside an application': {
      good: 'from flask import Flask\nfrom jinja2 import Environment, FileSystemLoader, PackageLoader\n\napp = Flask(__name__)\nmails = Environment(loader=FileSystemLoader("mail"))\n\ndef welcome(user):\n    return mails.get_template("welcome.txt.j2").render(user=user)\n\ndef prompts():\n    return Environment(loader=PackageLoader("shop", "prompts"))\n',
    },
    'LaTeX': { good: 'from flask import Flask\nimport jinja2\n\napp = Flask(__name__)\nlatex = jinja2.Environment(block_start_string="\\\\BLOCK{", block_end_string="}", loader=jinja2.FileSystemLoader("tex"))\n' },
    'on, or by a function': { good: 'from flask import Flask\nfrom jinja2 import Environment, FileSystemLoader, PackageLoader\n\napp = Flask(__name__)\na = Environment(loader=FileSystemLoader("a"), autoescape=True)\nb = Environment(loader=FileSystemLoader("b"), autoescape=lambda name: name.endswith(".html"))\n\ndef make(**options):\n    return Environment(loader=PackageLoader("shop"), **options)\n' },
    'a command of Django that writes a file': { good: { 'shop/settings.py': 'INSTALLED_APPS = []\n', 'shop/management/commands/chart.py': 'from django.core.management.base import BaseCommand\nfrom jinja2 import Environment, FileSystemLoader\n\ndef handle():\n    return Environment(loader=FileSystemLoader("charts"))\n' } },
    'a block of constants': { path: 'templates/base.html', good: '{% autoescape false %}<a href="{{ url_for(\'index\') }}">{{ "&raquo;" }}</a>{% endautoescape %}\n{% autoescape true %}{{ name }}{% endautoescape %}\n' },
    'a mail of plain text': { path: 'templates/registration/password_reset_email.html', good: '{% autoescape off %}Hello {{ user.username }},\nfollow {{ link }}\n{% endautoescape %}\n' },
    'a block in a comment': { path: 'templates/base.html', good: '{# {% autoescape false %}<b>{{ name }}</b>{% endautoescape %} #}\n<p>{{ name }}</p>\n' },
    'tests': { path: 'tests/test_pages.py', good: 'from flask import Flask\nfrom jinja2 import Environment\n\nenv = Environment(autoescape=False)\n' },
  }),
});

function places(): Selector<Escaping> {
  return {
    kinds: ['module', 'template'], callees: [...ENVIRONMENTS, ...ESCAPING, ...MAKO, ...TEMPLATE, ...USES],
    *select(unit, project) {
      if (unit.kind === 'template') { yield* blocks(unit, project); return; }
      if (unit.kind !== 'module' || unit.language !== 'python' || webFrameworks(project).size === 0 || /(^|\/)(management\/commands|scripts|cli)(\/|\.py$)/.test(unit.path)) return;
      for (const one of callsNamed(unit, MADE)) if (!onlyInDevelopment(one)) yield* made(one, unit, project);
      for (const one of unit.assignments) if (!onlyInDevelopment(one)) yield* set(one, project);
      for (const func of unit.functions) {
        const [first] = func.returns;
        if (func.name !== 'select_jinja_autoescape' || !first) continue;
        yield { where: 'select_jinja_autoescape()', off: func.returns.every(isFalse), at: first.at, fix: ({ source }) => turnedOn(first, source) };
      }
    },
  };
}

const isFalse = (value: Value) => value.kind === 'bool' && !value.value;
/** Truly on: a choice that cannot be read here proves nothing. */
const isOn = (value: Value) => (value.kind === 'bool' && value.value) || (value.kind === 'result' && /(^|\.)select_autoescape$/.test(value.callee));
const among = (one: Call, names: readonly string[]) => names.includes(one.callee);

// ---- environments

function* made(one: Call, module: Module, project: Project): Iterable<Escaping> {
  const own = among(one, ENVIRONMENTS);
  if (!own && ![ESCAPING, TEMPLATE, MAKO].some((each) => among(one, each))) return;
  const where = `${one.written}()`;
  const given = callMatch(one, module, project).argument('autoescape');
  const keyword = one.keywords.find((each) => each.name === 'autoescape');
  if (own || among(one, ESCAPING) || among(one, TEMPLATE)) {
    const at = keyword?.at ?? one.calleeAt;
    if (given) { const off = isFalse(given) && (!own || rendersPages(one, module, project)); if (off || (own && isOn(given))) yield { where, off, at, fix: ({ source }) => keyword && chosen(one, module, keyword.value, source) }; return; }
    if (one.open || one.keywords.some((each) => each.name === '**') || among(one, ESCAPING)) return;
    const off = own ? rendersPages(one, module, project) : isPage(callMatch(one, module, project).argument('source', 0));
    if (off) yield { where, off, at, fix: ({ source }) => added(one, module, source) };
    return;
  }
  if (!among(one, MAKO) || one.open) return;
  const filters = callMatch(one, module, project).argument('default_filters');
  if (one.callee.endsWith('Template') && !filters && !isPage(callMatch(one, module, project).argument('text', 0))) return;
  if (!filters || filters.kind === 'list') yield { where, off: filters?.kind !== 'list' || !filters.items.some((each) => each.kind === 'text' && /^(h|x|u|html|escape)$/.test(each.value)), at: one.calleeAt, fix: ({ source }) => filters ? undefined : withArgument(one, 'default_filters=["h"]', source) };
}

/** Pages, as far as the names, texts and folders of its templates show: not mails in plain text, prompts, configuration or LaTeX. */
function rendersPages(one: Call, module: Module, project: Project): boolean {
  if (one.keywords.some((each) => /^(block|variable)_start_string$/.test(each.name))) return false;
  const loader = one.keywords.find((each) => each.name === 'loader')?.value ?? one.args[7];
  if (loader?.kind === 'result' && loader.args.some((each) => options(each).some(isOtherFolder))) return false;
  const uses = project.calls(...USES).filter((each) => each.module.path === module.path || ENVIRONMENTS.some((name) => calls(each.call.callee, `${name}.*`)));
  const kinds = uses.flatMap(({ module: home, call: use }) => { const name = use.args[0] && project.resolve(use.args[0], home); return name ? [kindOf(name, use)] : []; });
  if (kinds.includes('page')) return true;
  return loader !== undefined && loader.kind !== 'none' && (kinds.length === 0 || kinds.includes('unknown'));
}

function isOtherFolder(value: Value): boolean {
  const text = value.kind === 'joined' ? value.parts.at(-1) : value;
  return text?.kind === 'text' && /(^|[/_-])(prompts?|conf(ig)?s?|sql|queries|latex|tex|k8s|kubernetes|terraform|ansible|scaffold|skeleton|codegen)([/_-]|$)/i.test(text.value);
}

function kindOf(value: Value, use: Call): 'page' | 'other' | 'unknown' {
  if (lastName(use.callee) === 'from_string') return value.kind === 'text' || value.kind === 'joined' ? (isPage(value) ? 'page' : 'other') : 'unknown';
  const name = value.kind === 'text' ? value : value.kind === 'joined' ? value.parts.at(-1) : undefined;
  const ending = name?.kind === 'text' ? /\.(\w+)$/.exec(name.value.replace(/\.(j2|jinja2?|tmpl|tpl)$/i, ''))?.[1]?.toLowerCase() : undefined;
  if (ending === undefined) return 'unknown';
  return /^(x?html?|xml)$/.test(ending) ? 'page' : 'other';
}

/** A text with tags and with something put in. */
function isPage(value: Value | undefined): boolean {
  const text = value?.kind === 'joined' ? value.parts.map((each) => each.kind === 'text' ? each.value : '').join(' ') : value?.kind === 'text' ? value.value : '';
  return /<\/?(html|body|div|p|h[1-6]|table|tr|td|span|ul|li|a|b|script|form|section|br|strong|em)[\s/>]/i.test(text) && /\{\{/.test(text);
}

// ---- settings

function* set(one: Assignment, project: Project): Iterable<Escaping> {
  if (one.target.endsWith('autoescape') && /(^|\.)(jinja_)?env(ironment)?\.autoescape$/.test(one.target)) {
    const { value } = one;
    if (value.kind === 'bool') yield { where: one.target.slice(0, -'.autoescape'.length), off: !value.value, at: one.at, fix: ({ source }) => turnedOn(value, source) };
    return;
  }
  const table = lastName(one.target) === 'jinja_options' ? [one.value] : one.target === 'TEMPLATES' && project.settings('TEMPLATES').some((each) => each.assignment === one && each.selected && !each.development) && one.value.kind === 'list'
    ? one.value.items.flatMap((each) => lookup(each, 'OPTIONS') ?? []) : [];
  for (const each of table) {
    const value = lookup(each, 'autoescape');
    if (value && isFalse(value)) yield { where: lastName(one.target), off: true, at: value.at, fix: ({ source }) => turnedOn(value, source) };
  }
}

// ---- blocks of templates

function* blocks(unit: Template, project: Project): Iterable<Escaping> {
  const text = (project.text(unit.path) ?? '').replace(/\{#[\s\S]*?#\}|\{%-?\s*comment\b[\s\S]*?endcomment\s*-?%\}|<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
  if (!/<[a-z!/]/i.test(text)) return;
  for (const found of text.matchAll(/(\{%[-+]?\s*autoescape\s+(?:false|off)\s*[-+]?%\})([\s\S]*?)(\{%[-+]?\s*endautoescape\s*[-+]?%\})/gi)) {
    const [, open = '', inner = '', close = ''] = found;
    const start = found.index;
    const end = start + open.length + inner.length;
    const free = [...inner.matchAll(/\{\{([\s\S]*?)\}\}/g)].some((each) => !isConstant((each[1] ?? '').replace(/^[-+]|[-+]$/g, '').trim()));
    if (free) yield { where: `a block of ${unit.path.slice(unit.path.lastIndexOf('/') + 1)}`, off: true, at: { start, end: start + open.length }, fix: () => [replace({ start, end: start + open.length }, ''), replace({ start: end, end: end + close.length }, '')] };
  }
}

function isConstant(expression: string): boolean {
  return /^(["'])(?:(?!\1).)*\1$|^\d+$|^(url_for|static|url|_|gettext|csrf_token)\s*\(|\|\s*(e|escape|force_escape|tojson)\s*$|^(block\.)?super(\(\))?$/.test(expression);
}

// ---- fixes

function turnedOn(value: Value, source: Source): readonly Edit[] | undefined {
  return source.slice(value.at) === 'False' ? [replace(value.at, 'True')] : undefined;
}

/** `autoescape=False` as the choice by file. */
function chosen(one: Call, module: Module, value: Value, source: Source): readonly Edit[] | undefined {
  if (source.slice(value.at) !== 'False') return undefined;
  return among(one, ENVIRONMENTS) ? [replace(value.at, selection(one)), ...imported(one, module, source)] : [replace(value.at, 'True')];
}

function added(one: Call, module: Module, source: Source): readonly Edit[] | undefined {
  if (!among(one, ENVIRONMENTS)) return withArgument(one, 'autoescape=True', source);
  const edits = withArgument(one, `autoescape=${selection(one)}`, source);
  return edits && [...edits, ...imported(one, module, source)];
}

const selection = (one: Call) => /^jinja2\./.test(one.written) ? 'jinja2.select_autoescape()' : 'select_autoescape()';
const imported = (one: Call, module: Module, source: Source) => /^jinja2\./.test(one.written) ? [] : importing(module, source, 'select_autoescape', 'jinja2');
