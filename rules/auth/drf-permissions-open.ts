import type { Edit, Evidence, Gap, Judgement, Module, Project, Route, Setting, Source } from '../kit';
import { classByPath, functionsIn, gapPlace, guardsEverything, insert, lastName, lookup, pathOf, projectRule, qualifiedPath, replace, seenInProduction } from '../kit';

const SETTING = 'DEFAULT_PERMISSION_CLASSES';
const OPEN = /(^|\.)AllowAny$/;
const REST = /^rest_framework\./;
/** Classes of the REST framework that write, by their last name. */
const WRITES = /^(ModelViewSet|CreateAPIView|ListCreateAPIView|UpdateAPIView|DestroyAPIView|RetrieveUpdateAPIView|RetrieveDestroyAPIView|RetrieveUpdateDestroyAPIView|CreateModelMixin|UpdateModelMixin|DestroyModelMixin)$/;
const WRITING = /^(post|put|patch|delete|create|update|partial_update|destroy)$/;
/** Views that are for everybody: they give the token others ask for. */
const PUBLIC = /log_?in|sign_?(up|in)|regist|token|password|webhook|health|status|contact|newsletter|verif|confirm|callback|oauth/i;

interface View extends Evidence { readonly module: Module }

export default projectRule({
  id: 'drf-permissions-open',
  title: 'The REST framework denies by default',
  severity: 'high', points: 12, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'The default of the framework lets everybody in, so each new view is public until somebody remembers. Denying by default turns a leak into a failing test.',
  how: 'Set IsAuthenticated for all views, and open single ones with AllowAny.',
  links: ['https://www.django-rest-framework.org/api-guide/permissions/', 'https://cheatsheetseries.owasp.org/cheatsheets/Django_REST_Framework_Cheat_Sheet.html'],
  anchors: ['CWE-862', 'CWE-276'],
  ladder: { name: 'access-control', rung: 3 },

  applies: (project) => installs(project) || restClasses(project).length > 0 ? true : 'The REST framework is not installed.',
  project: judge,
  fix: { title: 'Deny by default', safety: 'review', edit: (gap, { source, project }) => denying(gap, source, project), remains: 'Give the views that are for everybody permission_classes = [AllowAny].' },

  examples: () => ({
    'no default, and a view that writes': {
      bad: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {}\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' },
      good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' },
    },
    'a default for everybody': {
      bad: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {\n    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],\n    "PAGE_SIZE": 20,\n}\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' },
      good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {\n    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],\n    "PAGE_SIZE": 20,\n}\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' },
    },
    'other settings, and a view with a method of its own': {
      bad: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {\n    "PAGE_SIZE": 20,\n}\n', 'views.py': 'from rest_framework.views import APIView\nclass Orders(APIView):\n    def post(self, request):\n        return save(request.data)\n' },
      good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {\n    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],\n    "PAGE_SIZE": 20,\n}\n', 'views.py': 'from rest_framework.views import APIView\nclass Orders(APIView):\n    def post(self, request):\n        return save(request.data)\n' },
    },
    'no settings at all': { bad: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'views.py': 'from rest_framework.generics import ListCreateAPIView\nclass Orders(ListCreateAPIView):\n    queryset = None\n' } },
    'a view set that lets everybody delete': { bad: { 'shop/settings.py': 'INSTALLED_APPS = ["rest_framework"]\nROOT_URLCONF = "shop.urls"\nREST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n', 'shop/urls.py': 'from rest_framework.routers import DefaultRouter\nfrom shop.views import PriceViewSet, TagViewSet\n\nrouter = DefaultRouter()\nrouter.register("prices", PriceViewSet)\nrouter.register("tags", TagViewSet)\nurlpatterns = router.urls\n', 'shop/views.py': 'from rest_framework import viewsets\nfrom rest_framework.permissions import AllowAny\nfrom shop.models import Price, Tag\n\nclass PriceViewSet(viewsets.ModelViewSet):\n    queryset = Price.objects.all()\n    permission_classes = [AllowAny]\n\nclass TagViewSet(viewsets.ModelViewSet):\n    queryset = Tag.objects.all()\n    permission_classes = [AllowAny]\n' } },
    'view sets for everybody that only read, ask by themselves, or are not served': { good: { 'shop/settings.py': 'INSTALLED_APPS = ["rest_framework"]\nROOT_URLCONF = "shop.urls"\nREST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n', 'shop/urls.py': 'from rest_framework.routers import DefaultRouter\nfrom shop.views import PriceViewSet, TagViewSet\n\nrouter = DefaultRouter()\nrouter.register("prices", PriceViewSet)\nrouter.register("tags", TagViewSet)\nurlpatterns = router.urls\n', 'shop/views.py': 'from rest_framework import viewsets\nfrom rest_framework.permissions import AllowAny\nfrom shop.models import Price, Tag\n\nclass PriceViewSet(viewsets.ReadOnlyModelViewSet):\n    queryset = Price.objects.all()\n    permission_classes = [AllowAny]\n\nclass TagViewSet(viewsets.ModelViewSet):\n    permission_classes = [AllowAny]\n\n    def get_queryset(self):\n        return Tag.objects.filter(owner=self.request.user)\n\nclass OldViewSet(viewsets.ModelViewSet):\n    permission_classes = [AllowAny]\n' } },
    'signed-in users by default': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"]}\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' } },
    'every view decides': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'views.py': 'from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    permission_classes = [IsAuthenticated]\nclass OtherViewSet(ModelViewSet):\n    def get_permissions(self):\n        return []\n' } },
    'a base class decides': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'base.py': 'from rest_framework.permissions import IsAuthenticated\nfrom rest_framework.viewsets import ModelViewSet\nclass Guarded(ModelViewSet):\n    permission_classes = [IsAuthenticated]\n', 'views.py': 'from base import Guarded\nclass OrderViewSet(Guarded):\n    queryset = None\n' } },
    'a mixin of the project decides': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass Members:\n    def initial(self, request, *args, **kwargs):\n        check(request)\nclass OrderViewSet(Members, ModelViewSet):\n    queryset = None\n' } },
    'reading only': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {}\n', 'views.py': 'from rest_framework.viewsets import ReadOnlyModelViewSet\nfrom rest_framework.generics import ListAPIView\nclass PriceViewSet(ReadOnlyModelViewSet):\n    queryset = None\nclass Prices(ListAPIView):\n    queryset = None\n' } },
    'views for everybody by their purpose': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'views.py': 'from rest_framework.views import APIView\nclass LoginView(APIView):\n    def post(self, request):\n        return None\nclass RegisterView(APIView):\n    def post(self, request):\n        return None\n' } },
    'the view looks for itself': { good: { 'settings.py': 'INSTALLED_APPS = ["rest_framework"]\n', 'views.py': 'from rest_framework.views import APIView\nclass Orders(APIView):\n    def post(self, request):\n        if not request.user.is_authenticated:\n            return None\n        return save(request)\n' } },
    'settings in a package, a base and production': { good: { 'config/settings/base.py': 'INSTALLED_APPS = ["rest_framework"]\nREST_FRAMEWORK = {"DEFAULT_PERMISSION_CLASSES": ("rest_framework.permissions.IsAuthenticatedOrReadOnly",)}\n', 'config/settings/production.py': 'from .base import *\nDEBUG = False\n', 'views.py': 'from rest_framework.viewsets import ModelViewSet\nclass OrderViewSet(ModelViewSet):\n    queryset = None\n' } },
  }),
});

