import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';
import { moduleOf, projectOf } from '../support/python';

const SETTINGS = 'import os\nfrom pydantic import field_validator\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str = "dev-key"\n\n';

/** Whether the setting of a settings module is refused at start. */
async function refused(text: string): Promise<boolean> {
  const project = await projectOf({ 'settings.py': text });
  return project.settings('SECRET_KEY')[0]?.refusal !== undefined;
}

describe('checks that stop the program', () => {
  it('say the length they ask for', async () => {
    const strict = await moduleOf('def f(key):\n    if len(key) < 32:\n        raise ValueError\n');
    const loose = await moduleOf('LEAST = 8\ndef f(key):\n    assert not len(key) <= LEAST\n');
    assert.equal(strict.refusals[0]?.shorterThan, 32);
    assert.equal(loose.refusals[0]?.shorterThan, 9);
  });

  const validator = (body: string, field = 'secret_key') => `${SETTINGS}    @field_validator("${field}")\n    @classmethod\n    def check(cls, value):\n        ${body}\n        return value\n\nsettings = Settings()\n`;
  const cases: Readonly<Record<string, readonly [string, boolean]>> = {
    'a validator of the field': [validator('if value == "dev-key": raise ValueError()'), true],
    'a validator of another field': [validator('if value == "dev-key": raise ValueError()', 'name'), false],
    'a validator that refuses something else': [validator('if value == "changeme": raise ValueError()'), false],
    'a length the default does not have': [validator('if len(value) < 32: raise ValueError()'), true],
    'a length the default has': [validator('if len(value) < 4: raise ValueError()'), false],
    'a part of the default': ['import os\nSECRET_KEY = os.getenv("SECRET_KEY", "django-insecure-x")\nif "insecure" in SECRET_KEY:\n    raise RuntimeError\n', true],
    'the beginning of the default': ['import os\nSECRET_KEY = os.getenv("SECRET_KEY", "django-insecure-x")\nif SECRET_KEY.startswith("django-insecure"):\n    raise RuntimeError\n', true],
    'a variable that is missing': ['import os\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif os.getenv("SKIP_CHECKS") != "1" and not os.getenv("SECRET_KEY"):\n    raise RuntimeError\n', true],
    'a variable that is asserted': ['import os\nSECRET_KEY = os.getenv("SECRET_KEY") or "dev"\nassert "SECRET_KEY" and os.getenv("SECRET_KEY")\n', true],
    'a value that is never missing': ['import os\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")\nif not SECRET_KEY:\n    raise RuntimeError\n', false],
    'nothing': [`${SETTINGS}settings = Settings()\n`, false],
  };
  for (const [title, [text, expected]] of Object.entries(cases)) it(`are found in ${title}`, async () => { assert.equal(await refused(text), expected); });

  it('count as soon as they are typed, and no longer than they stand there', async () => {
    const check = 'import os\nif not os.getenv("SECRET_KEY"):\n    raise RuntimeError("no key")\n';
    const files = { 'settings.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\nSECRET_KEY = os.getenv("SECRET_KEY", "dev-key")\napp.secret_key = SECRET_KEY\n', 'app.py': 'import os\nimport settings\nimport more\n', 'more.py': check.replace('SECRET_KEY', 'OTHER_KEY'), 'requirements.txt': 'flask\n' };
    const session = openSession({ workspace: openMemory(files), grammars: await testGrammars() });
    await session.refresh();
    let count = 0;
    const found = () => {
      // A letter in the file of the setting, so that it is judged by what stands elsewhere now.
      session.edit('settings.py', `${files['settings.py']}x = ${count++}\n`);
      return session.findings('settings.py').filter((each) => each.rule === 'secret-key-default').length;
    };
    const before = found();
    assert.notEqual(before, 0);
    session.edit('app.py', check);
    assert.equal(found(), 0);
    session.edit('more.py', check);
    session.edit('app.py', files['app.py']);
    assert.equal(found(), 0);
    session.edit('more.py', files['more.py']);
    assert.equal(found(), before);
    session.dispose();
  });
});
