import type { CallMatch, Context, Decorator, Edit, Func, Module, Project, Selector, Source, Span, Value, Variation } from '../kit';
import { anyOf, call, forAdministrators, handsOn, importing, isOwn, isWrite, keeps, lastName, pathOf, readBy, replace, rule, wayTo } from '../kit';

/** A function whose result is marked as safe by its decorator. */
interface Marked { readonly module: Module; readonly func: Func; readonly decorator: Decorator; readonly returned: Value }

/** `{{ post.text | safe }}` in a page. */
interface Shown { readonly written: string; readonly field: string; readonly at: Span }

const MARKUP = ['markupsafe.Markup', 'flask.Markup', 'jinja2.Markup', 'jinja2.utils.markupsafe.Markup'] as const;
const DJANGO = ['django.utils.safestring.mark_safe', 'django.utils.safestring.SafeString', 'django.utils.safestring.SafeText', 'django.utils.html.mark_safe'] as const;
const FORMAT = ['django.utils.html.format_html'] as const;

const PAGES = 'from flask import Flask, redirect, render_template, request\n\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return render_template("notes.html", notes=find())\n\n@app.post("/notes")\ndef add():\n    store(request.form["text"])\n    return redirect("/")\n';

export default rule<CallMatch | Marked | Shown>({
  id: 'markup-unescaped',
  title: 'Only constant HTML is marked safe',
  severity: 'high', points: 10, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'A safe string is printed as it is, so user text inside it becomes script in other people\'s pages. The call looks harmless because the constant part is harmless.',
  how: 'Build HTML with format_html or Markup formatting, which escape the arguments; sanitise rich text with nh3.',
  links: ['https://markupsafe.palletsprojects.com/en/stable/', 'https://cheatsheetseries.owasp.org/cheatsheets/Cross_Site_Scripting_Prevention_Cheat_Sheet.html'],
  anchors: ['bandit B308', 'bandit B703', 'bandit B704', 'ruff S308', 'ruff S704', 'semgrep avoid-mark-safe', 'semgrep explicit-unescape-with-markup', 'CWE-79'],

  on: anyOf(anyOf(call(...MARKUP, ...DJANGO, ...FORMAT), markedFunctions()), shownFields()),
  check: (it, context) => 'field' in it ? SENT : dangerIn(it, context)?.grade ?? false,
  message: (it, context) => 'field' in it ? `${it.written} is shown as it is: |safe switches escaping off.` : `${'func' in it ? `@${lastName(it.decorator.name)}` : `${it.call.written}()`} marks ${readBy(dangerIn(it, context)?.value, context.source)} as safe HTML.`,
  underline: (it) => 'field' in it ? it.at : 'func' in it ? it.returned.at : it.call.args[0]?.at ?? it.call.calleeAt,
  holds: (it) => 'call' in it && FORMAT.some((each) => each === it.call.callee) ? 'format_html escapes what it is given' : undefined,
  nothing: 'No text is marked as safe HTML.',
  summary: (count) => count === 1 ? 'The only text that is marked as safe HTML is constant or escaped' : `${count} texts are marked as safe HTML, all of them constant or escaped`,

  fix: { title: 'Let the helper escape the values', safety: 'review', edit: escaping },

  examples: () => ({
    'a name in an f-string': {
      bad: 'from markupsafe import Markup\ndef badge(user):\n    return Markup(f"<b>{user.name}</b>")\n',
      good: 'from markupsafe import Markup\ndef badge(user):\n    return Markup("<b>{}</b>").format(user.name)\n',
    },
    'a field as it is': { bad: 'from django.utils.safestring import mark_safe\ndef bio(profile):\n    return mark_safe(profile.bio)\n', path: 'views.py' },
    'mark_safe and an f-string': {
      bad: 'from django.utils.safestring import mark_safe\n\ndef author(comment):\n    return mark_safe(f"<b>{comment.title}</b>")\n', path: 'views.py',
      good: 'from django.utils.html import format_html\nfrom django.utils.safestring import mark_safe\n\ndef author(comment):\n    return format_html("<b>{}</b>", comment.title)\n',
    },
    'what a visitor sends': { bad: 'from flask import Markup, request\n\ndef hello():\n    return Markup("<h1>" + request.args["name"] + "</h1>")\n' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom widgets import heading\n\napp = Flask(__name__)\n\n@app.get("/")\ndef home():\n    return heading(request.args["q"])\n', 'widgets.py': 'from markupsafe import Markup\n\ndef heading(text):\n    return Markup("<h1>%s</h1>" % text)\n' } },
    'format_html with a text that is filled already': { bad: 'from django.utils.html import format_html\n\ndef link(item):\n    return format_html("<a>{}</a>".format(item.title))\n', path: 'views.py' },
    'markdown lets HTML through': { bad: 'import markdown\nfrom markupsafe import Markup\n\ndef page(post):\n    return Markup(markdown.markdown(post.body))\n' },
    'a decorator': { bad: 'from django.utils.safestring import mark_safe\n\nclass UserAdmin:\n    @mark_safe\n    def shown(self, user):\n        return f"<i>{user.username}</i>"\n', path: 'shop/admin.py' },
    'an argument of unknown origin': { bad: 'from markupsafe import Markup\n\ndef tag(label):\n    return Markup(f"<span>{label}</span>")\n', severity: 'medium' },
    'an entry of a record that is a table': { bad: 'from flask import flash, url_for\nfrom markupsafe import Markup\n\nclass Feed(dict):\n    def complain(self):\n        flash(Markup(\'<a href="{}">{} cannot be read</a>\'.format(url_for("feeds.edit", key=self.get("key")), self.get("url", ""))))\n', path: 'feeds.py', severity: 'medium' },
    'an entry that is filled in by Markup': { good: 'from flask import flash\nfrom markupsafe import Markup\n\nclass Feed(dict):\n    def complain(self):\n        flash(Markup("<b>{}</b> cannot be read").format(self.get("url", "")))\n        flash(Markup(f"<i class={self.get(\'kind\')}></i>"))\n', path: 'feeds.py' },
    'a field of a form, in a page': { bad: { 'app.py': PAGES, 'templates/notes.html': '<ul>{% for note in notes %}<li>{{ note.text | safe }}</li>{% endfor %}</ul>\n' }, severity: 'medium' },
    'a field that no form has': { good: { 'app.py': PAGES, 'templates/notes.html': '<ul>{% for note in notes %}<li>{{ note.text }} {{ note.summary | safe }} {{ field.text | safe }}</li>{% endfor %}</ul>\n{# {{ note.text | safe }} #}\n' } },
    'a field of a form, sanitised by the project': { good: { 'app.py': `import nh3\n${PAGES.replace('request.form["text"]', 'nh3.clean(request.form["text"])')}`, 'templates/notes.html': '<ul>{% for note in notes %}<li>{{ note.text | safe }}</li>{% endfor %}</ul>\n' } },
    'a mail of plain text': { good: { 'app.py': PAGES, 'templates/note.html': 'New: {{ note.text | safe }}\n' } },
    'a constant': { good: 'from markupsafe import Markup\nfrom django.utils.safestring import mark_safe\n\nICON = "<i class=icon></i>"\n\ndef icons():\n    return Markup("<br>") + Markup(ICON) + mark_safe(\'<b>ok</b>\')\n' },
    'the percent operator of Markup': { good: 'from markupsafe import Markup\ndef badge(user):\n    return Markup("<b>%s</b>") % user.name + Markup("<i>{}</i>").format(user.bio)\n' },
    'format_html': { path: 'views.py', good: 'from django.utils.html import format_html\ndef link(item):\n    return format_html(\'<a href="/items/{}">{}</a>\', item.pk, item.title)\n' },
    'sanitised first': { path: 'views.py', good: 'import nh3\nfrom markupsafe import Markup\ndef bio(profile):\n    return Markup(nh3.clean(profile.bio))\n' },
    'rendered, then sanitised': { good: 'import bleach\nimport markdown\nfrom markupsafe import Markup\n\ndef page(post):\n    html = markdown.markdown(post.body)\n    html = bleach.clean(html, tags=["p"])\n    return Markup(html)\n' },
    'escaped': { good: 'from html import escape as esc\nfrom markupsafe import Markup, escape\n\ndef tag(label, name):\n    return Markup(f"<b>{escape(label)}</b>") + Markup("<i>" + esc(name) + "</i>")\n' },
    'addresses and numbers': { good: 'from flask import url_for\nfrom markupsafe import Markup\n\ndef link(item, count: int):\n    return Markup(f\'<a href="{url_for("item", id=item.id)}">{int(item.size)} {count} {len(item.parts)}</a>\')\n' },
    'a template, a widget': { good: 'from django.template.loader import render_to_string\nfrom django.utils.safestring import mark_safe\nfrom flask import render_template\nfrom markupsafe import Markup\n\ndef show(widget, form, item):\n    return Markup(render_template("a.html", item=item)) + mark_safe(render_to_string("b.html", {"i": item})) + mark_safe(widget.render(item))\n' },
    'code that is coloured': { good: 'from markupsafe import Markup\nfrom pygments import highlight\nfrom pygments.formatters import HtmlFormatter\nfrom pygments.lexers import PythonLexer\n\ndef show(paste):\n    return Markup(highlight(paste.content, PythonLexer(), HtmlFormatter()))\n' },
    'names of fields that the program makes': { good: 'from markupsafe import Markup\n\nclass Widget:\n    def __call__(self, field, **kwargs):\n        return Markup(f\'<input name="{field.name}" id="{field.id}">\')\n' },
    'a choice of constants': { good: 'from markupsafe import Markup\n\ndef mark(ok):\n    color = "green" if ok else "red"\n    return Markup(f"<b class={color}>x</b>")\n' },
    'an address and its query': { path: 'shop/tags.py', good: 'from django.utils.safestring import mark_safe\n\ndef sort_url(request, sort):\n    query = request.GET.copy()\n    query["sort"] = sort\n    return mark_safe("?" + query.urlencode())\n\ndef icon(icons, key):\n    data = icons.get(key)\n    return mark_safe(f\'<img alt="{data["title"]}">\')\n' },
    'translations': { good: 'from django.utils.safestring import mark_safe\nfrom django.utils.translation import gettext_lazy as _\n\nHELP = mark_safe(_("See <a href=/help>help</a>"))\n' },
    'tests': { path: 'tests/test_tags.py', good: 'from markupsafe import Markup\ndef test_it(user):\n    assert Markup(f"<b>{user.name}</b>")\n' },
  }),
});

const VISITORS: Variation = { severity: 'high', points: 15, because: 'a visitor sends it' };
const STORED: Variation = { severity: 'high', points: 15, because: 'users write this field' };
const UNPROVED: Variation = { severity: 'medium', confidence: 'possible', because: 'nothing here shows who writes the value' };

const SENT: Variation = { severity: 'medium', because: 'a form has a field of this name, and the way from it to the page was not followed' };

interface Danger { readonly value: Value; readonly grade: Variation }

/** `@mark_safe` above a function that builds text. */
function markedFunctions(): Selector<Marked> {
  return {
    kinds: ['module'], callees: [],
    *select(unit) {
      if (unit.kind !== 'module') return;
      for (const func of unit.functions) {
        const decorator = func.decorators.find((each) => DJANGO.some((one) => one === each.name));
        if (decorator) for (const returned of func.returns) if (returned.kind === 'joined') yield { module: unit, func, decorator, returned };
      }
    },
  };
}

/** Fields that visitors send, where a page shows them unescaped. */
function shownFields(): Selector<Shown> {
  return {
    kinds: ['template'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'template' || (unit.engine !== 'jinja' && unit.engine !== 'django')) return;
      const text = (project.text(unit.path) ?? '').replace(/\{#[\s\S]*?#\}|<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
      if (!/<\/?[a-z]/i.test(text)) return;
      for (const found of text.matchAll(/\{\{-?\s*(\w+\.(\w+))\s*\|\s*safe\s*-?\}\}/g)) {
        const [, written = '', field = ''] = found;
        const start = found.index + found[0].indexOf(written);
        if (FIELD.test(written) && !PLAIN_OWNER.test(written) && isSent(field, project)) yield { written, field, at: { start, end: start + written.length } };
      }
    },
  };
}

const SANITISERS = /^(nh3|bleach|lxml_html_clean|html_sanitizer|lxml\.html\.clean)(\.|$)|sanitiz|sanitis/i;

/** A visitor who is no administrator sends a field of this name, and nothing in the project sanitises HTML. */
function isSent(field: string, project: Project): boolean {
  if (project.modules.some((module) => module.imports.some((one) => SANITISERS.test(one.target)) || module.functions.some((one) => SANITISERS.test(one.name)))) return false;
  const read = new RegExp(`request\\.(form|json|values|data|POST)\\.${field}$`);
  return project.routes.some(({ module, route }) => isWrite(route) && route.reads.some((each) => read.test(each)) && !forAdministrators(module, route.body, project));
}

function dangerIn(it: CallMatch | Marked, context: Context): Danger | undefined {
  const value = 'func' in it ? it.returned : textOf(it, context);
  if (!value) return undefined;
  const match = 'func' in it ? { module: it.module, call: { scope: pathOf(it.func), at: it.returned.at } } : it;
  const dangers = partsOf(value).flatMap((part): Danger[] => {
    if (isOwn(part, context.project) || isSafe(part)) return [];
    const rendered = part.kind === 'result' && RENDERS.test(part.callee) ? part.args[0] : undefined;
    const inner = rendered ?? part;
    if (wayTo(inner, match, context)) return [{ value: part, grade: VISITORS }];
    if (isStored(inner) && !context.source.slice(inner.at).includes('[')) return [{ value: part, grade: STORED }];
    const unknown = inner.kind === 'parameter' && !/^(self|cls|field|form|widget)\b/.test(inner.name) && (value.kind === 'joined' || rendered !== undefined);
    return unknown || (value.kind === 'joined' && isOwnEntry(inner)) ? [{ value: part, grade: UNPROVED }] : [];
  });
  return dangers.find((each) => each.grade === VISITORS) ?? dangers.find((each) => each.grade === STORED) ?? dangers[0];
}

/** What is marked; of `format_html`, only a text that was put together before. */
function textOf(it: CallMatch, { project }: Context): Value | undefined {
  const [first] = it.call.args;
  const value = first && project.resolve(first, it.module);
  return FORMAT.some((each) => each === it.call.callee) && value?.kind !== 'joined' ? undefined : value;
}

function partsOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'joined': return value.parts.flatMap(partsOf);
    case 'choice': return value.options.flatMap(partsOf);
    case 'list': return value.items.flatMap(partsOf);
    case 'result': return handsOn(value.callee) ? [...(value.of ? [value.of] : []), ...value.args].flatMap(partsOf) : value.of && keeps(value.callee) && !/\.(get|read|__getitem__)$/.test(value.callee) ? partsOf(value.of) : [value];
    default: return [value];
  }
}

