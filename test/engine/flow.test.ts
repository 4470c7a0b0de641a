import assert from 'node:assert/strict';
import type { Project, Value } from '../../rules/kit';
import { renewedFacts } from '../../engine/project/facts';
import { moduleOf, projectOf } from '../support/python';

/** The ways to the first argument of the call of `sink`, as "read > function > … ". */
async function waysIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return ways(await projectOf(files));
}

function ways(project: Project): readonly string[] {
  return sinks(project).flatMap(({ value, place }) => project.flow.ways(value, place).map((way) => [way.taint.source, ...way.legs.map((leg) => `${leg.module.name}.${leg.scope}`)].join(' > ')));
}

function sinks(project: Project) {
  return project.modules.flatMap((module) => module.calls.filter((each) => each.written.endsWith('sink')).flatMap((one) => {
    const value = one.args[0];
    return value ? [{ value, place: { module, scope: one.scope, at: one.at } }] : [];
  }));
}

async function isGivenOwn(files: Readonly<Record<string, string>>): Promise<boolean> {
  const project = await projectOf({ Procfile: 'web: gunicorn app:app\n', ...files });
  const value: Value | undefined = sinks(project)[0]?.value;
  assert.equal(value?.kind, 'parameter');
  return value?.kind === 'parameter' && project.flow.givenOwn(value);
}

const HEAD = 'from flask import Flask, request\nfrom store import find\napp = Flask(__name__)\n';
const VIEW = (call: string) => `${HEAD}@app.route("/")\ndef view():\n    ${call}\n`;

