import type { Evidence, Judgement, Module, Project, Route } from '../kit';
import { closure, hooks, idleModules, isWrite, lastName, loadedModules, projectRule, routeName, textsIn } from '../kit';

/** Names of what keeps a record of who did what. */
const TRAIL = /audit|activit(y|ies)_?(logs?|records?|entr(y|ies))|^(user|admin|staff|account|member|action)?_?activit(y|ies)$|(event|action|admin|user|security|access|change|operation)_?(log|trail|journal)(s|ger|_?entry|_?record)?$|log_?entry|^historical[A-Z]|trail|security_?event|record_?(action|event|change|activity)|log_?(\w+_)?(action|event|activity|admin|operation|change|security)|track_?(action|event|change|activity)/i;
/** What looks at such a record, or at when somebody was last seen, writes none. */
const LOOKS = /^_*(get|list|last|recent|find|fetch|load|show|view|render|is|has|count|export|search)_/;
const LIBRARIES = /^(auditlog|simple_history|reversion|easyaudit|pghistory|actstream|field_history|django_audit\w*|audit_log|sqlalchemy_continuum|postgresql_audit|flask_audit\w*|axiom)(\.|$)/;
const PRIVILEGE = /admin|superuser|staff|moderator|owner_required|role|permission/i;

interface Action { readonly module: Module; readonly route: Route }

