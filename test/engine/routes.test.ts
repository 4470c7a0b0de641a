import assert from 'node:assert/strict';
import { projectOf } from '../support/python';

/** `GET /orders/<id> views.show [gates]`, with `~` behind the way that was not followed to its end and hooks in braces. */
async function routes(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const project = await projectOf(files);
  return project.routes.map(({ module, route }) => `${route.methods.join('|') || 'ANY'} ${route.path} ${module.name}.${route.handler}${route.traced ? '' : ' ~'}${route.gates.length > 0 ? ` [${route.gates.join(' ')}]` : ''}${route.hooks.length > 0 ? ` {${route.hooks.join(' ')}}` : ''}`);
}

function says(title: string, files: Readonly<Record<string, string>>, expected: readonly string[]): void {
  it(title, async () => { assert.deepEqual(await routes(files), expected); });
}

describe('routes of Flask', () => {
  says('take the prefix of their blueprint, and that of its registration in its place', {
    'shop/a.py': 'from flask import Blueprint\nbp = Blueprint("a", __name__, url_prefix="/a")\n@bp.get("/x")\ndef x():\n    return ""\n',
    'shop/b.py': 'from flask import Blueprint\nb = Blueprint("b", __name__, url_prefix="/b")\n@b.route("/x", methods=["POST"])\ndef x():\n    return ""\n',
    'shop/__init__.py': 'from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    from .a import bp as a_bp\n    from shop import b\n    app.register_blueprint(a_bp)\n    app.register_blueprint(b.b, url_prefix="/other")\n    return app\n',
  }, ['GET /a/x shop.a.x', 'POST /other/x shop.b.x']);

  says('nest with their blueprints', {
    'app.py': 'from flask import Flask, Blueprint\napp = Flask(__name__)\nparent = Blueprint("p", __name__, url_prefix="/p")\nchild = Blueprint("c", __name__, url_prefix="/c")\n@child.route("/x")\ndef x():\n    return ""\nparent.register_blueprint(child)\napp.register_blueprint(parent)\n',
  }, ['GET /p/c/x app.x']);

  says('are gated by hooks of their blueprint that may refuse, and hooked by those of the application', {
    'app.py': 'from flask import Flask, Blueprint, abort, g, session\napp = Flask(__name__)\nbp = Blueprint("a", __name__)\n@bp.before_request\ndef guard():\n    if "user" not in session:\n        abort(401)\n@bp.before_request\ndef load():\n    g.user = session.get("user")\n@bp.before_app_request\ndef everywhere():\n    if not session:\n        return "no", 403\n@bp.get("/x")\ndef x():\n    return ""\n@app.get("/y")\ndef y():\n    return ""\napp.register_blueprint(bp)\n',
  }, ['GET /x app.x [app.guard] {app.everywhere}', 'GET /y app.y {app.everywhere}']);

  says('may be written as URL rules, with views wrapped in decorators', {
    'app.py': 'from flask import Flask\nfrom flask.views import MethodView, View\nfrom flask_login import login_required\nfrom views import about\napp = Flask(__name__)\nclass Orders(MethodView):\n    decorators = [login_required]\n    init_every_request = False\n    def get(self):\n        return ""\n    def post(self):\n        return ""\nclass Page(View):\n    methods = ["GET"]\n    def dispatch_request(self):\n        return ""\nview = login_required(Page.as_view("page"))\napp.add_url_rule("/orders", view_func=Orders.as_view("orders"))\napp.add_url_rule("/page", view_func=view)\napp.add_url_rule("/about", "about", about, methods=["GET", "POST"])\n',
    'views.py': 'def about():\n    return ""\n',
  }, ['GET /orders app.Orders.get [flask_login.login_required]', 'POST /orders app.Orders.post [flask_login.login_required]', 'ANY /page app.Page [flask_login.login_required]', 'GET|POST /about views.about']);

  says('come from factories of blueprints', {
    'ui.py': 'from flask import Blueprint\nfrom auth import login_needed\ndef construct(store):\n    ui = Blueprint("ui", __name__)\n    @ui.route("/form", methods=["POST"])\n    @login_needed\n    def form():\n        return ""\n    return ui\n',
    'auth.py': 'def login_needed(f):\n    return f\n',
    'app.py': 'from flask import Flask\nimport ui\napp = Flask(__name__)\napp.register_blueprint(ui.construct(1), url_prefix="/ui")\n',
  }, ['POST /ui/form ui.construct.form [auth.login_needed]']);

  says('are registered in loops and through a parameter', {
    'app.py': 'from flask import Flask, Blueprint\na = Blueprint("a", __name__)\nb = Blueprint("b", __name__, url_prefix="/b")\n@a.get("/x")\ndef x():\n    return ""\n@b.get("/x")\ndef y():\n    return ""\ndef register(app):\n    for bp in (a, b):\n        app.register_blueprint(bp)\n    @app.get("/z")\n    def z():\n        return ""\n',
  }, ['GET /x app.x', 'GET /b/x app.y', 'GET /z app.register.z']);

  says('hang on a blueprint that a function is given, and on one that a variable holds', {
    'shop/rss.py': 'def add_feeds(bp, store):\n    @bp.get("/feed")\n    def feed():\n        return ""\n',
    'shop/edit.py': 'from flask import Blueprint\ndef construct():\n    inner = Blueprint("edit", __name__, url_prefix="/edit")\n    @inner.post("/save")\n    def save():\n        return ""\n    return inner\n',
    'shop/__init__.py': 'from flask import Flask, Blueprint\nfrom shop import rss\nfrom shop.edit import construct\ndef create_app():\n    app = Flask(__name__)\n    bp = Blueprint("rss", __name__, url_prefix="/rss")\n    rss.add_feeds(bp, 1)\n    part = construct()\n    bp.register_blueprint(part)\n    app.register_blueprint(bp)\n    return app\n',
  }, ['GET /rss/feed shop.rss.add_feeds.feed', 'POST /rss/edit/save shop.edit.construct.save']);

  says('of a blueprint that nothing registers are not followed to their end', {
    'a.py': 'from flask import Blueprint\nbp = Blueprint("a", __name__, url_prefix="/a")\n@bp.get("/x")\ndef x():\n    return ""\n',
  }, ['GET /a/x a.x ~']);

  says('of RESTful and RESTX', {
    'app.py': 'from flask import Flask, Blueprint\nfrom flask_restful import Api, Resource\nfrom auth import auth\napp = Flask(__name__)\nbp = Blueprint("api", __name__, url_prefix="/api")\napi = Api(bp, decorators=[auth.login_required])\nclass Orders(Resource):\n    method_decorators = {"post": [auth.admin]}\n    def get(self):\n        return []\n    def post(self):\n        return []\napi.add_resource(Orders, "/orders", "/orders/<id>")\napp.register_blueprint(bp)\n',
    'auth.py': 'from flask_httpauth import HTTPTokenAuth\nauth = HTTPTokenAuth()\n',
    'ns.py': 'from flask_restx import Namespace, Resource\nfrom auth import auth\nns = Namespace("things", decorators=[auth.login_required])\n@ns.route("", "/all")\nclass Things(Resource):\n    @auth.admin\n    def delete(self):\n        return []\n',
    'v1.py': 'from flask import Blueprint\nfrom flask_restx import Api\nfrom ns import ns\nfrom app import app\nv1 = Blueprint("v1", __name__, url_prefix="/v1")\nrest = Api(v1)\nrest.add_namespace(ns)\napp.register_blueprint(v1)\n',
  }, [
    'GET /api/orders app.Orders.get [flask_httpauth.HTTPTokenAuth.login_required]', 'GET /api/orders/<id> app.Orders.get [flask_httpauth.HTTPTokenAuth.login_required]',
    'POST /api/orders app.Orders.post [flask_httpauth.HTTPTokenAuth.login_required flask_httpauth.HTTPTokenAuth.admin]', 'POST /api/orders/<id> app.Orders.post [flask_httpauth.HTTPTokenAuth.login_required flask_httpauth.HTTPTokenAuth.admin]',
    'DELETE /v1/things ns.Things.delete [flask_httpauth.HTTPTokenAuth.login_required flask_httpauth.HTTPTokenAuth.admin]', 'DELETE /v1/things/all ns.Things.delete [flask_httpauth.HTTPTokenAuth.login_required flask_httpauth.HTTPTokenAuth.admin]',
  ]);

  says('of smorest', {
    'app.py': 'from flask import Flask\nfrom flask.views import MethodView\nfrom flask_smorest import Api, Blueprint\nfrom flask_jwt_extended import jwt_required\napp = Flask(__name__)\napi = Api(app)\nblp = Blueprint("items", __name__, url_prefix="/items")\n@blp.route("/")\nclass Items(MethodView):\n    @blp.response(200, Item)\n    def get(self):\n        return []\n    @jwt_required()\n    @blp.arguments(Item)\n    def post(self, item):\n        return []\napi.register_blueprint(blp)\n',
  }, ['GET /items/ app.Items.get [flask_smorest.Blueprint.response]', 'POST /items/ app.Items.post [flask_jwt_extended.jwt_required flask_smorest.Blueprint.arguments]']);

  says('are not seen in views of admin extensions', {
    'app.py': 'from flask_admin import BaseView, expose\nfrom flask_appbuilder import has_access\nclass Stats(BaseView):\n    @expose("/")\n    @has_access\n    def index(self):\n        return ""\nadmin.add_view(Stats())\n',
  }, []);
});

