import type { CookieWrite, Edit, Gap, Judgement, Module, Project, Source } from '../kit';
import {
  CSRF_CALLS, HOOK_CALLS, constructionAt, cookieWrites, corsWithCredentials, csrfExtensions, csrfProtection, gapPlace, importing, projectRule, protectsItself, requiring, sameSite, statementsAfter, webFrameworks,
} from '../kit';

const LIBRARIES = ['flask-wtf', 'flask-seasurf', 'starlette-csrf', 'fastapi-csrf-protect', 'asgi-csrf'] as const;

export default projectRule({
  id: 'csrf-missing',
  title: 'Cookie-authenticated writes are protected against CSRF',
  severity: 'high', confidence: 'likely', blocks: { when: 'cookie auth and state-changing routes', holds: (project) => project.cookieAuth !== undefined }, effort: 'M', since: '1',
  why: `A page on another site can post to yours, and the browser adds the cookie. The visitor only has to open it.`,
  how: `Protect the whole application, and exempt only webhooks that check a signature and APIs that take a token from a header.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html', 'https://flask-wtf.readthedocs.io/', 'https://docs.djangoproject.com/en/stable/ref/csrf/'],
  anchors: ['semgrep express-check-csurf-middleware-usage', 'njsscan anti_csrf_control', 'django security.W003', 'CWE-352', 'ASVS 3.5.1'],
  ladder: { name: 'csrf', rung: 1 },
  hides: ['csrf-form-token-missing'],

  applies(project) {
    const frameworks = [...webFrameworks(project)].filter((each) => each !== 'django');
    if (frameworks.length === 0) return webFrameworks(project).has('django') ? 'Django checks by its own middleware, which csrf-disabled watches.' : 'No web application is served from here.';
    return project.cookieAuth ? true : 'Nobody is recognised by a cookie.';
  },
  reads: [...CSRF_CALLS, ...HOOK_CALLS],
  project: judge,

  fix: [
    { title: 'Give CSRFProtect the application', safety: 'review', edit: (gap, { source, project }) => initialise(gap, source, project), remains: 'Put {{ csrf_token() }} into every form, send it as X-CSRFToken from scripts, and exempt webhooks that check a signature.' },
    {
      title: 'Add CSRFProtect', safety: 'review', edit: (gap, { source, project, unit }) => unit.kind === 'module' ? protect(gap, source, project, unit) : undefined,
      remains: 'Put {{ csrf_token() }} into every form, send it as X-CSRFToken from scripts, and exempt webhooks that check a signature.',
    },
  ],

  examples: () => ({
    'a write on the word of the session': {
      bad: `from flask import Flask, request, session
app = Flask(__name__)
@app.post("/login")
def login():
    session["user_id"] = request.form["id"]
    return "ok"
@app.post("/email")
def email():
    save(session["user_id"], request.form["email"])
    return "ok"
def save(u, e):
    pass
`,
      good: `from flask import Flask, request, session
from flask_wtf.csrf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect(app)
@app.post("/login")
def login():
    session["user_id"] = request.form["id"]
    return "ok"
@app.post("/email")
def email():
    save(session["user_id"], request.form["email"])
    return "ok"
def save(u, e):
    pass
`,
      fix: 'Add CSRFProtect',
    },
    'the requirement comes along': {
      bad: {
        'app.py': `from flask import Flask
from flask_login import LoginManager, login_required

app = Flask(__name__)
LoginManager(app)


@app.post("/account/delete")
@login_required
def delete():
    return "gone"
`,
        'requirements.txt': 'flask==3.0.3\nflask-login==0.6.3\n',
      },
      good: {
        'app.py': `from flask import Flask
from flask_login import LoginManager, login_required
from flask_wtf.csrf import CSRFProtect

app = Flask(__name__)
csrf = CSRFProtect(app)
LoginManager(app)


@app.post("/account/delete")
@login_required
def delete():
    return "gone"
`,
        'requirements.txt': 'flask==3.0.3\nflask-login==0.6.3\nFlask-WTF>=1.2\n',
      },
      fix: 'Add CSRFProtect',
    },
    'made and never given the application': {
      bad: `from flask import Flask
from flask_login import LoginManager, login_required
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
app = Flask(__name__)
LoginManager(app)


@app.route("/profile", methods=["GET", "POST"])
@login_required
def profile():
    return "ok"
`,
      good: `from flask import Flask
from flask_login import LoginManager, login_required
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
app = Flask(__name__)
csrf.init_app(app)
LoginManager(app)


@app.route("/profile", methods=["GET", "POST"])
@login_required
def profile():
    return "ok"
`,
      fix: 'Give CSRFProtect the application',
    },
    'declared, and in a comment': {
      bad: {
        'app.py': `from flask import Flask
from flask_login import LoginManager, login_required

app = Flask(__name__)
LoginManager(app)
# CSRFProtect(app)


@app.delete("/items/<int:item>")
@login_required
def remove(item):
    return "gone"
`,
        'requirements.txt': 'flask\nflask-login\nflask-wtf\n',
      },
    },
    'a gate for the whole application': {
      bad: {
        'shop/__init__.py': `from flask import Flask, redirect, request, session
from .views import bp


def create_app():
    app = Flask(__name__)

    @app.before_request
    def require_login():
        if "user_id" not in session and request.endpoint != "views.login":
            return redirect("/login")

    app.register_blueprint(bp)
    return app
`,
        'shop/views.py': `from flask import Blueprint, request, session

bp = Blueprint("views", __name__)


@bp.route("/login", methods=["GET", "POST"])
def login():
    session["user_id"] = 1
    return "ok"


@bp.route("/orders", methods=["POST"])
def order():
    return request.form["item"]
`,
      },
    },
    'any site may send the cookie along': {
      severity: 'critical',
      bad: `from flask import Flask
from flask_cors import CORS
from flask_login import LoginManager, login_required

app = Flask(__name__)
app.config["SESSION_COOKIE_SAMESITE"] = "None"
app.config["SESSION_COOKIE_SECURE"] = True
CORS(app, supports_credentials=True)
LoginManager(app)


@app.post("/transfer")
@login_required
def transfer():
    return "ok"
`,
    },
    'FastAPI with sessions and forms': {
      bad: { 'main.py': `from fastapi import Depends, FastAPI, Form, HTTPException, Request
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=load())


def current(request: Request):
    if "user" not in request.session:
        raise HTTPException(401)
    return request.session["user"]


@app.post("/email")
def email(address: str = Form(), user=Depends(current)):
    return {}
` },
    },
    'a hook keeps whom the cookie names': {
      bad: {
        'shop.py': 'from flask import Flask, g, request\nfrom account import account\nfrom cookies import visitor\n\napp = Flask(__name__)\napp.register_blueprint(account)\n\n\n@app.before_request\ndef recognise():\n    g.visitor = visitor(request)\n',
        'cookies.py': 'def remember(response, name):\n    response.set_cookie("shop_session", name)\n    return response\n\n\ndef visitor(request):\n    return {"name": request.cookies.get("shop_session")}\n',
        'account.py': 'from flask import Blueprint, g, redirect, request\n\naccount = Blueprint("account", __name__)\n\n\n@account.post("/address")\ndef move():\n    save(g.visitor["name"], request.form["address"])\n    return redirect("/")\n',
      },
    },
    'only whom a login forgets': {
      good: {
        'shop.py': 'from flask import Flask, redirect, request, session\n\napp = Flask(__name__)\n\n\n@app.route("/login", methods=["POST"])\ndef login():\n    session.pop("user_id", None)\n    session["user_id"] = find(request.form["name"])\n    return redirect("/")\n',
      },
    },
    'the whole application is protected': {
      good: `from flask import Flask, request, session
from flask_wtf.csrf import CSRFProtect
app = Flask(__name__)
CSRFProtect(app)
@app.post("/email")
def email():
    return session["user_id"]
@app.post("/login")
def login():
    session["user_id"] = 1
    return "ok"
`,
    },
    'protected by an extension of another module': {
      good: {
        'shop/__init__.py': `from flask import Flask
from .extensions import csrf, login_manager
from .views import bp


def create_app():
    app = Flask(__name__)
    login_manager.init_app(app)
    csrf.init_app(app)
    app.register_blueprint(bp)
    return app
`,
        'shop/extensions.py': 'from flask_login import LoginManager\nfrom flask_wtf import CSRFProtect\n\ncsrf = CSRFProtect()\nlogin_manager = LoginManager()\n',
        'shop/views.py': 'from flask import Blueprint\nfrom flask_login import login_required\n\nbp = Blueprint("views", __name__)\n\n\n@bp.post("/email")\n@login_required\ndef email():\n    return "ok"\n',
      },
    },
    'a class of its own over CSRFProtect': {
      good: {
        'shop/__init__.py': 'from flask import Flask\nfrom flask_login import LoginManager, login_required\nfrom shop.checks import checks\n\napp = Flask(__name__)\nLoginManager(app)\nchecks.init_app(app)\n\n\n@app.post("/email")\n@login_required\ndef email():\n    return "ok"\n',
        'shop/checks.py': 'from flask_wtf.csrf import CSRFProtect\n\n\nclass _Checks(CSRFProtect):\n    def exempt_api(self):\n        pass\n\n\nchecks = _Checks()\n',
      },
    },
    'FlaskForm checks its own token': {
      good: `from flask import Flask
from flask_login import LoginManager, login_required
from flask_wtf import FlaskForm
app = Flask(__name__)
LoginManager(app)
@app.post("/email")
@login_required
def email():
    form = FlaskForm()
    if form.validate_on_submit():
        return "ok"
    return "bad", 400
`,
    },
    'a form class of another module': {
      good: {
        'app.py': `from flask import Flask, request
from flask_login import LoginManager, login_required
from forms import EmailForm

app = Flask(__name__)
LoginManager(app)


@app.route("/email", methods=["GET", "POST"])
@login_required
def email():
    form = EmailForm(request.form)
    if request.method == "POST" and form.validate():
        return "ok"
    return "form"
`,
        'forms.py': 'from flask_wtf import FlaskForm\n\n\nclass Base(FlaskForm):\n    pass\n\n\nclass EmailForm(Base):\n    pass\n',
      },
    },
    'bearer only': {
      good: { 'main.py': `from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
app = FastAPI()
bearer = OAuth2PasswordBearer(tokenUrl="token")
@app.post("/email")
def email(token: str = Depends(bearer)):
    return {}
` },
    },
    'bearer behind a dependency, sessions only for a handshake': {
      good: { 'main.py': `from typing import Annotated
from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=load())
bearer = OAuth2PasswordBearer(tokenUrl="token")
TokenDep = Annotated[str, Depends(bearer)]


