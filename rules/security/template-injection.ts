import type { CallMatch, Context, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, isConfined, isOwn, lastName, options, passageOf, placesOf, readBy, rule, taintIn, wayTo } from '../kit';

const FUNCTIONS = ['flask.render_template_string', 'flask.stream_template_string', 'flask.templating.render_template_string', 'quart.render_template_string', 'jinja2.Template', 'jinja2.environment.Template',
  'django.template.Template', 'django.template.base.Template', 'mako.template.Template', 'tornado.template.Template', 'Cheetah.Template.Template'] as const;
const METHODS = ['*.from_string'] as const;

export default rule<CallMatch>({
  id: 'template-injection',
  title: 'Templates are files or constants, never user text',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'A template language reaches objects, imports and files, so user text in the template source is remote code execution. Escaping does not help because the text is the program.',
  how: 'Keep the template constant and pass values as context. For user-editable templates use a logic-less engine or a sandbox.',
  links: ['https://cwe.mitre.org/data/definitions/1336.html', 'https://flask.palletsprojects.com/en/stable/web-security/'],
  anchors: ['semgrep render-template-string', 'njsscan server_side_template_injection', 'CWE-1336'],

  on: compilations(),
  check: (it, context) => {
    const danger = dangerIn(it, context);
    if (!danger) return false;
    const sandbox = isSandboxed(it);
    // A sandbox is what the rule asks for; what it is given in the same function is a visitor's program all the same.
    if (danger.way && sandbox && danger.way.legs.length > 1) return false;
    if (danger.way) return alongWay(danger.way, sandbox ? { severity: 'high', because: 'the template is compiled in a sandbox' } : true);
    return sandbox ? false : UNPROVED;
  },
  message: (it, context) => `A template is compiled from ${readBy(dangerIn(it, context)?.value, context.source)} by ${lastName(it.call.written)}().`,
  underline: (it) => sourceOf(it)?.at ?? it.call.calleeAt,
  related: (it, context) => placesOf(dangerIn(it, context)?.way, { path: context.unit.path, ...it.call.calleeAt, text: `compiled by ${it.call.written}()` }),
  holds: () => 'The template is constant',
  nothing: 'No template source is compiled at run time.',
  summary: (count) => count === 1 ? 'The only template that is compiled from source is constant' : `${count} templates are compiled from source, all of them constant`,

  examples: () => ({
    'a name in the source': { bad: 'from flask import render_template_string, request\ndef hello():\n    return render_template_string("Hello " + request.args["name"])\n' },
    'a name in the context': { good: 'from flask import render_template_string, request\ndef hello():\n    return render_template_string("Hello {{ name }}", name=request.args["name"])\n' },
    'a file': { good: 'from flask import render_template\ndef hello(name):\n    return render_template("hello.html", name=name)\n' },
    'an f-string, by way of a name': { bad: 'from flask import Flask, render_template_string, request\n\napp = Flask(__name__)\n\n@app.errorhandler(404)\ndef missing(error):\n    page = f"<h1>No page {request.path}</h1>"\n    return render_template_string(page), 404\n' },
    'jinja2 by itself': { bad: 'import jinja2\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/preview")\ndef preview(body: str):\n    return jinja2.Template(body).render()\n' },
    'an environment': { bad: 'from flask import request\nfrom jinja2 import Environment\n\nenv = Environment(autoescape=True)\n\ndef preview():\n    return env.from_string(request.form["template"]).render()\n' },
    'a sandbox': { bad: 'from flask import request\nfrom jinja2.sandbox import SandboxedEnvironment\n\nenv = SandboxedEnvironment()\n\ndef preview():\n    return env.from_string(request.form["template"]).render()\n', severity: 'high' },
    'Django, and a string of the request': { bad: 'from django.http import HttpResponse\nfrom django.template import Context, Template\n\ndef preview(request):\n    return HttpResponse(Template(request.POST["body"]).render(Context({})))\n', path: 'shop/views.py' },
    'Mako': { bad: 'from flask import request\nfrom mako.template import Template\n\ndef hello():\n    return Template("hello, %s" % request.args["name"]).render()\n' },
    'of unknown origin': { bad: 'from jinja2 import Template\n\ndef render(source, values):\n    return Template(source).render(values)\n', severity: 'high' },
    'a column of a table': { bad: 'from jinja2 import Template\n\ndef render(mail):\n    return Template(mail.body).render(name=mail.name)\n', severity: 'high' },
    'a template of the package': { good: 'from pathlib import Path\nfrom jinja2 import Environment, FileSystemLoader, Template\n\nenv = Environment(loader=FileSystemLoader("templates"))\n\ndef mail(name, file):\n    text = (Path(__file__).parent / "templates" / file).read_text()\n    return Template(text).render(name=name), env.get_template("x.html")\n' },
    'a constant of another file': { good: { 'pages.py': 'PAGE = "<h1>{{ title }}</h1>"\n', 'app.py': 'from flask import render_template_string, request\nfrom pages import PAGE\n\ndef page():\n    return render_template_string(PAGE, title=request.args["title"])\n' } },
    'one of two constants': { good: 'from flask import render_template_string, request\n\nLONG = "<h1>{{ q }}</h1>"\n\ndef page():\n    text = LONG if request.args.get("long") else "{{ q }}"\n    return render_template_string("<html>" + text + "</html>", q=request.args["q"])\n' },
    'string.Template is no language': { good: 'from string import Template\nfrom flask import request\n\ndef page():\n    return Template(request.args["t"]).substitute(a=1)\n' },
    'text that is read from elsewhere': { good: 'import sniffio\nfrom models import Mode\n\ndef mode(raw):\n    return Mode.from_string(raw)\n' },
    'a file that a visitor picks from a list': { good: 'import os\nfrom flask import Flask, abort, render_template_string\n\napp = Flask(__name__)\n\n@app.route("/plugins/<plugin>")\ndef settings(plugin):\n    if plugin not in os.listdir("plugins"):\n        abort(404)\n    page = open(os.path.join("plugins", plugin, "config.html")).read()\n    return render_template_string(page)\n' },
    'what a method of the program gives back': { good: 'from jinja2 import Environment\n\ndef panel(form):\n    return Environment().from_string("<div>" + form.extra_panel()).render()\n' },
    'tests': { path: 'tests/test_pages.py', good: 'from flask import render_template_string\n\ndef test_it(text):\n    render_template_string(text)\n' },
    'by way of a function': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom mails import preview\n\napp = Flask(__name__)\n\n@app.post("/preview")\ndef show():\n    return preview(request.form["body"])\n',
        'mails.py': 'from jinja2 import Template\n\ndef preview(body):\n    return Template(body).render()\n',
      },
    },
    'a sandbox for what users write': {
      good: {
        'app.py': 'from flask import Flask, request\nfrom mails import preview\n\napp = Flask(__name__)\n\n@app.post("/preview")\ndef show():\n    return preview(request.form["body"])\n',
        'mails.py': 'from jinja2.sandbox import SandboxedEnvironment\n\ndef preview(body):\n    return SandboxedEnvironment().from_string(body).render()\n',
      },
    },
  }),
});