describe('routes of FastAPI and Starlette', () => {
  says('take prefixes and dependencies of all routers on the way', {
    'app/deps.py': 'from typing import Annotated\nfrom fastapi import Depends\ndef user():\n    return 1\ndef admin(one=Depends(user)):\n    return 1\nCurrent = Annotated[int, Depends(user)]\nGUARDED = [Depends(admin)]\n',
    'app/config.py': 'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    API_V1: str = "/api/v1"\nsettings = Settings()\n',
    'app/items.py': 'from fastapi import APIRouter, Depends\nfrom app.deps import Current, admin\nrouter = APIRouter(prefix="/items")\n@router.get("/", response_model=list[int])\ndef read(one: Current):\n    return []\n@router.delete("/{id}", dependencies=[Depends(admin)])\ndef drop(id: int):\n    return []\n',
    'app/api.py': 'from fastapi import APIRouter\nfrom app import items\nfrom app.deps import GUARDED\napi = APIRouter()\napi.include_router(items.router, dependencies=GUARDED)\n',
    'app/main.py': 'from fastapi import FastAPI, Depends\nfrom app.api import api\nfrom app.config import settings\nfrom app.limit import limited\napp = FastAPI(dependencies=[Depends(limited)])\napp.include_router(api, prefix=settings.API_V1)\n@app.api_route("/x", methods=["PUT", "POST"])\ndef x():\n    return 1\n@app.websocket("/ws")\nasync def ws(socket):\n    pass\n',
    'app/limit.py': 'def limited():\n    return 1\n',
  }, [
    'GET /api/v1/items/ app.items.read [app.limit.limited app.deps.admin app.deps.user]', 'DELETE /api/v1/items/{id} app.items.drop [app.limit.limited app.deps.admin]',
    'PUT|POST /x app.main.x [app.limit.limited]', 'ANY /ws app.main.ws [app.limit.limited]',
  ]);

  it('know what they answer', async () => {
    const project = await projectOf({ 'main.py': 'from fastapi import FastAPI\nfrom models import Item\napp = FastAPI()\n@app.get("/a", response_model=Item)\ndef a():\n    return 1\n@app.get("/b")\ndef b() -> Item:\n    return 1\n@app.get("/c")\ndef c():\n    return 1\n' });
    assert.deepEqual(project.routes.map(({ route }) => route.answer), ['models.Item', 'models.Item', undefined]);
  });

  says('have middleware that may refuse', {
    'main.py': 'from fastapi import FastAPI, Request\nfrom fastapi.responses import JSONResponse\nfrom starlette.middleware.base import BaseHTTPMiddleware\napp = FastAPI()\nclass Auth(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        if "authorization" not in request.headers:\n            return JSONResponse({}, status_code=401)\n        return await call_next(request)\nclass Timing(BaseHTTPMiddleware):\n    async def dispatch(self, request, call_next):\n        response = await call_next(request)\n        return response\napp.add_middleware(Auth)\napp.add_middleware(Timing)\n@app.middleware("http")\nasync def quiet(request: Request, call_next):\n    return await call_next(request)\n@app.get("/x")\ndef x():\n    return 1\nasync def count(request: Request, call_next):\n    if busy():\n        return JSONResponse({}, status_code=429)\n    return await call_next(request)\napp.middleware("http")(count)\n',
  }, ['GET /x main.x {main.Auth.dispatch main.count}']);

  says('of Starlette are listed, and mounted', {
    'main.py': 'from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route, WebSocketRoute\nfrom api import routes as api_routes\nasync def home(request):\n    return 1\nroutes = [Route("/", home), Mount("/api", routes=api_routes), Mount("/v2", routes=[Route("/y", home, methods=["DELETE"])])]\napp = Starlette(routes=routes)\n',
    'api.py': 'from starlette.routing import Route\nfrom starlette.endpoints import HTTPEndpoint\nfrom starlette.authentication import requires\nclass Orders(HTTPEndpoint):\n    @requires("authenticated")\n    async def post(self, request):\n        return 1\nroutes = [Route("/orders", Orders)]\n',
  }, ['GET / main.home', 'DELETE /v2/y main.home', 'POST /api/orders api.Orders.post [starlette.authentication.requires]']);

  says('of controllers take the dependencies of their class', {
    'main.py': 'from fastapi import Depends, FastAPI\nfrom base import BaseAdmin, OwnRouter\napp = FastAPI()\nrouter = OwnRouter()\nclass Orders(BaseAdmin):\n    @router.get("/orders")\n    def orders(self):\n        return 1\napp.include_router(router)\n',
    'base.py': 'from fastapi import APIRouter, Depends\ndef user():\n    return 1\nclass BaseAdmin:\n    one: int = Depends(user)\nclass OwnRouter(APIRouter):\n    def __init__(self):\n        super().__init__(dependencies=[Depends(user)])\n',
  }, ['GET /orders main.Orders.orders ~ [base.user base.BaseAdmin]']);

  says('are added by calls', {
    'main.py': 'from fastapi import FastAPI\napp = FastAPI()\nsub = FastAPI()\ndef x():\n    return 1\n@sub.get("/s")\ndef s():\n    return 1\napp.add_api_route("/x", x, methods=["POST"])\napp.mount("/sub", sub)\n',
  }, ['POST /x main.x', 'GET /sub/s main.s']);
});

