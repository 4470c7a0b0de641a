import type { Gap, Marker, Module, Project, Route } from '../kit';
import { classNamedAt, projectRule, within } from '../kit';

interface Found { readonly module: Module; readonly marker: Marker }

export default projectRule({
  id: 'todo-comment',
  title: 'No unfinished production behaviour is left',
  severity: 'info', points: 0, confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'A marker is the author\'s own list of what is not done. The ones about security are findings that somebody already made.',
  how: 'Do it, or move it to the tracker and delete the comment.',
  links: ['https://cwe.mitre.org/data/definitions/546.html'],
  anchors: ['ruff TD002', 'ruff FIX002', 'CWE-546'],

  applies: (project) => project.modules.length > 0 || 'There is no source file.',
  project: (project) => {
    const open = [...stubs(project), ...markers(project)];
    return open.length > 0 ? { open } : { holds: [{ ...project.anchor, text: `No open marker in ${project.modules.length} ${project.modules.length === 1 ? 'file' : 'files'}` }] };
  },

  examples: () => ({
    'an amount that nobody verifies': { bad: 'def charge(order):\n    # TODO: verify the amount before production\n    return order.total\n', severity: 'low' },
    'a route that is not there yet': { bad: { 'api.py': 'from fastapi import APIRouter\nrouter = APIRouter()\n@router.post("/refund")\ndef refund():\n    raise NotImplementedError\n' }, severity: 'medium' },
    'a route that says so': { bad: { 'api.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/refund")\ndef refund():\n    """Gives the money back."""\n    return {"error": "not implemented"}, 501\n' }, severity: 'medium' },
    'a route without a body': { bad: { 'api.py': 'from flask import Flask\napp = Flask(__name__)\n@app.post("/refund")\ndef refund():\n    pass\n' }, severity: 'medium' },
    'markers of other things, all together': { bad: { 'a.py': 'def a():\n    return 1  # TODO nicer\n# FIXME(anna): rename\n', 'b.py': '# XXX: too long\nx = 1\n' } },
    'nothing is open': { good: 'def charge(order):\n    return order.verified_total()\n' },
    'an abstract method': { path: 'base.py', good: 'from abc import ABC, abstractmethod\nclass Gateway(ABC):\n    @abstractmethod\n    def charge(self, order):\n        raise NotImplementedError\n' },
    'a method for others to write': { path: 'base.py', good: 'class Gateway:\n    def charge(self, order):\n        raise NotImplementedError("subclasses charge")\n' },
    'words that only look like markers': { good: '# The list of todos: see todo_list, and TODOS in settings.\n# Hackathon, hack day, xxxl and 5XXX-XXXX.\nTODO = "a state of a task, not done: TODO"\ndef todo(task):\n    return task.state == TODO\n' },
    'security that has a ticket': { bad: '# TODO(#412): validate the permission of the user\nx = 1\n' },
    'tests, documents, other people\'s code': { good: { 'tests/test_a.py': '# TODO: check the password\n', 'docs/conf.py': '# TODO: later\n', 'vendor/lib.py': '# FIXME: auth\n', 'app.py': 'x = 1\n' } },
  }),
});

const WEIGHTY = /\bsecur|\bauth(?:entic|oriz|oris|\b)|\bvalidat|\bverif|\bpermission|\bpassword|\bpayment|\bproduction\b|\btemporar|\bremove before\b|\bsaniti|\bcsrf\b|\bxss\b|\binjection|\bencrypt|\brate.?limit|\bcredential|\bsecrets?\b/i;
/** `#412`, `SHOP-99`, an address: somebody keeps it elsewhere. */
const TICKET = /#\d+|\b[A-Z][A-Z0-9]+-\d+\b|https?:\/\//;

function markers(project: Project): readonly Gap[] {
  const all = project.modules.flatMap((module): Found[] => module.markers.map((marker) => ({ module, marker })));
  const weighty = all.filter(({ marker }) => WEIGHTY.test(marker.text) && !TICKET.test(marker.text));
  const rest = all.filter((each) => !weighty.includes(each));
  return [...gapOf(weighty, true), ...gapOf(rest, false)];
}

/** So many places are named in the message; the others are beside the finding. */
const NAMED = 3;

/** One finding for all of a kind, at the first. */
function gapOf(all: readonly Found[], weighty: boolean): readonly Gap[] {
  const [first] = all;
  if (!first) return [];
  const files = new Set(all.map(({ module }) => module.path)).size;
  const listed = all.slice(0, NAMED).map(({ module, marker }) => `${module.path}:${String(marker.line + 1)}`).join(', ');
  const where = all.length === 1 ? '' : `${files === 1 ? '' : ` in ${String(files)} files`}: ${listed}${all.length > NAMED ? ` and ${String(all.length - NAMED)} more` : ''}`;
  const what = all.length === 1 ? `A ${first.marker.word} marker` : `${String(all.length)} markers (${[...new Set(all.map((each) => each.marker.word))].join(', ')})`;
  return [{
    at: { path: first.module.path, ...first.marker.at },
    message: weighty ? `${what} about security or production ${all.length === 1 ? 'is' : 'are'} open${where}.` : `${what} ${all.length === 1 ? 'is' : 'are'} open${where}.`,
    ...(weighty && { variation: { severity: 'low' as const, because: 'it speaks of security, payment or production' } }),
    related: all.slice(1, 11).map(({ module, marker }) => ({ path: module.path, ...marker.at, text: marker.text.slice(0, 100) })),
  }];
}

/** Routes that production serves and that only say they are not there yet. */
function stubs(project: Project): readonly Gap[] {
  return project.routes.filter(({ module, route }) => isStub(module, route, project)).map(({ module, route }) => ({
    at: { path: module.path, ...route.handlerAt }, message: `${route.methods[0] ?? 'GET'} ${route.path || '/'} is served, but ${route.handler.slice(route.handler.lastIndexOf('.') + 1)}() is not written yet.`,
    variation: { severity: 'medium', points: 3, because: 'visitors reach it' },
  }));
}

function isStub(module: Module, route: Route, project: Project): boolean {
  if (classNamedAt(module, route.handlerAt.start)) return false;
  const body = project.written(module.path, route.body);
  const statement = body.replace(/^\s*("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')/, '').replace(/#[^\n]*/g, '').trim();
  if (/^(pass|\.\.\.|raise NotImplementedError(\([^\n]*\))?)$/.test(statement)) return true;
  return statement.split('\n').length <= 3 && within(module.statuses, route.body).some((each) => each.code === 501);
}