function installs(project: Project): boolean {
  return project.settings('INSTALLED_APPS').some((each) => each.value.kind === 'list' && each.value.items.some((item) => item.kind === 'text' && item.value === 'rest_framework'));
}

function judge(project: Project): Judgement {
  const opened = openedOnPurpose(project);
  const byDefault = judgeDefault(project);
  return opened ? { open: [opened, ...('open' in byDefault ? byDefault.open : [])] } : byDefault;
}

function judgeDefault(project: Project): Judgement {
  const settings = project.settings('REST_FRAMEWORK').filter((each) => seenInProduction(each, project));
  const given = settings.map((each) => ({ setting: each, value: lookup(each.value, SETTING) })).find((each) => each.value !== undefined);
  const names = given?.value?.kind === 'list' ? given.value.items.map((each) => each.kind === 'text' ? each.value : each.kind === 'reference' ? each.name : '') : undefined;
  // A table put together out of others may say it there.
  if ((given && names === undefined) || settings.some((each) => each.value.kind !== 'dict' || each.value.open)) return { notChecked: 'REST_FRAMEWORK is put together when the program starts.' };
  if (names && names.length > 0 && !names.every((each) => OPEN.test(each))) return { holds: given ? [evidence(given.setting, `${names.map(lastName).join(', ')} by default`)] : [] };
  const views = openViews(project);
  const [first] = views;
  if (!first) return { notApplicable: 'No view of the REST framework is left to its default and writes.' };
  if (project.routes.length > 0 && project.routes.every(({ route }) => guardsEverything(route as Route, project))) return { notApplicable: 'A middleware asks before every view.' };
  const setting = given?.setting ?? settings[0];
  const listed = views.slice(0, 5).map((each) => each.text).join(', ');
  return { open: [{
    at: setting ? { path: setting.path, ...setting.assignment.targetAt } : gapPlace(project, 'REST_FRAMEWORK', 'INSTALLED_APPS'),
    message: `${SETTING} ${names ? `is ${names.map(lastName).join(', ') || 'empty'}` : 'is not set'}, so views without permissions of their own are public: ${listed}${views.length > 5 ? ` and ${views.length - 5} more` : ''}.`,
    related: views.slice(0, 5).map(({ path, start, end, text }) => ({ path, start, end, text })),
  }] };
}