def get_current_user(token: TokenDep):
    return token


@app.post("/email")
def email(user: Annotated[str, Depends(get_current_user)]):
    return {}
` },
    },
    'a body of JSON needs a preflight': {
      good: `from flask import Flask, request
from flask_login import LoginManager, login_required

app = Flask(__name__)
LoginManager(app)


@app.post("/email")
@login_required
def email():
    return request.get_json()["address"]
`,
    },
    'JSON that any origin may send': {
      bad: `from flask import Flask, request
from flask_cors import CORS
from flask_login import LoginManager, login_required

app = Flask(__name__)
CORS(app, supports_credentials=True)
LoginManager(app)


@app.post("/email")
@login_required
def email():
    return request.get_json()["address"]
`,
    },
    'a nonce of its own': {
      good: {
        'shop/__init__.py': `from flask import Flask
from .checks import init_checks
from .views import bp


def create_app():
    app = Flask(__name__)
    init_checks(app)
    app.register_blueprint(bp)
    return app
`,
        'shop/checks.py': `from flask import abort, request, session


def init_checks(app):
    @app.before_request
    def nonce():
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            if session["nonce"] != request.form.get("nonce"):
                abort(403)
`,
        'shop/views.py': 'from flask import Blueprint, session\n\nbp = Blueprint("views", __name__)\n\n\n@bp.post("/login")\ndef login():\n    session["user_id"] = 1\n    return "ok"\n\n\n@bp.post("/email")\ndef email():\n    return session["user_id"]\n',
      },
    },
    'the origin is compared': {
      good: `from flask import Flask, abort, request, session