describe('routes of Django', () => {
  const settings = 'ROOT_URLCONF = "site.urls"\nINSTALLED_APPS = ["django.contrib.auth"]\n';

  says('lead from the root of URLs to views in other files', {
    'site/settings.py': `${settings}MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.LoginRequiredMiddleware"]\n`,
    'site/urls.py': 'from django.contrib import admin\nfrom django.contrib.auth.decorators import login_required\nfrom django.conf import settings\nfrom django.urls import include, path, re_path\nfrom shop import views\nurlpatterns = [\n    path("admin/", admin.site.urls),\n    path("", views.home),\n    path("shop/", include("shop.urls")),\n    re_path(r"^old/(?P<pk>[0-9]+)/$", login_required(views.old)),\n    path("v2/", include([path("home/", views.home)])),\n]\nif settings.DEBUG:\n    urlpatterns += [path("debug/", views.home)]\n',
    'shop/urls.py': 'from django.urls import path\nfrom . import views\napp_name = "shop"\nurlpatterns = [path("orders/", views.Orders.as_view(), name="orders"), path("orders/<int:pk>/pay/", views.pay)]\n',
    'shop/views.py': 'from django.contrib.auth.mixins import LoginRequiredMixin\nfrom django.contrib.auth.decorators import login_required\nfrom django.utils.decorators import method_decorator\nfrom django.views.decorators.http import require_POST\nfrom django.views import View\nfrom django.views.generic import CreateView\ndef home(request):\n    return 1\ndef old(request, pk):\n    return request.POST.get("x")\n@require_POST\n@login_required\ndef pay(request, pk):\n    return 1\nclass Base(LoginRequiredMixin, View):\n    pass\nclass Orders(Base):\n    def get(self, request):\n        return 1\n    @method_decorator(staff)\n    def post(self, request):\n        return 1\n',
  }, [
    'GET / shop.views.home {django.contrib.auth.middleware.LoginRequiredMiddleware}', 'GET /v2/home/ shop.views.home {django.contrib.auth.middleware.LoginRequiredMiddleware}',
    'GET|POST /old/<pk>/ shop.views.old [django.contrib.auth.decorators.login_required] {django.contrib.auth.middleware.LoginRequiredMiddleware}',
    'POST /shop/orders/<int:pk>/pay/ shop.views.pay [django.views.decorators.http.require_POST django.contrib.auth.decorators.login_required] {django.contrib.auth.middleware.LoginRequiredMiddleware}',
    'GET /shop/orders/ shop.views.Orders.get [django.contrib.auth.mixins.LoginRequiredMixin] {django.contrib.auth.middleware.LoginRequiredMiddleware}',
    'POST /shop/orders/ shop.views.Orders.post [django.contrib.auth.mixins.LoginRequiredMixin django.utils.decorators.method_decorator staff] {django.contrib.auth.middleware.LoginRequiredMiddleware}',
  ]);

  says('of generic views answer what their class answers', {
    'site/settings.py': settings,
    'site/urls.py': 'from django.contrib.auth import views as auth_views\nfrom django.urls import path\nfrom views import New\nurlpatterns = [path("new/", New.as_view()), path("login/", auth_views.LoginView.as_view()), path("text/", "views.text")]\n',
    'views.py': 'from django.contrib.auth.mixins import UserPassesTestMixin\nfrom django.views.generic import CreateView\nclass New(UserPassesTestMixin, CreateView):\n    def test_func(self):\n        return self.request.user.is_staff\ndef text(request):\n    return 1\n',
  }, [
    'GET|POST /login/ site.urls.django.contrib.auth.views.LoginView', 'GET /new/ views.New [django.contrib.auth.mixins.UserPassesTestMixin views.New.test_func]',
    'POST /new/ views.New [django.contrib.auth.mixins.UserPassesTestMixin views.New.test_func]', 'GET /text/ views.text',
  ]);

  says('of the REST framework', {
    'site/settings.py': `${settings}REST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n`,
    'site/urls.py': 'from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom api import views\nrouter = DefaultRouter()\nrouter.register(r"orders", views.OrderViewSet)\nurlpatterns = [path("api/", include(router.urls)), path("api/open/", views.open_view), path("api/mine/", views.Mine.as_view())]\n',
    'api/views.py': 'from rest_framework import generics, viewsets\nfrom rest_framework.decorators import action, api_view, permission_classes\nfrom rest_framework.permissions import AllowAny, IsAdminUser\nclass OrderViewSet(viewsets.ReadOnlyModelViewSet):\n    permission_classes = [IsAdminUser]\n    @action(detail=True, methods=["post"])\n    def pay(self, request, pk=None):\n        return 1\n@api_view(["POST"])\n@permission_classes([AllowAny])\ndef open_view(request):\n    return 1\nclass Mine(generics.ListCreateAPIView):\n    def perform_create(self, serializer):\n        serializer.save()\n',
  }, [
    'GET /api/orders/ api.views.OrderViewSet [rest_framework.permissions.IsAdminUser]', 'POST /api/orders/<pk>/pay/ api.views.OrderViewSet.pay [rest_framework.permissions.IsAdminUser rest_framework.decorators.action]',
    'POST /api/open/ api.views.open_view [rest_framework.decorators.api_view rest_framework.decorators.permission_classes rest_framework.permissions.AllowAny]',
    'GET /api/mine/ api.views.Mine [rest_framework.permissions.IsAuthenticated]', 'POST /api/mine/ api.views.Mine [rest_framework.permissions.IsAuthenticated]',
  ]);

  says('are wrapped as a list', {
    'site/settings.py': settings,
    'site/urls.py': 'from django.urls import path\nfrom guards import decorate, staff\nimport views\nurlpatterns = [path("a/", views.a)]\nurlpatterns = decorate(urlpatterns, staff)\n',
    'views.py': 'def a(request):\n    return 1\n', 'guards.py': 'def decorate(urls, by):\n    return urls\ndef staff(f):\n    return f\n',
  }, ['GET /a/ views.a [guards.decorate guards.staff]']);

  says('of ninja', {
    'site/settings.py': settings,
    'site/urls.py': 'from django.urls import path\nfrom api import api\nurlpatterns = [path("api/", api.urls)]\n',
    'api.py': 'from ninja import NinjaAPI\nfrom ninja.security import django_auth\nfrom events import router\napi = NinjaAPI(auth=django_auth)\napi.add_router("/events/", router)\n@api.get("/open", auth=None)\ndef open_one(request):\n    return 1\n',
    'events.py': 'from ninja import Router\nrouter = Router()\n@router.post("/", response=Event)\ndef create(request):\n    return 1\n',
  }, ['GET /api/open api.open_one', 'POST /api/events/ events.create [ninja.security.django_auth]']);
});

describe('routes after an edit', () => {
  it('keep their prefix, and take what the edited file says', async () => {
    const project = await projectOf({ 'main.py': 'from fastapi import FastAPI\nfrom items import router\napp = FastAPI()\napp.include_router(router, prefix="/api")\n', 'items.py': 'from fastapi import APIRouter\nrouter = APIRouter(prefix="/items")\n@router.get("/")\ndef read():\n    return 1\n' });
    const home = project.modules.find((each) => each.path === 'items.py');
    assert.deepEqual(home && project.routesOf(home).map((each) => each.path), ['/api/items/']);
  });
});