describe('a visitor\'s data through functions', () => {
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, readonly string[]]>> = {
    'within one function': [{ 'app.py': 'from flask import request\ndef view():\n    sink("a" + request.args["q"])\n' }, ['request.args.q > app.view']],
    'into a function of another file': [{ 'app.py': VIEW('find(request.args["q"])'), 'store.py': 'def find(name):\n    sink(f"a {name}")\n' }, ['request.args.q > app.view > store.find']],
    'by keyword': [{ 'app.py': VIEW('find(1, name=request.args["q"])'), 'store.py': 'def find(size, name=""):\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'the other argument': [{ 'app.py': VIEW('find(request.args["q"], "x")'), 'store.py': 'def find(size, name):\n    sink(name)\n' }, []],
    'a default': [{ 'app.py': VIEW('find()'), 'store.py': 'def find(name="x"):\n    sink(name)\n' }, []],
    'a tuple of arguments': [{ 'app.py': VIEW('find(1, request.args["q"])'), 'store.py': 'def find(size, *names):\n    sink(names[0])\n' }, ['request.args.q > app.view > store.find']],
    'arguments that are spread': [{ 'app.py': VIEW('find(*[request.args["q"]])'), 'store.py': 'def find(name):\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'a table that is spread': [{ 'app.py': VIEW('find(**request.form)'), 'store.py': 'def find(name):\n    sink(name)\n' }, ['request.form > app.view > store.find']],
    'further keywords': [{ 'app.py': VIEW('find(name=request.args["q"], size=1)'), 'store.py': 'def find(**options):\n    sink(options["name"])\n    sink(options["size"])\n' }, ['request.args.q > app.view > store.find']],
    'one key of a table': [{ 'app.py': VIEW('find({"a": request.args["q"], "b": 1})'), 'store.py': 'def find(data):\n    sink(data["b"])\n    sink(data.get("a"))\n' }, ['request.args.q > app.view > store.find']],
    'elements of a list': [{ 'app.py': VIEW('find(request.args.getlist("q"))'), 'store.py': 'def find(names):\n    for name in names:\n        sink(name)\n' }, ['request.args.getlist() > app.view > store.find']],
    'the same name again': [{ 'app.py': VIEW('name = request.args["q"]\n    name = find(name)'), 'store.py': 'def find(name):\n    name = name.strip()\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'a number by then': [{ 'app.py': VIEW('find(int(request.args["q"]))'), 'store.py': 'def find(name):\n    sink(name)\n' }, []],
    'a number from there on': [{ 'app.py': VIEW('find(request.args["q"])'), 'store.py': 'def find(name):\n    sink(int(name))\n' }, []],
    'a parameter that takes no text': [{ 'app.py': VIEW('find(request.args["q"])'), 'store.py': 'def find(name: int):\n    sink(name)\n' }, []],
    'back from a function': [{ 'app.py': VIEW('sink(find(request.args["q"]))'), 'store.py': 'def find(name):\n    x = 1\n    y = 2\n    return f"a {name}"\n' }, ['request.args.q > app.view > store.find > app.view']],
    'read in a function': [{ 'app.py': VIEW('sink(find())'), 'store.py': 'from flask import request\ndef find():\n    a = 1\n    b = 2\n    return request.headers["X"]\n' }, ['request.headers.X > store.find > app.view']],
    'back as a number': [{ 'app.py': VIEW('sink(find(request.args["q"]))'), 'store.py': 'def find(name):\n    x = 1\n    y = 2\n    return int(name)\n' }, []],
    'a function that is called for cleaning': [{ 'app.py': VIEW('sink(clean_name(request.args["q"]))').replace('find', 'clean_name'), 'store.py': 'def clean_name(name):\n    x = 1\n    y = 2\n    return name.replace("a", "b")\n' }, []],
    'a method of an instance': [{ 'app.py': VIEW('Store().find(request.args["q"])').replace('find\n', 'Store\n'), 'store.py': 'class Store:\n    def find(self, name):\n        self.run(name)\n    def run(self, name):\n        sink(name)\n' }, ['request.args.q > app.view > store.Store.find > store.Store.run']],
    'an attribute of self': [{ 'app.py': 'from flask import request\nfrom store import Store\nclass Api:\n    def __init__(self):\n        self.store = Store()\n    def view(self):\n        self.store.find(request.args["q"])\n', 'store.py': 'class Store:\n    def find(self, name):\n        sink(name)\n' }, ['request.args.q > app.Api.view > store.Store.find']],
    'an annotated parameter': [{ 'app.py': 'from flask import request\nfrom store import Store\ndef view(store: Store):\n    store.find(request.args["q"])\n', 'store.py': 'class Store:\n    def find(self, name):\n        sink(name)\n' }, ['request.args.q > app.view > store.Store.find']],
    'a static method and a class method': [{ 'app.py': VIEW('Store.find(request.args["q"])').replace('find\n', 'Store\n'), 'store.py': 'class Store:\n    @staticmethod\n    def find(name):\n        Store.run(name)\n    @classmethod\n    def run(cls, name):\n        sink(name)\n' }, ['request.args.q > app.view > store.Store.find > store.Store.run']],
    'an inherited method': [{ 'app.py': VIEW('Users().find(request.args["q"])').replace('find\n', 'Users\n'), 'store.py': 'class Base:\n    def find(self, name):\n        sink(name)\nclass Users(Base):\n    pass\n' }, ['request.args.q > app.view > store.Base.find']],
    'what an instance is made with': [{ 'app.py': VIEW('Query(request.args["q"]).run()').replace('find\n', 'Query\n'), 'store.py': 'class Query:\n    def __init__(self, text):\n        self.text = text\n    def run(self):\n        sink(self.text)\n' }, ['request.args.q > app.view > store.Query.run']],
    'a task for later': [{ 'app.py': VIEW('find.delay(request.args["q"])'), 'store.py': 'from celery import shared_task\n@shared_task\ndef find(name):\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'apply_async': [{ 'app.py': VIEW('find.apply_async(args=[request.args["q"]], countdown=5)'), 'store.py': 'from celery import shared_task\n@shared_task\ndef find(name):\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'a thread': [{ 'app.py': 'import threading\n' + VIEW('threading.Thread(target=find, args=(request.args["q"],)).start()'), 'store.py': 'def find(name):\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'a method that is called like a way to call later': [{ 'app.py': VIEW('Store().send(request.args["q"])').replace('find\n', 'Store\n'), 'store.py': 'class Store:\n    def __init__(self, name=""):\n        sink(name)\n    def send(self, name):\n        sink(name)\n' }, ['request.args.q > app.view > store.Store.send']],
    'a request that is handed on': [{ 'app.py': VIEW('find(request)'), 'store.py': 'def find(req):\n    sink(req.args["q"])\n' }, ['request.args.q > app.view > store.find']],
    'a function that calls itself': [{ 'app.py': VIEW('find(request.args["q"])'), 'store.py': 'def find(name):\n    find(name)\n    sink(name)\n' }, ['request.args.q > app.view > store.find']],
    'functions that call each other': [{ 'app.py': VIEW('find(request.args["q"])'), 'store.py': 'def find(name):\n    other(name)\ndef other(name):\n    find(name)\n    sink(name)\n' }, ['request.args.q > app.view > store.find > store.other']],
    'values that go round and never begin': [{ 'store.py': 'def find(name):\n    return other(name)\ndef other(name):\n    sink(name)\n    return find(name)\n' }, []],
    'files that import each other': [{ 'app.py': 'import store\nfrom flask import request\ndef view():\n    store.find(request.args["q"])\ndef low(name):\n    sink(name)\n', 'store.py': 'import app\ndef find(name):\n    app.low(name)\n' }, ['request.args.q > app.view > store.find > app.low']],
    'a field of a Django form': [{ 'shop/forms.py': 'from django import forms\nclass Search(forms.Form):\n    q = forms.CharField()\n    n = forms.IntegerField()\n', 'shop/views.py': 'from shop.forms import Search\ndef view(request):\n    form = Search(request.GET)\n    sink(form.cleaned_data["q"])\n    sink(form.cleaned_data["n"])\n' }, ['q > shop.views.view']],
    'a part of the address': [{ 'shop/urls.py': 'from django.urls import path\nfrom shop.views import item\nurlpatterns = [path("items/<str:name>/<int:n>/<slug:s>/", item)]\n', 'shop/views.py': 'def item(request, name, n, s):\n    sink(name)\n    sink(n)\n    sink(s)\n' }, ['name > shop.views.item']],
    'a class of views': [{ 'app.py': 'from flask.views import MethodView\nfrom flask import Flask\napp = Flask(__name__)\nclass Items(MethodView):\n    def get(self, name):\n        sink(name)\napp.add_url_rule("/items/<name>", view_func=Items.as_view("items"))\n' }, ['name > app.Items.get']],
    'a dependency': [{ 'app.py': 'from fastapi import Depends, FastAPI\napp = FastAPI()\ndef query(q: str):\n    sink(q)\n@app.get("/")\ndef view(q: str = Depends(query)):\n    return q\n' }, ['q > app.query']],
  };
  for (const [title, [files, expected]] of Object.entries(cases)) {
    it(title, async () => { assert.deepEqual(await waysIn(files), expected); });
  }

  it('is followed through six calls and no further', async () => {
    const chain = (length: number) => ({
      'app.py': `from flask import request\ndef view():\n    f1(request.args["q"])\n${Array.from({ length: length - 1 }, (_, i) => `def f${i + 1}(x):\n    f${i + 2}(x)\n`).join('')}def f${length}(x):\n    sink(x)\n`,
    });
    assert.equal((await waysIn(chain(6))).length, 1);
    assert.equal((await waysIn(chain(7))).length, 0);
    assert.equal((await waysIn(chain(400))).length, 0);
  });

  it('ends where everything calls everything', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
    const text = names.map((each) => `def ${each}(x):\n    sink(x)\n${names.map((other) => `    ${other}(x)\n`).join('')}`).join('');
    assert.deepEqual(await waysIn({ 'app.py': text }), []);
  });

  it('is followed from the calls of an edited file, and from those of no text before', async () => {
    const store = 'def find(name):\n    sink(name)\n\ndef other(name):\n    sink(name)\n';
    const call = (name: string) => `${VIEW(`${name}(request.args["q"])`)}`.replace('import find', 'import find, other');
    const project = await projectOf({ 'app.py': call('find'), 'store.py': store });
    assert.deepEqual(ways(project), ['request.args.q > app.view > store.find']);
    const edited = renewedFacts(project, await moduleOf(call('other')));
    assert.ok(edited);
    assert.deepEqual(ways(edited), ['request.args.q > app.view > store.other']);
  });

  it('is known from what the reader keeps when nobody asks for a call', async () => {
    const module = await moduleOf('def view():\n    find("x", *more)\n    other.thing("y")\n\ndef find(a):\n    pass\n', 'app.py', { last: () => false, callee: () => false, own: (root) => root === 'app' });
    assert.deepEqual(module.calls, []);
    assert.deepEqual(module.passes.map((each) => [each.callee, each.args.length, each.keywords.map((one) => one.name)]), [['app.find', 1, ['*']]]);
  });
});

describe('what a function is given', () => {
  const STORE = { 'store.py': 'def find(name):\n    sink(name)\n' };
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, boolean]>> = {
    'constants': [{ 'app.py': 'from store import find\nfind("a")\nfind("b")\n', ...STORE }, true],
    'a setting': [{ 'app.py': 'import os\nfrom store import find\nfind(os.environ["A"])\n', ...STORE }, true],
    'what another is given': [{ 'app.py': 'from store import find\ndef go(x):\n    find(x)\ngo("a")\n', ...STORE }, true],
    'something unknown': [{ 'app.py': 'from store import find\nfind("a")\nfind(load())\n', ...STORE }, false],
    'nothing at all': [STORE, false],
    'a callback': [{ 'app.py': 'from store import find\nfind("a")\nregister(find)\n', ...STORE }, false],
    'an object that may be anything': [{ 'app.py': 'from store import find\ndef go(x):\n    x.find(1)\nfind("a")\n', ...STORE }, false],
    'a route': [{ 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.route("/<x>")\ndef other(x):\n    pass\n@app.cli.command()\ndef find(name):\n    sink(name)\nfind("a")\n' }, false],
    'itself': [{ 'app.py': 'from store import find\nfind("a")\n', 'store.py': 'def find(name):\n    sink(name)\n    find(name)\n' }, true],
    'a method': [{ 'app.py': 'from store import Store\nStore().find("a")\n', 'store.py': 'class Store:\n    def find(self, name):\n        sink(name)\n' }, true],
    'a method that a library may call': [{ 'app.py': 'from store import Store\nStore().get("a")\n', 'store.py': 'from lib import View\nclass Store(View):\n    def get(self, name):\n        sink(name)\n' }, false],
  };
  for (const [title, [files, expected]] of Object.entries(cases)) {
    it(`${title}: ${expected ? 'its own' : 'not known to be its own'}`, async () => { assert.equal(await isGivenOwn(files), expected); });
  }

  it('may be anybody\'s in a library', async () => {
    const project = await projectOf({ 'app.py': 'from store import find\nfind("a")\n', ...STORE });
    const value = sinks(project)[0]?.value;
    assert.equal(value?.kind === 'parameter' && project.flow.givenOwn(value), false);
  });
});
