import type { Evidence, Judgement, Module, Project, Route, Variation } from '../kit';
import {
  HOOK_CALLS, applicationName, closure, edgeLines, gapPlace, guardOf, guardsEverything, hasOwnHandler, idleModules, isOpenOnPurpose, isPublicByNature, isWrite, lastName, maybeGuarded, onlyInDevelopment, projectRule, recognisedRoutes, recognises, routeName,
  webFrameworks,
} from '../kit';

/** What a body does to a store, by the calls that do it. */
const STORES = /(^|[._])(session|db|database|conn|connection|cursor|cur|tx)\d?\.(add|add_all|merge|delete|commit|execute|executemany|exec|bulk_\w+|insert\w*|update\w*|put|set|flush)$|\.(insert_one|insert_many|update_one|update_many|replace_one|bulk_write|delete_one|delete_many|find_one_and_\w+|put_item|update_item|delete_item|put_object|delete_object|upsert|hset|hdel|setex)$|\.objects(\.\w+)*\.(create|bulk_create|update_or_create|get_or_create|delete|update)$|\.(save|save_to_db|perform_create)$|^(shutil\.(rmtree|move|copy\w*)|os\.(remove|unlink|rename|replace)|json\.dump|pickle\.dump)$|(store|storage|repo|repository|crud|dao)\.(delete|remove|create|insert|update|save|add|set|put)\w*$/i;
const FEWEST = 3;