function evidence(setting: Setting, text: string): Evidence {
  return { path: setting.path, ...setting.assignment.targetAt, text };
}

// ---- views that say AllowAny

/** Classes of the REST framework by which rows are changed and deleted. */
const CHANGES = /^(ModelViewSet|UpdateAPIView|DestroyAPIView|RetrieveUpdateAPIView|RetrieveDestroyAPIView|RetrieveUpdateDestroyAPIView|UpdateModelMixin|DestroyModelMixin)$/;
/** It asks by itself who it is, or serves some methods only. */
const ASKS = /PermissionDenied|NotAuthenticated|AUTHORIZATION|Authorization|request\.(user|auth)\b|is_authenticated|status=(status\.HTTP_)?40[13]|http_method_names|get_permissions|check_permissions|permission_classes=\[(?!AllowAny)/;

/** Views through which everybody may change and delete rows, because they say so: one gap for all, at the first. */
function openedOnPurpose(project: Project): Gap | undefined {
  const views = restClasses(project).filter(({ module, name, kin: family }) => {
    if (PUBLIC.test(name) || !family.names.some((each) => CHANGES.test(lastName(each))) || !project.routes.some((each) => each.module === module && lastName(each.route.handler.split('.')[0] ?? '') === name)) return false;
    const said = family.own.flatMap((each) => each.module.assignments.filter((one) => one.scope === each.path && one.target === 'permission_classes'))[0];
    const everybody = said?.value.kind === 'list' && said.value.items.length > 0 && said.value.items.every((each) => each.kind === 'reference' && OPEN.test(each.name));
    return everybody && !family.own.some((each) => ASKS.test(bodyOf(each.module, each.path, project)));
  });
  const [first] = views;
  if (!first) return undefined;
  const listed = views.slice(0, 4).map((each) => each.name).join(', ');
  return {
    at: { path: first.module.path, ...first.at }, message: `${listed}${views.length > 4 ? ` and ${views.length - 4} more` : ''} ${views.length === 1 ? 'says' : 'say'} AllowAny: everybody may change and delete through ${views.length === 1 ? 'it' : 'them'}.`,
    related: views.slice(1, 5).map(({ module, at, name }) => ({ path: module.path, ...at, text: name })),
  };
}

function bodyOf(module: Module, path: string, project: Project): string {
  const found = classByPath(module, path);
  return found ? project.written(module.path, found.body) : '';
}

// ---- views

interface Kin { readonly names: readonly string[]; readonly own: readonly { readonly module: Module; readonly path: string }[] }

/** A class's ancestors: names of those in libraries, places of those in the project, itself first. */
function kin(module: Module, path: string, project: Project): Kin {
  const byName = project.once('classes by name', () => new Map(project.classes.map((each) => [qualifiedPath(each.module, each.class), each] as const)));
  const names: string[] = [];
  const own: { module: Module; path: string }[] = [];
  const queue = [`${module.name}.${path}`];
  for (let next = queue.shift(); next !== undefined && own.length < 20; next = queue.shift()) {
    const found = byName.get(next);
    if (!found) { names.push(next); continue; }
    const at = { module: found.module, path: pathOf(found.class) };
    if (own.some((each) => each.module === at.module && each.path === at.path)) continue;
    own.push(at);
    queue.push(...found.class.bases);
  }
  return { names, own };
}

function restClasses(project: Project): readonly { readonly module: Module; readonly name: string; readonly path: string; readonly at: { start: number; end: number }; readonly kin: Kin }[] {
  return project.once('REST views', () => project.classes.flatMap(({ module, class: one }) => {
    const path = pathOf(one);
    if (one.bases.length === 0) return [];
    const all = kin(module, path, project);
    return all.names.some((each) => REST.test(each) && /(View|ViewSet|Mixin)$/.test(each)) ? [{ module, name: one.name, path, at: one.nameAt, kin: all }] : [];
  }));
}

/** Views that write and leave the question to the default. */
function openViews(project: Project): readonly View[] {
  const all = restClasses(project);
  const bases = new Set(project.classes.flatMap(({ class: one }) => one.bases));
  return all.filter(({ module, name, path, kin: family }) => {
    if (PUBLIC.test(name) || /(Mixin|Base\w*|Abstract\w*)$|^(Base|Abstract)/.test(name) || bases.has(`${module.name}.${path}`)) return false;
    const functions = family.own.flatMap((each) => functionsIn(each.module, each.path));
    const writes = functions.some((each) => WRITING.test(each.name)) || family.names.some((each) => WRITES.test(lastName(each)));
    const decides = family.own.some((each) => each.module.assignments.some((one) => one.scope === each.path && one.target === 'permission_classes')) || functions.some((each) => /^(get_permissions|check_permissions|initial|dispatch|permission_denied)$/.test(each.name))
      || functions.some((each) => each.reads.some((read) => /request\.(user|auth|headers\.authorization)/i.test(read)) || each.decorators.some((one) => /permission|login|auth|require|action/i.test(lastName(one.name))));
    const mixed = family.names.some((each) => !REST.test(each) && /Login|Permission|Auth|Access/.test(lastName(each)));
    return writes && !decides && !mixed;
  }).map(({ module, name, at }) => ({ path: module.path, ...at, text: name, module }));
}

// ---- the fix

function denying(gap: Gap, source: Source, project: Project): readonly Edit[] | undefined {
  const setting = project.settings('REST_FRAMEWORK').find((each) => each.path === gap.at.path && each.assignment.targetAt.start === gap.at.start);
  if (setting?.value.kind !== 'dict') return undefined;
  const entry = setting.value.entries.find((each) => each.key.kind === 'text' && each.key.value === SETTING);
  const value = '["rest_framework.permissions.IsAuthenticated"]';
  if (entry) return [replace(entry.value.at, value)];
  const written = source.slice(setting.value.at);
  if (!written.startsWith('{')) return undefined;
  const [first] = setting.value.entries;
  const inside = setting.value.at.start + 1;
  if (!first) return /^\{\s*\}$/.test(written) ? [replace(setting.value.at, `{"${SETTING}": ${value}}`)] : undefined;
  const alone = source.line(first.key.at.start) !== source.line(setting.value.at.start);
  return [insert(alone ? first.key.at.start : inside, alone ? `"${SETTING}": ${value},\n${source.indentation(first.key.at.start)}` : `"${SETTING}": ${value}, `)];
}
