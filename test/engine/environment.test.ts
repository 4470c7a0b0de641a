/** What code reads of the environment, in all the ways there are, and who declares it. */
import assert from 'node:assert/strict';
import type { Project, VariableRead } from '../../rules/kit';
import { moduleOf, projectOf, say } from '../support/python';

function told(read: VariableRead): string {
  return `${read.variable}${read.required ? '!' : ''}${read.how === 'read' ? '' : ` ${read.how}`}${read.cast ? ` as ${read.cast}` : ''}${read.fallback ? ` or ${say(read.fallback)}` : ''}`;
}

const reads = async (text: string) => (await moduleOf(text)).environment.filter((each) => each.how !== 'call').map(told);

describe('reads of the environment', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'by key': ['import os\nuse(os.environ["A"])', ['A!']],
    'by get': ['import os\nuse(os.environ.get("A"))', ['A']],
    'by getenv, with a fallback': ['import os\nuse(os.getenv("A", "b"))', ['A or "b"']],
    'by keyword': ['import os\nuse(os.getenv(key="A", default="b"))', ['A or "b"']],
    'under other names': ['from os import environ as e, getenv as g\nget = e.get\nuse(e["A"], g("B"), get("C"))', ['A!', 'B', 'C']],
    'with a fallback behind or': ['import os\nX = os.getenv("A") or os.getenv("B") or "c"', ['A or env B', 'B or "c"']],
    'only whether it is set': ['import os\nif "A" in os.environ:\n    pass', ['A test']],
    'asked first': ['import os\nX = os.environ["A"] if "A" in os.environ else None', ['A', 'A test']],
    'caught': ['import os\ntry:\n    X = os.environ["A"]\nexcept KeyError:\n    X = None', ['A']],
    'caught and said better': ['import os\ntry:\n    X = os.environ["A"]\nexcept KeyError as e:\n    raise RuntimeError("A") from e', ['A!']],
    'by a name that is made up': ['import os\nuse(os.environ["APP_" + kind()], os.getenv(f"{x()}_URL"))', [' computed', ' computed']],
    'written is not read': ['import os\nos.environ["A"] = "b"', []],
    'preset': ['import os\nos.environ.setdefault("A", "b")', ['A or "b"']],
    'from copies and unions': ['import os\nenv = dict(os.environ)\nuse(env["A"])\nmore = os.environ | {"B": "c"}\nuse(more.get("C"))', ['A!', 'C']],
    'from a table that takes it in': ['import os\nfrom dotenv import dotenv_values\nconfig = {**dotenv_values(".env"), **os.environ}\nuse(config["A"], config.get("B"))', ['A!', 'B']],
    'one of a list': ['import os\nmissing = [name for name in ("A", "B") if not os.getenv(name)]', ['A listed', 'B listed']],
    'one of a list, in a loop': ['import os\nREQUIRED = ["A", "B"]\nfor name in REQUIRED:\n    if not os.environ.get(name):\n        raise RuntimeError(name)', ['A listed', 'B listed']],
    'in a default of a parameter': ['import os\ndef f(x=os.getenv("A")):\n    pass', ['A']],
    'django-environ, with a scheme': ['import environ\nenv = environ.Env(A=(bool, False), B=int)\nuse(env("A"), env("B"), env.list("C", default=[]))', ['A as bool or false', 'B! as int', 'C as list or []']],
    'environs': ['from environs import Env\nenv = Env()\nuse(env.int("A", 3), env.str("B"), env("C"))', ['A as int or 3', 'B!', 'C!']],
    'environs, ready made': ['from environs import env\nuse(env.bool("A"))', ['A! as bool']],
    'decouple': ['from decouple import config, Csv\nuse(config("A", default="", cast=Csv()), config("B"))', ['A as list or ""', 'B!']],
    'decouple, made by hand': ['from decouple import AutoConfig, Config, RepositoryEnv\na = AutoConfig(search_path=".")\nb = Config(RepositoryEnv(".env"))\nuse(a("A"), b("B", default=1))', ['A!', 'B or 1']],
    'starlette, with a prefix': ['from starlette.config import Config\nconfig = Config(".env", env_prefix="APP_")\nuse(config("A", cast=bool, default=False))', ['APP_A as bool or false']],
    'Flask, by prefix': ['from flask import Flask\napp = Flask(__name__)\napp.config.from_prefixed_env()\napp.config.from_prefixed_env("SHOP")', ['FLASK_* prefix', 'SHOP_* prefix']],
    'dynaconf': ['from dynaconf import Dynaconf\nsettings = Dynaconf(envvar_prefix="SHOP", settings_files=["settings.toml"])', ['SHOP_* prefix']],
    'options of a command': ['import click\n@click.command()\n@click.option("--key", envvar="A")\ndef f(key):\n    pass', ['A']],
    'a function of this file': ['import os\ndef env(name, default=None):\n    return os.environ.get(name, default)\nuse(env("KEY", "b"))', ['{name} or parameter default', 'KEY or "b"']],
    'django-configurations': ['from configurations import Configuration, values\nclass Base(Configuration):\n    SECRET_KEY = values.SecretValue()\n    DEBUG = values.BooleanValue(False)\n    HOST = values.Value("a", environ_name="B", environ_prefix="SHOP")', ['DJANGO_SECRET_KEY! field', 'DJANGO_DEBUG field or false', 'SHOP_B field or "a"']],
    'nothing': ['names = {"A": 1}\nuse(names["A"], names.get("B"), "C" in names)', []],
  };
  for (const [title, [text, expected]] of Object.entries(cases)) it(title, async () => { assert.deepEqual(await reads(text), expected); });

  const settings: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'fields, required and not': ['    a: str\n    b: int = 3\n    c: str | None = None', ['A! field', 'B field or 3', 'C field or None']],
    'a prefix': ['    model_config = SettingsConfigDict(env_prefix="APP_")\n    a: str', ['APP_A! field']],
    'a prefix in a table': ['    model_config = {"env_prefix": "APP_"}\n    a: str', ['APP_A! field']],
    'version 1': ['    a: str\n    b: str = Field("x", env="OTHER")\n    class Config:\n        env_prefix = "app_"\n        fields = {"a": {"env": ["FIRST", "SECOND"]}}', ['FIRST! field', 'OTHER field or "x"']],
    'aliases': ['    a: str = Field(validation_alias=AliasChoices("X", "Y"))\n    b: str = Field(..., alias="Z")', ['X! field', 'Z! field']],
    'case matters': ['    model_config = SettingsConfigDict(case_sensitive=True)\n    a: str', ['a! field']],
    'models inside': ['    model_config = SettingsConfigDict(env_nested_delimiter="__")\n    db: Database\n    key: str', ['DB__* prefix', 'KEY! field']],
    'a model inside that has a class of its own': ['    db: DatabaseSettings = DatabaseSettings()\n    key: str = Field(default_factory=lambda: "x")', ['KEY field or generated by a factory']],
    'no fields': ['    model_config = SettingsConfigDict()\n    kind: ClassVar[str] = "x"\n    _hidden: str = "y"\n    PLAIN = 3', []],
  };
  for (const [title, [body, expected]] of Object.entries(settings)) {
    it(`pydantic: ${title}`, async () => {
      assert.deepEqual(await reads(`from typing import ClassVar\nfrom pydantic import AliasChoices, BaseModel, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Database(BaseModel):\n    host: str\nclass Settings(BaseSettings):\n${body}\n`), expected);
    });
  }

  it('pydantic: what may be None needs no default in version 1', async () => {
    assert.deepEqual(await reads('from typing import Optional\nfrom pydantic import BaseSettings\nclass Settings(BaseSettings):\n    a: Optional[str]\n    b: str\n'), ['A field or None', 'B! field']);
  });

  it('pydantic: options of a base in the same file hold, until the class says otherwise', async () => {
    assert.deepEqual(await reads('from pydantic_settings import BaseSettings\nclass Base(BaseSettings):\n    model_config = {"env_prefix": "P_"}\nclass A(Base):\n    a: str\nclass B(Base):\n    model_config = {"env_prefix": "Q_"}\n    b: str\n'), ['P_A! field', 'Q_B! field']);
  });
});