app = Flask(__name__)


def same_origin():
    origin = request.headers.get("Origin")
    if origin and origin != request.host_url.rstrip("/"):
        abort(403)


app.before_request(same_origin)


@app.post("/login")
def login():
    session["user_id"] = 1
    return "ok"


@app.post("/email")
def email():
    return session["user_id"]
`,
    },
    'Starlette keeps its cookies at home': {
      good: { 'main.py': `from fastapi import Cookie, Depends, FastAPI, Request, Response

app = FastAPI()


@app.post("/login")
def login(response: Response):
    response.set_cookie("session_token", "x", httponly=True)


def current(request: Request):
    return request.cookies.get("session_token")


@app.post("/email")
def email(address: dict, user=Depends(current)):
    return {}
` },
    },
    'a cookie that goes everywhere': {
      bad: { 'main.py': `from fastapi import Depends, FastAPI, Request, Response

app = FastAPI()


@app.post("/login")
def login(response: Response):
    response.set_cookie("session_token", "x", httponly=True, secure=True, samesite="none")


def current(request: Request):
    return request.cookies.get("session_token")


@app.post("/email")
def email(address: dict, user=Depends(current)):
    return {}
` },
    },
    'a signed webhook': {
      good: `import stripe
from flask import Flask, request, session
app = Flask(__name__)