export default projectRule({
  id: 'authentication-missing',
  title: 'State-changing routes require a signed-in user or a key',
  severity: 'high', points: 20, confidence: 'likely', blocks: 'always', effort: 'L', since: '1',
  why: 'Anyone who finds the address can create, change and delete data. Scanners find addresses within hours.',
  how: 'Ask for a login or a key for the whole application, then open single routes on purpose.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html', 'https://flask-login.readthedocs.io/en/latest/', 'https://fastapi.tiangolo.com/tutorial/security/'],
  anchors: ['CWE-306', 'CWE-862'],
  ladder: { name: 'access-control', rung: 1 },
  hides: ['route-missing-auth'],

  applies(project) {
    if (webFrameworks(project).size === 0) return 'No web application is served from here.';
    return project.deployable ? true : 'The project is not deployed from here.';
  },
  reads: HOOK_CALLS,
  project: judge,

  examples: () => ({
    'nobody is asked anything': {
      bad: {
        'app.py': `from flask import Flask, request
app = Flask(__name__)
@app.post("/items")
def add():
    return save(request.form)
@app.post("/items/<int:i>/delete")
def delete(i):
    return save({"id": i})
@app.post("/settings")
def settings():
    return save(request.form)
def save(data):
    db.execute("INSERT INTO item VALUES (?)", (str(data),))
    return "ok"
db = None
`,
      },
    },
    'an API over a database': {
      bad: {
        'main.py': 'from fastapi import Depends, FastAPI\nfrom orders import router\napp = FastAPI()\napp.include_router(router)\n',
        'orders.py': `from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
router = APIRouter(prefix="/orders")
def get_db():
    yield None
@router.post("/")
def create(order: dict, db: Session = Depends(get_db)):
    db.add(order)
    db.commit()
@router.put("/{i}")
def update(i: int, db: Session = Depends(get_db)):
    db.commit()
@router.delete("/{i}")
def drop(i: int, db: Session = Depends(get_db)):
    db.delete(i)
    db.commit()
`,
      },
    },
    'Django views that ask nobody': {
      bad: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\n',
        'shop/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
        'shop/urls.py': 'from django.urls import path\nfrom shop import views\nurlpatterns = [path("a/", views.add), path("b/", views.edit), path("c/", views.drop)]\n',
        'shop/views.py': 'from shop.models import Item\ndef add(request):\n    Item.objects.create(name=request.POST["name"])\ndef edit(request):\n    Item.objects.filter(pk=request.POST["pk"]).update(name="x")\ndef drop(request):\n    Item.objects.filter(pk=request.POST["pk"]).delete()\n',
        'shop/models.py': 'from django.db import models\nclass Item(models.Model):\n    name = models.TextField()\n',
      },
    },
    'a demonstration, as it says': {
      severity: 'medium',
      bad: {
        'README.md': '# Notes\n\nA demo application for the tutorial.\n',
        'app.py': `from flask import Flask
app = Flask(__name__)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
      },
    },
    'a login': {
      good: `from flask import Flask
from flask_login import LoginManager, login_required
app = Flask(__name__)
LoginManager(app)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\n@login_required\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
    },
    'a key': {
      good: { 'main.py': `from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import APIKeyHeader
app = FastAPI()
async def key(k: str = Depends(APIKeyHeader(name="X-API-Key"))):
    if not known(k):
        raise HTTPException(401)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s", dependencies=[Depends(key)])\ndef add_${name}():\n    db.session.commit()\n`).join('')}def known(k):
    return False
db = None
` },
    },
    'a session of its own': {
      good: `from flask import Flask, abort, session
app = Flask(__name__)
def user():
    return session["user_id"]
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    user() or abort(401)\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
    },
    'a proxy asks': {
      good: {
        'app.py': `from flask import Flask
app = Flask(__name__)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
        'nginx.conf': 'server {\n  auth_basic "private";\n  auth_basic_user_file /etc/nginx/htpasswd;\n  location / {\n    proxy_pass http://app:8000;\n  }\n}\n',
      },
    },
    'a proxy of another project stands in front': {
      good: {
        'app.py': `from flask import Flask
app = Flask(__name__)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
        'docker-compose.yml': 'services:\n  web:\n    build: .\n  auth:\n    image: quay.io/oauth2-proxy/oauth2-proxy:v7.6.0\n',
      },
    },
    'the proxy says who it is': {
      good: `from flask import Flask, request
app = Flask(__name__)
@app.before_request
def who():
    return None if request.headers.get("Remote-User") else ("no", 403)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
    },
    'forms for visitors and signed webhooks': {
      good: `from flask import Flask
app = Flask(__name__)
@app.post("/contact")
def contact():
    db.session.commit()
@app.post("/newsletter")
def newsletter():
    db.session.commit()
@app.post("/webhooks/stripe")
def paid():
    db.session.commit()
@app.post("/feedback")
def feedback():
    db.session.commit()
db = None
`,
    },
    'it computes and keeps nothing': {
      good: `from flask import Flask
app = Flask(__name__)
${['a', 'b', 'c', 'd'].map((name) => `@app.post("/${name}")\ndef do_${name}():\n    return compute("${name}")\n`).join('')}def compute(x):
    return x * 2
`,
    },
    'reachable from its own machine only': {
      good: {
        'app.py': `from flask import Flask
app = Flask(__name__)
${['a', 'b', 'c'].map((name) => `@app.post("/${name}s")\ndef add_${name}():\n    db.session.commit()\n    return "ok"\n`).join('')}db = None
`,
        'docker-compose.yml': 'services:\n  web:\n    build: .\n    ports:\n      - "127.0.0.1:8000:8000"\n',
      },
    },
  }),
});

function judge(project: Project): Judgement {
  const writes = openWrites(project);
  const guarded = guardedRoutes(project);
  if (guarded) return { holds: [guarded] };
  const front = inFront(project);
  if (front) return { holds: [front] };
  const hint = recognises(project);
  if (hint) return { notChecked: `Callers are recognised (${hint.text}), but not by anything that stands before a route and could be followed.` };
  if (writes.length < FEWEST) return { notApplicable: 'Fewer than three routes change what is stored.' };
  if (isPrivate(project)) return { notApplicable: 'It is published to its own machine only.' };
  const [first] = writes;
  const listed = writes.slice(0, 3).map((each) => routeName(each.route)).join(', ');
  const variation = modest(project);
  return first === undefined ? { holds: [] } : { open: [{
    at: gapPlace(project, 'INSTALLED_APPS'), message: `${applicationName(project)} has ${writes.length} routes that change what is stored (${listed}${writes.length > 3 ? ', …' : ''}), and nothing in the project asks who calls.`,
    related: writes.slice(0, 5).map(({ module, route }) => ({ path: module.path, ...route.handlerAt, text: routeName(route) })), ...(variation && { variation }),
  }] };
}

function guardedRoutes(project: Project): Evidence | undefined {
  if (recognisedRoutes(project) === 0) return undefined;
  // What lies idle beside the application guards nothing of it.
  const idle = idleModules(project);
  const live = project.routes.filter(({ module }) => !idle.has(module.path));
  const guarded = live.flatMap(({ module, route }) => { const guard = guardOf(route, project); return guard === undefined ? [] : [{ module, route, guard }]; });
  const [first] = guarded;
  return first && { path: first.module.path, ...first.route.handlerAt, text: `${lastName(first.guard)} and the like stand before ${guarded.length} of ${live.length} routes` };
}

function openWrites(project: Project): readonly { readonly module: Module; readonly route: Route }[] {
  const idle = idleModules(project);
  const seen = new Set<string>();
  return project.routes.filter(({ module, route }) => {
    const key = `${module.path} ${route.handlerAt.start}`;
    if (seen.has(key) || idle.has(module.path) || !isWrite(route) || !hasOwnHandler(route) || isPublicByNature(route) || isOpenOnPurpose(route) || onlyInDevelopment(route)) return false;
    seen.add(key);
    return stores(route, project) && !guardsEverything(route, project) && !maybeGuarded(module, route, project);
  });
}

function stores(route: Route, project: Project): boolean {
  return route.does.some((each) => STORES.test(each)) || closure(project, route.does.flatMap((each) => project.func(each) ?? [])).some(({ func }) => func.does.some((each) => STORES.test(each)));
}

/** A proxy, a gateway or a service beside the application that lets only some through. */
function inFront(project: Project): Evidence | undefined {
  const line = edgeLines(project).find((each) => /^(auth_basic\s(?!off)|auth_request\b|auth_jwt\b|ssl_verify_client\s+on|basic_?auth\b|forward_auth\b|require\s+(valid-user|ip|host|user)|authtype\b|allow\s+\d|deny\s+all)|forwardauth|basicauth|auth-(url|type|signin|secret|tls)|oauth2[-_]proxy|authelia|authentik|cloudflare-?access|\biap\b|authorizer|identity-aware/i.test(each.text));
  if (line) return { path: line.path, start: line.start, end: line.end, text: `a proxy asks: ${line.text.slice(0, 60)}` };
  for (const unit of project.of('compose')) {
    const service = unit.services.find((each) => /oauth2-proxy|authelia|authentik|keycloak|pomerium|vouch-proxy|cloudflared|tailscale|traefik-forward-auth|login-gov|dex|zitadel|teleport/i.test(`${each.image ?? ''} ${each.name}`));
    if (service) return { path: unit.path, ...service.nameAt, text: `${service.name} stands in front` };
  }
  return undefined;
}

/** Every port that compose publishes is bound to this machine. */
function isPrivate(project: Project): boolean {
  const ports = project.production.flatMap((unit) => unit.kind === 'compose' ? unit.services.flatMap((each) => each.ports.map((port) => port.text)) : []);
  return ports.length > 0 && ports.every((each) => /^(127\.0\.0\.1|localhost|\[::1\]):/.test(each));
}

/** What the project says of itself. */
function modest(project: Project): Variation | undefined {
  const readme = project.of('markdown').filter((each) => /(^|\/)readme\.md$/i.test(each.path)).sort((a, b) => a.path.length - b.path.length)[0];
  const said = readme && /\b(demo|demonstration|tutorial|sample app\w*|example app\w*|proof of concept|workshop|homework|course project|internal (use|tool|only)|single[- ]user|personal use|home network|trusted network|localhost only|do not expose)\b/i.exec(project.text(readme.path)?.slice(0, 6000) ?? '')?.[0];
  return said === undefined ? undefined : { severity: 'medium', because: `${lastName(readme?.path.replace(/\//g, '.').replace(/\.md$/i, '') ?? '')} calls it "${said}"` };
}
