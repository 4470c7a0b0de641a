/** A plain `.env` that git holds counts as production's only where a container, a platform or the machine itself gets it. */
import assert from 'node:assert/strict';
import { openSession } from '../../engine/audit/open';
import type { Grammars } from '../../engine/syntax/grammars';
import { openMemory } from '../../engine/workspace/memory';
import { testGrammars } from '../support/grammars';

const image = (copies: string) => `FROM python:3.12-slim\nWORKDIR /srv\n${copies}\nCMD ["gunicorn", "app:app"]\n`;
const compose = (lines: string) => `services:\n  web:\n    build: .\n${lines}`;
const SHOP = { '.env': 'APP_ENV=development\n', 'app.py': 'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.debug = os.getenv("APP_ENV") == "development"\n' };

const REACHES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the image takes everything': { Dockerfile: image('COPY . .') },
  'the image takes it by name': { Dockerfile: image('COPY app.py .env ./') },
  'the image takes it, in the JSON form': { Dockerfile: image('COPY ["./", "/srv/"]') },
  'the image takes what a variable says': { Dockerfile: image('ARG FROM_HERE\nADD $FROM_HERE /srv/') },
  'compose gives it to the container': { Dockerfile: image('COPY app.py ./'), 'compose.yml': compose('    env_file: .env\n') },
  'compose fills a value from it': { Dockerfile: image('COPY app.py ./'), 'compose.yml': compose('    environment:\n      - MODE=${APP_ENV:-production}\n') },
  'compose passes the variable on': { Dockerfile: image('COPY app.py ./'), 'compose.yml': compose('    environment:\n      - APP_ENV\n') },
  'compose mounts its folder': { Dockerfile: image('COPY app.py ./'), 'compose.yml': compose('    volumes: [".:/srv"]\n') },
  'only another context leaves it out': { Dockerfile: image('COPY . .'), 'web/.dockerignore': '.env\n' },
  'no container at all': { Procfile: 'web: gunicorn app:app\n' },
};
const STAYS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the image takes other files, and compose says every value': { Dockerfile: image('COPY app.py requirements.txt ./\nCOPY ./static /srv/static'), 'compose.yml': compose('    environment:\n      SITE_URL: https://${DOMAIN}\n    volumes: ["data:/data"]\n') },
  'the image leaves it out': { Dockerfile: image('COPY . .'), '.dockerignore': '.git\n**/.env\n' },
  'the image is built from another folder': { 'web/Dockerfile': image('COPY . .'), 'compose.yml': 'services:\n  web:\n    build: ./web\n' },
  'only an earlier image is copied whole': { Dockerfile: `FROM python:3.12-slim AS made\nCOPY app.py /srv/\n\n${image('COPY --from=made / /')}` },
};

describe('a tracked .env', () => {
  let grammars: Grammars;
  before(async () => { grammars = await testGrammars(); });

  const found = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const tree = { ...SHOP, ...files };
    const session = openSession({ workspace: openMemory(tree, { tracked: Object.keys(tree) }), grammars });
    try {
      await session.refresh();
      return session.audits().flatMap((audit) => audit.outcomes.find((each) => each.rule === 'debug-env-enabled')?.findings ?? []).map((each) => each.path);
    } finally {
      session.dispose();
    }
  };

  for (const [title, files] of Object.entries(REACHES)) it(`reaches production: ${title}`, async () => assert.deepEqual(await found(files), ['.env']));
  for (const [title, files] of Object.entries(STAYS)) it(`stays behind: ${title}`, async () => assert.deepEqual(await found(files), []));
});

describe('an ignored .env', () => {
  it('is on this machine alone, and never read', async () => {
    const tree = { ...SHOP, '.gitignore': '.env\n', '.env': 'SECRET_KEY=changeme\nDEBUG=1\n' };
    const session = openSession({ workspace: openMemory(tree), grammars: await testGrammars() });
    try {
      await session.refresh();
      assert.equal(session.text('.env'), undefined);
      session.edit('.env', 'SECRET_KEY=changeme\n');
      assert.deepEqual(session.findings('.env'), []);
      assert.ok(!JSON.stringify(session.audits()).includes('changeme'));
    } finally {
      session.dispose();
    }
  });
});