export default projectRule({
  id: 'audit-log-missing',
  title: 'Privileged actions are recorded',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `After an incident or a dispute the question is who did what and when. Application logs rarely answer it.`,
  how: `Write one row per privileged action and sign-in, with actor, address, target and time; let nobody edit it.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Vocabulary_Cheat_Sheet.html'],
  anchors: ['CWE-778', 'ASVS 16.3.1'],

  applies: (project) => actions(project).length > 0 ? true : 'No route changes something that only administrators may.',
  reads: ['logging.getLogger', 'structlog.get_logger'],
  project: judge,

  examples: () => ({
    'an administrator deletes a user': {
      bad: 'from flask import Blueprint\nfrom flask_login import login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.post("/users/<int:i>/delete")\n@login_required\ndef delete(i):\n    remove(i)\n    return "ok"\ndef remove(i):\n    pass\n',
    },
    'a dependency lets administrators in': {
      bad: 'from fastapi import Depends, FastAPI\nfrom auth import get_current_active_superuser\napp = FastAPI()\n\n\n@app.delete("/users/{user_id}", dependencies=[Depends(get_current_active_superuser)])\ndef delete_user(user_id: int):\n    remove(user_id)\n    return {}\n', path: 'main.py',
    },
    'when somebody was last there is no record': {
      bad: { 'app.py': 'from flask import Blueprint\nfrom flask_login import login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.post("/users/<int:i>/delete")\n@login_required\ndef delete(i):\n    _last_activity(i)\n    generate_historical_context(i)\n    return "ok"\ndef _last_activity(i):\n    pass\ndef generate_historical_context(i):\n    pass\nclass CostModelActivity:\n    pass\n' },
    },
    'an event of each change': { good: 'from flask import Blueprint\nfrom events import service\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.post("/cases/<int:i>/delete")\ndef delete(i):\n    service.log_case_event(i, "deleted")\n    return "ok"\n' },
    'recorded by a function of its own': {
      good: 'from flask import Blueprint, request\nfrom flask_login import current_user, login_required\nbp = Blueprint("admin", __name__, url_prefix="/admin")\n@bp.post("/users/<int:i>/delete")\n@login_required\ndef delete(i):\n    audit("user.delete", actor=current_user.id, ip=request.remote_addr, target=i)\n    return "ok"\ndef audit(action, **fields):\n    AuditLog.add(action, fields)\nclass AuditLog:\n    @staticmethod\n    def add(action, fields):\n        pass\n',
    },
    'a model of events': {
      good: { 'main.py': 'from fastapi import Depends, FastAPI\nfrom auth import require_admin\nfrom events import EventLog\napp = FastAPI()\n\n\n@app.delete("/users/{user_id}", dependencies=[Depends(require_admin)])\ndef delete_user(user_id: int):\n    EventLog(action="delete", target=user_id)\n    return {}\n', 'events.py': 'class EventLog:\n    pass\n' },
    },
    'a logger of its own': {
      good: 'import logging\nfrom flask import Blueprint\nbp = Blueprint("admin", __name__, url_prefix="/admin")\ntrail = logging.getLogger("audit")\n\n\n@bp.post("/users/<int:i>/delete")\ndef delete(i):\n    trail.info("delete", extra={"target": i})\n    return "ok"\n',
    },
    'Django keeps a history': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["auditlog"]\nMIDDLEWARE = ["auditlog.middleware.AuditlogMiddleware"]\n', 'shop/wsgi.py': 'application = None\n' } },
    'the hook of every request records': {
      good: 'from flask import Flask, request\napp = Flask(__name__)\n\n\n@app.after_request\ndef record(response):\n    save_action(request.path)\n    return response\n\n\ndef save_action(path):\n    log_action(path)\n\n\n@app.post("/admin/settings")\ndef settings():\n    return "ok"\n',
    },
    'nothing privileged': { good: 'from flask import Flask\napp = Flask(__name__)\n\n\n@app.post("/notes")\ndef add():\n    return "ok"\n\n\n@app.post("/admin/login")\ndef login():\n    return "ok"\n\n\n@app.get("/admin")\ndef admin():\n    return "ok"\n' },
  }),
});

function judge(project: Project): Judgement {
  const found = trails(project);
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const all = actions(project);
  const silent = all.filter(({ route }) => !route.does.some((callee) => /(^|[._])(log|logger|logging)\w*(\.\w+)*\.(info|warning|critical|log|bind)$|(^|\.)log\w*$/i.test(callee)));
  const [first, ...others] = silent;
  if (!first || silent.length * 2 < all.length) return { notChecked: 'Privileged actions write log lines; whether they name who acted cannot be told.' };
  return { open: [{
    at: { path: first.module.path, ...first.route.handlerAt }, message: `${routeName(first.route)}${others.length > 0 ? ` and ${others.length} more privileged actions leave` : ' leaves'} no record of who did it.`,
    related: others.slice(0, 4).map(({ module, route }) => ({ path: module.path, ...route.handlerAt, text: routeName(route) })),
  }] };
}

/** Routes that change something, and that only administrators reach. */
function actions(project: Project): readonly Action[] {
  return project.once('privilegedActions', () => {
    const idle = idleModules(project);
    return project.routes.filter(({ module, route }) => !idle.has(module.path) && isWrite(route) && !/log-?(in|out)|sign-?in|token|password/i.test(route.path)
      && (/(^|\/)(admin|administration|backoffice|staff)(\/|$)/i.test(route.path) || route.gates.some((gate) => PRIVILEGE.test(lastName(gate)) && !/member|anonymous/i.test(gate))));
  });
}

/** What keeps a record: a library, a model, a function or a logger made for it, of the project's own or not. */
function trails(project: Project): readonly Evidence[] {
  const at = (module: Module, span: { readonly start: number; readonly end: number }, text: string): Evidence => ({ path: module.path, start: span.start, end: span.end, text });
  const loaded = loadedModules(project);
  const running = project.modules.filter((module) => loaded.size === 0 || loaded.has(module.path) || project.frameworks.has('django'));
  const named = running.flatMap((module) => [
    ...module.imports.filter((one) => LIBRARIES.test(one.target)).map((one) => at(module, one.at, `records with ${one.target.split('.')[0] ?? ''}`)),
    ...module.classes.filter((one) => TRAIL.test(one.name)).map((one) => at(module, one.nameAt, one.name)),
    ...module.functions.filter((one) => TRAIL.test(one.name) && !LOOKS.test(one.name)).map((one) => at(module, one.nameAt, `${one.name}()`)),
  ]);
  const called = [...actions(project).map(({ module, route }) => ({ module, does: route.does, span: route.handlerAt })), ...closure(project, [...hooks(project, 'before'), ...hooks(project, 'after')]).map(({ module, func }) => ({ module, does: func.does, span: func.nameAt }))]
    .filter(({ does }) => does.some((callee) => (TRAIL.test(lastName(callee)) && !LOOKS.test(lastName(callee))) || TRAIL.test(callee.split('.').at(-2) ?? ''))).map(({ module, span }) => at(module, span, 'records what is done'));
  const loggers = project.calls('logging.getLogger', 'structlog.get_logger').filter(({ call }) => call.args.some((arg) => textsIn(arg).some((one) => /audit|security|activity/i.test(one.value)))).map(({ module, call }) => at(module, call.at, 'a logger of its own'));
  const apps = project.settings('INSTALLED_APPS').flatMap((each) => textsIn(each.value).filter((one) => LIBRARIES.test(one.value)).map((one) => ({ path: each.path, start: one.at.start, end: one.at.end, text: one.value })));
  return [...apps, ...named, ...called, ...loggers];
}