const UNPROVED: Variation = { severity: 'high', confidence: 'likely', because: 'nothing here shows that the template comes from a visitor' };

function compilations(): Selector<CallMatch> {
  const all = call(...FUNCTIONS, ...METHODS);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (lastName(match.call.callee) !== 'from_string' || isEnvironment(match)) yield match;
    },
  };
}

/** `env.from_string`: the environment of a template engine, by where it was made or by what it is called. */
function isEnvironment({ call: one }: CallMatch): boolean {
  return /^(jinja2|flask|quart|django\.template|starlette\.templating|fastapi\.templating)\./.test(one.callee) || /(^|[._])(env|environment|jinja|jinja_env|jinja2_env|engine)\.from_string$/i.test(one.written);
}

function isSandboxed({ call: one }: CallMatch): boolean {
  return /sandbox/i.test(`${one.callee} ${one.written}`);
}

function sourceOf(it: CallMatch): Value | undefined {
  return it.call.args[0] ?? it.call.keywords.find((each) => /^(source|template_string|template_code|text)$/.test(each.name))?.value;
}

/** What is put into the template's source and is neither constant nor read from the project's own files; a visitor's value first. */
function dangerIn(it: CallMatch, context: Context): { readonly value: Value; readonly way?: Way } | undefined {
  const { project, source } = context;
  const written = sourceOf(it);
  if (!written) return undefined;
  const open = options(project.resolve(written, it.module)).flatMap(partsOf).filter((each) => {
    if (isOwn(each, project) || isFile(each)) return false;
    const taint = taintIn(each);
    return !taint || !isConfined(passageOf(each, taint, it, source), it, project);
  });
  for (const value of open) {
    const way = wayTo(value, it, context);
    if (way) return { value, way };
  }
  // What a call of the program gives back is more often its own text than a visitor's.
  const value = open.find((each) => each.kind === 'parameter' || (each.kind === 'reference' && each.name.includes('.')));
  return value && { value };
}

function partsOf(value: Value): readonly Value[] {
  return value.kind === 'joined' ? value.parts.flatMap((each) => options(each).flatMap(partsOf)) : [value];
}

/** Text of a file; that a visitor names the file is another fault. */
function isFile(value: Value): boolean {
  return value.kind === 'result' && /(^|\.)(read|read_text)$/.test(value.callee);
}