describe('the environment of a project', () => {
  const variables = (project: Project) => [...project.environment.values()].filter((each) => each.reads.length > 0).map(({ reads: all }) => told(all[0]?.read as VariableRead));
  const kinds = (project: Project, name: string) => project.environment.get(name)?.declarations.map((each) => `${each.path} ${each.kind}`);

  it('follows functions and readers of other files', async () => {
    const project = await projectOf({
      'shop/env.py': 'import os\nimport environ\nenv = environ.Env()\ndef get(name, default=None):\n    return os.environ.get(name, default)\ndef need(name):\n    value = get(name)\n    if not value:\n        raise RuntimeError(name)\n    return value\nclass Reader:\n    def flag(self, key):\n        return os.getenv(key, "") == "1"\nreader = Reader()\n',
      'shop/settings.py': 'from shop.env import env, get, need, reader\nA = get("KEY_A", "x")\nB = need("KEY_B")\nC = env.bool("KEY_C", default=False)\nD = env("KEY_D")\nE = reader.flag("KEY_E")\nF = print("KEY_F")\nG = unknown("KEY_G")\n',
    });
    assert.deepEqual(variables(project), ['KEY_A or "x"', 'KEY_B!', 'KEY_C as bool or false', 'KEY_D!', 'KEY_E or ""']);
    assert.deepEqual(project.settings('A', 'C', 'D').map((each) => say(each.value)), ['env KEY_A or "x"', 'env KEY_C as bool or false', 'env KEY_D!']);
  });

  it('follows a reader through a star import', async () => {
    const project = await projectOf({ 'config/base.py': 'import environ\nenv = environ.Env()\n', 'config/production.py': 'from .base import *\nKEY = env("DJANGO_KEY")\n' });
    assert.deepEqual(variables(project), ['DJANGO_KEY!']);
  });

  it('leaves tests, scripts and what is written alone', async () => {
    const project = await projectOf({ 'tests/test_a.py': 'import os\nX = os.environ["A"]\n', 'scripts/load.py': 'import os\nX = os.environ["B"]\n', 'app.py': 'import os\nos.environ["C"] = "1"\n' });
    assert.deepEqual(variables(project), []);
  });

  it('knows who declares a variable, and for what', async () => {
    const project = await projectOf({
      'app.py': 'import os\nX = os.environ["KEY"]\n', '.env.example': 'KEY=\n', 'compose.yml': 'services:\n  web:\n    build: .\n    environment:\n      - KEY=${KEY}\n', 'compose.dev.yml': 'services:\n  web:\n    environment:\n      KEY: dev\n',
      Dockerfile: 'FROM python:3.12\nARG KEY\nENV KEY=$KEY\nCMD ["gunicorn", "app:app"]\n', Procfile: 'web: KEY=1 gunicorn app:app\n', 'web.service': '[Service]\nEnvironment="KEY=1" OTHER=2\nExecStart=/usr/bin/gunicorn app:app\n',
      'render.yaml': 'services:\n  - type: web\n    envVars:\n      - key: KEY\n        sync: false\n', '.github/workflows/ci.yml': 'on: [push]\nenv:\n  KEY: x\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n',
      'k8s/web.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  KEY: x\n', 'README.md': 'Set `KEY` first.\n', 'deploy/site.yml': '- hosts: all\n  vars:\n    env: { KEY: x }\n',
    });
    const given = kinds(project, 'KEY') ?? [];
    for (const each of ['.env.example example', 'compose.yml production', 'compose.dev.yml development', 'Dockerfile build', 'Dockerfile production', 'Procfile production', 'web.service production', '.github/workflows/ci.yml ci', 'k8s/web.yaml production', 'README.md documentation', 'deploy/site.yml mention']) {
      assert.ok(given.includes(each), `${each} is missing among ${given.join(', ')}`);
    }
    assert.deepEqual(kinds(project, 'OTHER')?.slice(0, 1), ['web.service production']);
  });
});