@app.post("/stripe")
def stripe_event():
    stripe.Webhook.construct_event(request.data, request.headers["Stripe-Signature"], app.config["KEY"])
    return "ok"


@app.post("/login")
def login():
    session["user_id"] = 1
    return "ok"
`,
    },
    'Django has its own': {
      good: { 'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\nMIDDLEWARE = []\n' },
    },
  }),
});

function judge(project: Project): Judgement {
  const protection = csrfProtection(project);
  if (protection.length > 0) return { holds: protection.slice(0, 3) };
  const writes = cookieWrites(project);
  if (writes.length === 0) return { notApplicable: 'No route changes state on the word of a cookie alone.' };
  const open = writes.filter((each) => !protectsItself(each, project));
  const [first] = writes;
  if (open.length === 0) return { holds: first ? [{ path: first.path, start: first.start, end: first.end, text: writes.length === 1 ? 'its one write cannot be forged from another site' : `none of its ${writes.length} writes can be forged from another site` }] : [] };
  const credentials = sameSite(project) === 'none' ? corsWithCredentials(project) : undefined;
  const idle = csrfExtensions(project).idle;
  return { open: [{
    at: gapPlace(project), message: message(open, idle.length > 0, project),
    related: [...idle, ...LIBRARIES.flatMap((name) => project.declares(name) ?? []), ...open.slice(0, 5), ...(credentials ? [credentials] : [])].map(({ path, start, end, text }) => ({ path, start, end, text })),
    ...(credentials && { variation: { severity: 'critical', because: 'the cookie is SameSite=None and CORS allows credentials' } }),
  }] };
}

function message(open: readonly CookieWrite[], idle: boolean, project: Project): string {
  const count = open.length === 1 ? '1 state-changing route trusts' : `${open.length} state-changing routes trust`;
  const declared = LIBRARIES.find((name) => project.declares(name));
  const check = idle ? 'CSRFProtect is never given the application' : `nothing checks a token or the origin${declared ? ` (${declared} is only declared)` : ''}`;
  const first = open.slice(0, 3).map((each) => each.text).join(', ');
  return `${count} the session cookie (${first}${open.length > 3 ? ', …' : ''}), and ${check}.`;
}

/** An extension made above the application, in the same file, is initialised below it. */
function initialise(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const extension = csrfExtensions(project).idle.find((each) => each.path === source.path && each.end < gap.at.start && each.call.scope === '');
  const at = constructionAt(gap.at, source);
  return extension?.call.boundTo && at ? [statementsAfter(at, [`${extension.call.boundTo}.init_app(${at.name})`])] : undefined;
}

function protect(gap: Gap, source: Source, project: Project, module: Module): readonly Edit[] | undefined {
  const isFlask = project.applications.some((each) => each.framework === 'flask' && each.path === gap.at.path && each.start === gap.at.start);
  const at = constructionAt(gap.at, source);
  if (!isFlask || !at || csrfExtensions(project).idle.length > 0) return undefined;
  return [...importing(module, source, 'CSRFProtect', 'flask_wtf.csrf'), statementsAfter(at, [`csrf = CSRFProtect(${at.name})`]), ...requiring(project, 'flask-wtf', 'Flask-WTF>=1.2')];
}
