import assert from 'node:assert/strict';
import fc from 'fast-check';
import { moduleOf, projectOf, say } from '../support/python';

describe('the module of Python', () => {
  it('knows the guards of a statement', async () => {
    const means = async (text: string) => (await moduleOf(text)).assignments.find((each) => each.target === 'X')?.guards.map((each) => each.means);
    assert.deepEqual(await means('import os\nif os.getenv("APP_ENV") == "production":\n    X = 1'), ['production']);
    assert.deepEqual(await means('import os\nif os.getenv("APP_ENV", "dev") != "production":\n    X = 1'), ['development']);
    assert.deepEqual(await means('if settings.DEBUG:\n    X = 1'), ['development']);
    assert.deepEqual(await means('if not settings.DEBUG:\n    X = 1'), ['production']);
    assert.deepEqual(await means('if __name__ == "__main__":\n    X = 1'), ['main']);
    assert.deepEqual(await means('import os\nif os.getenv("SENTRY_DSN"):\n    X = 1'), ['set']);
    assert.deepEqual(await means('import sys\nif "pytest" in sys.modules:\n    X = 1'), ['tests']);
    assert.deepEqual(await means('if flag():\n    pass\nelse:\n    X = 1'), ['unknown']);
  });

  it('knows what follows an early return', async () => {
    const module = await moduleOf('def f(app):\n    if app.debug:\n        return\n    app.config["X"] = 1\n');
    assert.deepEqual(module.assignments[0]?.guards.map((each) => each.means), ['production']);
  });

  it('reads settings in all ways of giving them', async () => {
    const text = 'from flask import Flask\napp = Flask(__name__)\napp.config["A"] = 1\napp.config.update(B=2, C=3)\napp.config.update({"D": 4})\napp.config.from_mapping(E=5)\napp.secret_key = "6"\napp.config.setdefault("G", 7)\n';
    const module = await moduleOf(text);
    assert.deepEqual(module.assignments.filter((each) => each.target.startsWith('app.')).map((each) => `${each.target}=${say(each.value)}`), ['app.config.A=1', 'app.config.B=2', 'app.config.C=3', 'app.config.D=4', 'app.config.E=5', 'app.secret_key="6"', 'app.config.G=7']);
  });

  it('reads pydantic settings as the environment', async () => {
    const module = await moduleOf('from pydantic import Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Base(BaseSettings):\n    pass\nclass Settings(Base):\n    model_config = SettingsConfigDict(env_prefix="APP_")\n    secret: str = "x"\n    needed: str\n    named: str = Field("y", alias="OTHER")\n');
    assert.deepEqual(module.assignments.filter((each) => each.scope === 'Settings' && each.target !== 'model_config').map((each) => say(each.value)), ['env APP_SECRET or "x"', 'env APP_NEEDED!', 'env OTHER or "y"']);
  });

  it('selects the configuration that from_object names', async () => {
    const project = await projectOf({
      'config.py': 'class Config:\n    DEBUG = False\n    KEY = "base"\nclass DevelopmentConfig(Config):\n    DEBUG = True\nclass ProductionConfig(Config):\n    KEY = "prod"\nconfigs = {"dev": DevelopmentConfig, "prod": ProductionConfig, "default": DevelopmentConfig}\n',
      'app.py': 'import os\nfrom flask import Flask\nfrom config import configs\ndef create_app(name=None):\n    app = Flask(__name__)\n    app.config.from_object(configs[name or os.getenv("ENV", "default")])\n    return app\n',
    });
    assert.deepEqual(project.settings('DEBUG').map((each) => [each.owner, each.selected, each.development]), [['Config', true, false], ['DevelopmentConfig', false, true]]);
    assert.deepEqual(project.settings('KEY').map((each) => [each.owner, each.selected]), [['Config', false], ['ProductionConfig', true]]);
  });

  it('finds a refusal that runs, and not one that does not', async () => {
    const refused = async (check: string) => (await projectOf({ 'app.py': `import os\nfrom flask import Flask\nDEFAULT = "dev"\ndef create_app():\n    app = Flask(__name__)\n    app.config["SECRET_KEY"] = os.getenv("SECRET_KEY", DEFAULT)\n${check}    return app\n` })).settings('SECRET_KEY').some((each) => each.refusal !== undefined);
    assert.equal(await refused('    if app.config["SECRET_KEY"] == DEFAULT:\n        raise RuntimeError("set it")\n'), true);
    assert.equal(await refused('    if not app.config["SECRET_KEY"]:\n        raise RuntimeError("set it")\n'), false);
    assert.equal(await refused('    def never():\n        if app.config["SECRET_KEY"] == DEFAULT:\n            raise RuntimeError("set it")\n'), false);
  });

  it('understands classes that inherit from themselves, and recursion in helpers', async () => {
    const project = await projectOf({ 'a.py': 'class A(A):\n    X = 1\nclass B(C):\n    pass\nclass C(B):\n    pass\ndef f(n):\n    return f(n - 1)\nX = f(3)\nfor x in xs:\n    x = x + x\n' });
    assert.equal(project.settings('X').length > 0, true);
  });

  it('never throws on any prefix of a program', async () => {
    const program = 'import os\nfrom x import (a,\n  b)\n@d(1)\nclass C(B, metaclass=M):\n    """Doc."""\n    k: int = f"{a!r:>{w}}" % {"b": [i for i in b if i]}\n    async def m(self, *args, key=None, **kw) -> "T":\n        try:\n            async with a.b(c) as d, e:\n                yield await d[1:2, ...]\n        except* (E, F) as err:\n            raise G from err\n        finally:\n            lambda x, *y: (x := 2)\n        match m:\n            case {"a": [1, *rest]} if rest:\n                print(rest)\nif not os.environ.get("A") and x < y < z:\n    raise SystemExit\n';
    for (let length = 0; length <= program.length; length++) await moduleOf(program.slice(0, length));
    await fc.assert(fc.asyncProperty(fc.nat(program.length), fc.string({ maxLength: 6 }), async (at, noise) => { await moduleOf(program.slice(0, at) + noise + program.slice(at)); }), { numRuns: 60 });
  });

  it('keeps every offset inside the text, and names at their places', async () => {
    const text = '# 🚢\nimport os\nKEY = os.getenv("KEY", "é𝒳")\ndef f():\n    try:\n        g()\n    except:\n        pass\n';
    const module = await moduleOf(text);
    assert.equal(text.slice(module.assignments[0]?.targetAt.start, module.assignments[0]?.targetAt.end), 'KEY');
    assert.equal(text.slice(module.handlers[0]?.keyword.start, module.handlers[0]?.keyword.end), 'except');
    const value = module.assignments[0]?.value;
    assert.equal(value?.kind === 'environment' && value.fallback && text.slice(value.fallback.at.start, value.fallback.at.end), '"é𝒳"');
  });
});
