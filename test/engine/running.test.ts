import assert from 'node:assert/strict';
import { runningOf, stepsFromRequest } from '../../rules/kit';
import { projectOf } from '../support/python';

/** When the function `name` runs, and in how many steps from a handler. */
async function when(files: string | Readonly<Record<string, string>>, name: string): Promise<string> {
  const project = await projectOf(typeof files === 'string' ? { 'app.py': files } : files);
  for (const module of project.modules) {
    const func = module.functions.find((each) => each.name === name);
    if (!func) continue;
    const standing = { scope: func.scope ? `${func.scope}.${func.name}` : func.name, guards: [], at: func.body };
    return [...[...runningOf(project, module, standing)].sort(), stepsFromRequest(project, module, standing)].filter((each) => each !== undefined).join(' ');
  }
  throw new Error(`${name} is not defined`);
}

const FLASK = 'from flask import Flask\napp = Flask(__name__)\n';

describe('when code runs', () => {
  it('follows calls from a handler', async () => {
    const text = `${FLASK}@app.get("/")\ndef index():\n    return one()\ndef one():\n    return two()\ndef two():\n    pass\ndef alone():\n    pass\n`;
    assert.equal(await when(text, 'index'), 'request 0');
    assert.equal(await when(text, 'one'), 'request 1');
    assert.equal(await when(text, 'two'), 'request 2');
    assert.equal(await when(text, 'alone'), '');
  });

  it('keeps apart what a factory does and what the routes in it do', async () => {
    const text = 'from flask import Flask\ndef create_app():\n    app = Flask(__name__)\n    prepare()\n    @app.get("/")\n    def index():\n        return serve()\n    return app\ndef prepare():\n    pass\ndef serve():\n    pass\n';
    assert.equal(await when(text, 'prepare'), 'start');
    assert.equal(await when(text, 'serve'), 'request 1');
  });

  it('knows dependencies, lifespans and start-up hooks of FastAPI', async () => {
    const text = 'from contextlib import asynccontextmanager\nfrom fastapi import Depends, FastAPI\n@asynccontextmanager\nasync def life(app):\n    await warm()\n    yield\nasync def warm():\n    pass\napp = FastAPI(lifespan=life)\ndef get_db():\n    pass\n@app.get("/")\ndef index(db=Depends(get_db)):\n    pass\n';
    assert.equal(await when(text, 'warm'), 'start');
    assert.equal(await when(text, 'get_db'), 'request 1');
  });

  it('knows views of Django, and methods of class-based ones', async () => {
    const files = { 'shop/views.py': 'from django.views import View\ndef index(request):\n    return helper()\ndef helper():\n    pass\nclass Order(View):\n    def get(self, request):\n        return other()\ndef other():\n    pass\n' };
    assert.equal(await when(files, 'helper'), 'request 1');
    assert.equal(await when(files, 'other'), 'request 1');
  });

  it('leaves to jobs what only they run', async () => {
    const text = `import threading\nfrom celery import shared_task\n${FLASK}@shared_task\ndef task():\n    deep()\ndef deep():\n    pass\ndef work():\n    pass\n@app.post("/")\ndef index():\n    task.delay()\n    threading.Thread(target=work).start()\n    return ""\n`;
    assert.equal(await when(text, 'deep'), 'job');
    assert.equal(await when(text, 'work'), 'job');
  });

  it('does not take two functions of one name for each other', async () => {
    const files = { 'app.py': `${FLASK}from views import pause\napp.before_request(pause)\n`, 'views.py': 'def pause():\n    pass\n', 'shop/a.py': 'class Command:\n    def pause(self):\n        pass\n' };
    assert.equal(await when({ 'shop/a.py': files['shop/a.py'], 'app.py': files['app.py'], 'views.py': files['views.py'] }, 'pause'), '');
  });

  it('tells programs from what the application loads', async () => {
    const files = { 'app.py': `${FLASK}import shared\n`, 'shared.py': 'def load():\n    pass\nload()\n', 'tool.py': 'def fill():\n    pass\nfill()\n' };
    assert.equal(await when(files, 'load'), 'import');
    assert.equal(await when(files, 'fill'), 'program');
  });

  it('ends on functions that call each other', async () => {
    assert.equal(await when(`${FLASK}@app.get("/")\ndef index():\n    a()\ndef a():\n    b()\ndef b():\n    a()\n`, 'b'), 'request 2');
  });
});
