/** Settings in all the ways there are of giving one a value, and which of them production sees. */
import assert from 'node:assert/strict';
import { projectOf, say } from '../support/python';

const FLASK = 'import os\nfrom flask import Flask\n';

async function settings(files: Readonly<Record<string, string>>, name: string): Promise<readonly string[]> {
  const project = await projectOf(files);
  return project.settings(name).map((each) => `${each.owner ? `${each.owner}: ` : ''}${say(each.value)}${each.selected ? '' : ' (not selected)'}${each.development ? ' (development)' : ''}`);
}

const GRINBERG = 'import os\nclass Config:\n    KEY = "base"\n    @staticmethod\n    def init_app(app):\n        pass\nclass DevelopmentConfig(Config):\n    DEBUG = True\n    KEY = "dev"\nclass TestingConfig(Config):\n    TESTING = True\nclass ProductionConfig(Config):\n    KEY = os.environ["KEY"]\nclass StagingConfig(ProductionConfig):\n    KEY = "staging"\nconfig = {"development": DevelopmentConfig, "testing": TestingConfig, "production": ProductionConfig, "default": DevelopmentConfig}\n';

describe('ways of giving a setting its value', () => {
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, readonly string[]]>> = {
    'by key': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config["KEY"] = "a"\n` }, ['"a"']],
    'update, by keyword and by table': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config.update(KEY="a")\napp.config.update({"KEY": "b"})\n` }, ['"a" (not selected)', '"b"']],
    'update with a table that has a name': [{ 'app.py': `${FLASK}app = Flask(__name__)\nDEFAULTS = {"KEY": "a"}\napp.config.update(DEFAULTS)\n` }, ['"a"']],
    'update with unpacked tables': [{ 'app.py': `${FLASK}app = Flask(__name__)\nDEFAULTS = dict(KEY="a")\napp.config.update(**DEFAULTS)\n` }, ['"a"']],
    'update with a call of dict': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config.update(dict(KEY="a"))\n` }, ['"a"']],
    'from_mapping': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config.from_mapping(KEY=os.environ["K"])\n` }, ['env K!']],
    'from_mapping of a table': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config.from_mapping({"KEY": "a"})\n` }, ['"a"']],
    'in a union': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config |= {"KEY": "a"}\n` }, ['"a"']],
    'setdefault': [{ 'app.py': `${FLASK}app = Flask(__name__)\napp.config.setdefault("KEY", "a")\n` }, ['"a"']],
    'in a branch': [{ 'app.py': `${FLASK}app = Flask(__name__)\nif os.getenv("APP_ENV") == "development":\n    app.config["KEY"] = "a"\nelse:\n    app.config["KEY"] = os.environ["K"]\n` }, ['"a" (development)', 'env K!']],
    'from_object of a class': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'app.py': `${FLASK}from config import Config\napp = Flask(__name__)\napp.config.from_object(Config)\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'from_object of an instance': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'app.py': `${FLASK}from config import Config\napp = Flask(__name__)\napp.config.from_object(Config())\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'from_object of an instance with a name': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\nconfig = Config()\n', 'app.py': `${FLASK}from config import config\napp = Flask(__name__)\napp.config.from_object(config)\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'from_object of a path': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'app.py': `${FLASK}app = Flask(__name__)\napp.config.from_object("config.Config")\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'from_object of a path inside a package': [{ 'shop/config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'shop/app.py': `${FLASK}app = Flask(__name__)\napp.config.from_object("shop.config.Config")\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'from_object of a path that the environment says': [{ 'config.py': 'class ProductionConfig:\n    KEY = "a"\nclass DevelopmentConfig:\n    KEY = "b"\n', 'app.py': `${FLASK}app = Flask(__name__)\napp.config.from_object(os.environ.get("APP_SETTINGS", "config.ProductionConfig"))\n` }, ['ProductionConfig: "a"', 'DevelopmentConfig: "b" (not selected) (development)']],
    'from_object of a path put together': [{ 'config.py': 'class ProductionConfig:\n    KEY = "a"\nclass DevelopmentConfig:\n    KEY = "b"\n', 'app.py': `${FLASK}app = Flask(__name__)\nenv = os.environ.get("APP_ENV", "Production")\napp.config.from_object(f"config.{env}Config")\n` }, ['ProductionConfig: "a"', 'DevelopmentConfig: "b" (not selected) (development)']],
    'from_object of a module': [{ 'config.py': 'KEY = "a"\n', 'dev_config.py': 'KEY = "b"\n', 'app.py': `${FLASK}import config\napp = Flask(__name__)\napp.config.from_object(config)\n` }, ['"a"', '"b" (not selected) (development)']],
    'from_object of a module by its path': [{ 'shop/config/production.py': 'from .default import *\nDEBUG = False\n', 'shop/config/default.py': 'KEY = "a"\n', 'shop/config/local.py': 'KEY = "b"\n', 'shop/app.py': `${FLASK}app = Flask(__name__)\napp.config.from_object("shop.config.production")\n` }, ['"a"', '"b" (not selected) (development)']],
    'from_object of __name__': [{ 'app.py': `${FLASK}KEY = "a"\napp = Flask(__name__)\napp.config.from_object(__name__)\n` }, ['"a"']],
    'a table of choices': [{ 'config.py': GRINBERG, 'app/__init__.py': `${FLASK}from config import config\ndef create_app(config_name):\n    app = Flask(__name__)\n    app.config.from_object(config[config_name])\n    config[config_name].init_app(app)\n    return app\n`, 'shop.py': 'import os\nfrom app import create_app\napp = create_app(os.getenv("FLASK_CONFIG") or "default")\n' },
      ['Config: "base" (not selected)', 'DevelopmentConfig: "dev" (not selected) (development)', 'ProductionConfig: env KEY!', 'StagingConfig: "staging" (not selected)']],
    'a table of choices, by get': [{ 'config.py': GRINBERG, 'app.py': `${FLASK}from config import config\nname = os.getenv("FLASK_CONFIG", "default")\napp = Flask(__name__)\napp.config.from_object(config.get(name, config["default"]))\n` },
      ['Config: "base" (not selected)', 'DevelopmentConfig: "dev" (not selected) (development)', 'ProductionConfig: env KEY!', 'StagingConfig: "staging" (not selected)']],
    'one entry of a table of choices': [{ 'config.py': GRINBERG, 'app.py': `${FLASK}from config import config\napp = Flask(__name__)\napp.config.from_object(config["production"])\n` },
      ['Config: "base" (not selected)', 'DevelopmentConfig: "dev" (not selected) (development)', 'ProductionConfig: env KEY!', 'StagingConfig: "staging" (not selected)']],
    'a table of paths': [{ 'config.py': 'class Base:\n    KEY = "base"\nclass Dev(Base):\n    KEY = "dev"\nclass Live(Base):\n    pass\nclass Unused:\n    KEY = "u"\n', 'app.py': `${FLASK}NAMES = {"dev": "config.Dev", "live": "config.Live"}\napp = Flask(__name__)\napp.config.from_object(NAMES[os.getenv("MODE", "live")])\n` }, ['Base: "base"', 'Dev: "dev" (not selected) (development)', 'Unused: "u" (not selected)']],
    'a function that chooses': [{ 'config.py': 'import os\nclass Dev:\n    KEY = "dev"\nclass Live:\n    KEY = "live"\nclass Unused:\n    KEY = "u"\ndef get_config():\n    if os.getenv("APP_ENV") == "development":\n        return Dev()\n    return Live()\n', 'app.py': `${FLASK}from config import get_config\napp = Flask(__name__)\napp.config.from_object(get_config())\n` }, ['Dev: "dev" (not selected) (development)', 'Live: "live"', 'Unused: "u" (not selected)']],
    'a factory that is given a class': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'app.py': `${FLASK}from config import Config\ndef create_app(config_class=Config):\n    app = Flask(__name__)\n    app.config.from_object(config_class)\n    return app\n` }, ['Config: "a"', 'Other: "b" (not selected)']],
    'a factory that is given a class where it is called': [{ 'config.py': 'class Config:\n    KEY = "a"\nclass Other:\n    KEY = "b"\n', 'shop/__init__.py': `${FLASK}def create_app(config_class):\n    app = Flask(__name__)\n    app.config.from_object(config_class)\n    return app\n`, 'wsgi.py': 'from config import Config\nfrom shop import create_app\napp = create_app(Config)\n' }, ['Config: "a"', 'Other: "b" (not selected)']],
    'given by methods': [{ 'config.py': 'import os\nclass Config:\n    def __init__(self):\n        self.KEY = os.environ["K"]\n', 'app.py': `${FLASK}from config import Config\napp = Flask(__name__)\napp.config.from_object(Config())\n` }, ['Config: env K!']],
    'an attribute of pydantic settings, given on': [{ 'config.py': 'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    secret_key: str = "dev"\nsettings = Settings()\n', 'app.py': `${FLASK}from config import settings\napp = Flask(__name__)\napp.config["KEY"] = settings.secret_key\n` }, ['env SECRET_KEY or "dev"']],
    'an attribute of cached pydantic settings': [{ 'config.py': 'from functools import lru_cache\nfrom pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    secret_key: str = "dev"\n@lru_cache\ndef get_settings():\n    return Settings()\n', 'app.py': `${FLASK}from config import get_settings\napp = Flask(__name__)\napp.config["KEY"] = get_settings().secret_key\n` }, ['env SECRET_KEY or "dev"']],
    'an attribute of a plain class, given on': [{ 'config.py': 'import os\nclass Config:\n    SECRET = os.getenv("SECRET", "dev")\n', 'app.py': `${FLASK}from config import Config\napp = Flask(__name__)\napp.config["KEY"] = Config.SECRET\n` }, ['env SECRET or "dev"']],
    'all names of a module': [{ 'app.py': `${FLASK}KEY = "a"\n`, 'more.py': 'globals().update({"KEY": "b"})\n' }, ['"a"', '"b"']],
    'a file of Python': [{ 'instance/config.py': 'KEY = "a"\n', 'app.py': `${FLASK}app = Flask(__name__)\napp.config.from_pyfile("config.py")\n` }, ['"a"']],
  };
  for (const [title, [files, expected]] of Object.entries(cases)) it(title, async () => { assert.deepEqual(await settings(files, 'KEY'), expected); });
});

describe('Django settings', () => {
  const base = 'INSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\nKEY = "base"\n';
  const chain = (selection: Readonly<Record<string, string>>) => ({ 'shop/settings/base.py': base, 'shop/settings/production.py': 'from .base import *\nimport os\nKEY = os.environ["K"]\n', 'shop/settings/local.py': 'from .base import *\nKEY = "local"\n', ...selection });
  const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, readonly string[]]>> = {
    'one module': [{ 'shop/settings.py': base }, ['"base"']],
    'a chain that wsgi selects': [chain({ 'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n', 'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")\n' }), ['"base" (not selected)', 'env K!', '"local" (not selected) (development)']],
    'a chain that the image selects': [chain({ 'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")\n', Dockerfile: 'FROM python:3.12\nENV DJANGO_SETTINGS_MODULE=shop.settings.production\nCMD ["gunicorn", "shop.wsgi"]\n' }), ['"base" (not selected)', 'env K!', '"local" (not selected) (development)']],
    'a package whose __init__ takes one in': [{ 'shop/settings/__init__.py': 'from .base import *\n', 'shop/settings/base.py': base, 'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n' }, ['"base"']],
    'a base that is used as it is': [{ 'shop/settings/base.py': base, 'shop/settings/production.py': 'from .base import *\nDEBUG = False\n', 'shop/wsgi.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.production")\n' }, ['"base"']],
  };
  for (const [title, [files, expected]] of Object.entries(cases)) it(title, async () => { assert.deepEqual((await settings(files, 'KEY')).toSorted(), [...expected].toSorted()); });
});