const SAFE = /(^|\.|_)(escape|conditional_escape|force_escape|escapejs|clean|sanitize\w*|bleach\w*|strip_tags|format_html(_join)?|mark_safe|Markup|url_for|reverse(_lazy)?|static|render|render_\w+|highlight|linebreaks\w*|urlize\w*|quote(_plus)?|urlencode|slugify|floatformat|intcomma|hexdigest|isoformat|strftime|get_absolute_url|gettext(_lazy)?|ngettext(_lazy)?|pgettext(_lazy)?|_|json_script|htmlsafe_json_dumps|csrf_\w+|tojson)$/i;
/** HTML that is in the text comes through. */
const RENDERS = /^(markdown2?|mistune|commonmark|textile)\.\w+$|(^|\.)Markdown\.(convert|render)$/;

function isSafe(value: Value): boolean {
  return value.kind === 'result' && SAFE.test(value.callee);
}

const FIELD = /\.(bio|comments?|body|description|title|name|content|text|message|about|summary|notes?|caption|subject|username|(first|last|full|display|nick|user|company)_?name|address|review|question|answer|reply)$/i;
const PLAIN_OWNER = /(^|\.)(self|cls|field|fields|form|widget|tag|column|settings|config|conf|request|__class__|_meta|meta|option|opts|attr|element|node|icon|button|logger|module)\.\w+$/;

/** A field of a record, that users fill in. */
function isStored(value: Value): boolean {
  return (value.kind === 'parameter' || value.kind === 'reference') && FIELD.test(value.name) && !PLAIN_OWNER.test(value.name) && !/^[A-Z]/.test(value.name);
}

/** `self.get("title")` of a record that is a mapping itself. */
function isOwnEntry(value: Value): boolean {
  const [key] = value.kind === 'result' && lastName(value.callee) === 'get' && value.of?.kind === 'parameter' && value.of.name === 'self' ? value.args : [];
  return key?.kind === 'text' && (FIELD.test(`.${key.value}`) || /^(url|uri|link|href)$/.test(key.value));
}

// ---- the fix

/** `mark_safe(f"<b>{x}</b>")` becomes `format_html("<b>{}</b>", x)`. */
function escaping(it: CallMatch | Marked | Shown, { source }: Context): readonly Edit[] | undefined {
  if (!('call' in it) || it.call.args.length !== 1 || it.call.keywords.length > 0 || it.call.open) return undefined;
  const [argument] = it.call.args;
  const filled = argument && templateOf(argument, source);
  if (!filled) return undefined;
  const { text, values } = filled;
  if (MARKUP.some((each) => each === it.call.callee)) return [replace({ start: argument.at.start, end: it.call.at.end }, `${text}).format(${values.join(', ')})`)];
  const edits = [replace(argument.at, `${text}, ${values.join(', ')}`)];
  return FORMAT.some((each) => each === it.call.callee) ? edits : [replace(it.call.calleeAt, 'format_html'), ...edits, ...importing(it.module, source, 'format_html', 'django.utils.html')];
}

/** An f-string of simple holes as a template and its values. */
function templateOf(value: Value, source: Source): { readonly text: string; readonly values: readonly string[] } | undefined {
  const [, quote = '', body = ''] = /^f(["'])([^"'\\\n]*|[^'\\\n]*|[^"\\\n]*)\1$/.exec(source.slice(value.at)) ?? [];
  if (value.kind !== 'joined' || quote === '' || body.includes('{{') || body.includes(quote)) return undefined;
  const values = [...body.matchAll(/\{([^{}]*)\}/g)].map((each) => each[1] ?? '');
  return values.length > 0 && values.every((each) => /^[\w.]+$/.test(each)) ? { text: `${quote}${body.replace(/\{[^{}]*\}/g, '{}')}${quote}`, values } : undefined;
}
