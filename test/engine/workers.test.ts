/** How many processes serve requests, by all the files that have a say in it. */
import assert from 'node:assert/strict';
import { projectOf } from '../support/python';

async function said(files: Readonly<Record<string, string>>): Promise<string> {
  const { workers } = await projectOf(files);
  return [workers.count, ...(workers.fixed ? ['fixed'] : []), ...(workers.processes !== undefined ? [workers.processes] : []), ...(workers.threads !== undefined ? [`${workers.threads} threads`] : [])].join(' ');
}

const web = (command: string) => said({ Procfile: `web: ${command}\n` });
const image = (...lines: readonly string[]) => `FROM python:3.12\n${lines.join('\n')}\n`;
const cluster = (type: string, spec: string) => `apiVersion: apps/v1\nkind: ${type}\nmetadata:\n  name: web\nspec:\n${spec}`;

describe('workers', () => {
  it('are unknown where nothing starts the application', async () => {
    assert.equal(await said({ 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' }), 'unknown');
    assert.equal(await said({ 'docker-compose.yml': 'services:\n  web:\n    build: .\n    command: python manage.py runserver 0.0.0.0:8000\n' }), 'unknown');
    assert.equal(await web('uvicorn main:app --reload'), 'unknown');
    assert.equal(await said({ 'deploy.sh': 'pip install gunicorn\nsudo systemctl restart gunicorn\n' }), 'unknown');
    assert.equal(await said({ 'compose.dev.yml': 'services:\n  web:\n    build: .\n    command: gunicorn -w 4 app:app\n' }), 'unknown');
  });

  it('are one by default', async () => {
    for (const command of ['gunicorn app:app', 'uvicorn main:app', 'poetry run gunicorn app:app', 'python -m uvicorn main:app', '/srv/venv/bin/gunicorn -k uvicorn.workers.UvicornWorker app:app', 'hypercorn main:app', 'fastapi run app/main.py', 'uwsgi --http :8000 --wsgi-file app.py']) {
      assert.equal(await web(command), 'one 1', command);
    }
  });

  it('are what the command says', async () => {
    for (const command of ['gunicorn -w 4 app:app', 'gunicorn -w4 app:app', 'gunicorn --workers=4 app:app', 'uvicorn main:app --workers 4', 'fastapi run --workers 4 main.py', 'uwsgi --processes 4', 'hypercorn -w 4 main:app', 'granian --workers 4 main:app', 'litestar run --web-concurrency 4', 'gunicorn -w ${WORKERS:-4} app:app', 'flask db upgrade && exec gunicorn -w 4 app:app']) {
      assert.equal(await web(command), 'several 4', command);
    }
    assert.equal(await web('gunicorn -w 1 --threads 8 app:app'), 'one fixed 1 8 threads');
    assert.equal(await web('waitress-serve --threads 4 app:app'), 'one fixed 1 4 threads');
    assert.equal(await web('daphne shop.asgi:application'), 'one fixed 1');
  });

  it('are several where something else decides', async () => {
    for (const command of ['gunicorn -w $(nproc) app:app', 'gunicorn --workers $WORKERS app:app', 'gunicorn -w $((2 * $(nproc) + 1)) app:app', 'sanic main.app --fast']) assert.equal(await web(command), 'several', command);
  });

  it('are not fixed by a fallback', async () => {
    assert.equal(await web('gunicorn -w ${WORKERS:-1} app:app'), 'one 1');
  });

  it('are unknown where the arguments come from elsewhere', async () => {
    assert.equal(await web('gunicorn $GUNICORN_ARGS app:app'), 'unknown');
    assert.equal(await web('gunicorn -c /etc/shop/gunicorn.py app:app'), 'unknown');
    assert.equal(await web('uwsgi --ini /etc/shop.ini'), 'unknown');
  });

  it('follow the variables of a script and of the files around it', async () => {
    const Dockerfile = image('ENTRYPOINT ["/opt/entrypoint.sh"]');
    assert.equal(await said({ Dockerfile, 'entrypoint.sh': 'WORKERS=${WORKERS:-1}\nexec gunicorn --workers $WORKERS app:app\n' }), 'one 1');
    assert.equal(await said({ Dockerfile, 'docker/entrypoint.sh': 'export WORKERS=${WORKERS:-3}\nexec gunicorn --workers "$WORKERS" app:app\n' }), 'several 3');
    assert.equal(await said({ Dockerfile, 'entrypoint.sh': 'WORKERS=${WORKERS:-1}\nexec gunicorn --workers $WORKERS app:app\n', 'fly.toml': '[env]\n  WEB_CONCURRENCY = "4"\n' }), 'one 1');
    assert.equal(await said({ Procfile: 'web: gunicorn app:app\n', 'fly.toml': '[env]\n  WEB_CONCURRENCY = "4"\n' }), 'several 4');
    assert.equal(await said({ 'render.yaml': 'services:\n  - type: web\n    startCommand: uvicorn main:app\n    envVars:\n      - key: WEB_CONCURRENCY\n        value: 1\n' }), 'one fixed 1');
    assert.equal(await said({ Dockerfile: image('ENV GUNICORN_CMD_ARGS="--workers=3 --timeout 60"', 'CMD ["gunicorn", "app:app"]') }), 'several 3');
  });

  it('are what the settings of gunicorn say', async () => {
    const Dockerfile = image('CMD ["gunicorn", "app:app"]');
    assert.equal(await said({ Dockerfile, 'gunicorn.conf.py': 'workers = 1\nthreads = 8\n' }), 'one fixed 1 8 threads');
    assert.equal(await said({ Dockerfile, 'gunicorn.conf.py': 'import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n' }), 'several');
    assert.equal(await said({ Dockerfile, 'gunicorn.conf.py': 'import os\nworkers = int(os.getenv("WORKERS", "1"))\n' }), 'one 1');
    assert.equal(await said({ Dockerfile, 'gunicorn.conf.py': 'import os\nworkers = int(os.environ.get("WORKERS") or 2)\n' }), 'several 2');
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-c", "conf/web.py", "app:app"]'), 'conf/web.py': 'workers = 4\n', 'gunicorn.conf.py': 'workers = 1\n' }), 'several 4');
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-w", "1", "app:app"]'), 'gunicorn.conf.py': 'workers = 4\n' }), 'one fixed 1');
  });

  it('are what the settings of uwsgi say', async () => {
    const Dockerfile = image('CMD [ "uwsgi", "/opt/shop/uwsgi.ini"]');
    assert.equal(await said({ Dockerfile, 'docker/uwsgi.ini': '[uwsgi]\nprocesses = 4\n' }), 'several 4');
    assert.equal(await said({ Dockerfile, 'docker/uwsgi.ini': '[uwsgi]\nmaster = true\n' }), 'one 1');
    assert.equal(await said({ Dockerfile, 'docker/uwsgi.ini': '[uwsgi]\nworkers = %k\n' }), 'several');
  });

  it('join what an entry point and a command say', async () => {
    assert.equal(await said({ Dockerfile: image('ENTRYPOINT ["gunicorn"]', 'CMD ["-w", "4", "app:app"]') }), 'several 4');
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-w", "4", "app:app"]'), 'compose.yml': 'services:\n  web:\n    build: .\n    command: gunicorn -w 1 app:app\n' }), 'one fixed 1');
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-w", "4", "app:app"]'), 'compose.yml': 'services:\n  web:\n    build: .\n' }), 'several 4');
  });

  it('are multiplied by replicas', async () => {
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-w", "2", "app:app"]'), 'compose.yml': 'services:\n  web:\n    build: .\n    deploy:\n      replicas: 3\n' }), 'several 6');
    assert.equal(await said({ Dockerfile: image('CMD ["uvicorn", "main:app"]'), 'k8s/web.yaml': cluster('Deployment', '  replicas: 3\n') }), 'several 3');
    assert.equal(await said({ Dockerfile: image('CMD ["uvicorn", "main:app"]'), 'k8s/web.yaml': cluster('Deployment', '  replicas: 1\n') }), 'one fixed 1');
    assert.equal(await said({ Dockerfile: image('CMD ["uvicorn", "main:app"]'), 'k8s/hpa.yaml': cluster('HorizontalPodAutoscaler', '  minReplicas: 1\n  maxReplicas: 5\n') }), 'several 5');
    assert.equal(await said({ 'render.yaml': 'services:\n  - type: web\n    startCommand: gunicorn app:app\n    numInstances: 2\n' }), 'several 2');
    assert.equal(await said({ 'fly.toml': '[processes]\n  app = "gunicorn app:app"\n[http_service]\n  min_machines_running = 1\n' }), 'one fixed 1');
  });

  it('do not count what works beside the web', async () => {
    assert.equal(await said({ Dockerfile: image('CMD ["gunicorn", "-w", "1", "app:app"]'), 'compose.yml': 'services:\n  web:\n    build: .\n  worker:\n    build: .\n    command: celery -A app worker -c 8\n    deploy:\n      replicas: 4\n  db:\n    image: postgres:16\n    deploy:\n      replicas: 2\n' }), 'one fixed 1');
  });

  it('are read from systemd, supervisor and clusters', async () => {
    assert.equal(await said({ 'deploy/shop.service': '[Service]\nExecStart=/srv/venv/bin/gunicorn -w 3 shop.wsgi\n' }), 'several 3');
    assert.equal(await said({ 'deploy/supervisor/shop.conf': '[program:shop]\ncommand=/srv/venv/bin/gunicorn -w 3 shop.wsgi\n' }), 'several 3');
    assert.equal(await said({ 'k8s/web.yaml': cluster('Deployment', '  template:\n    spec:\n      containers:\n        - name: web\n          image: shop:1\n          command: ["gunicorn"]\n          args: ["--workers", "3", "shop.wsgi"]\n') }), 'several 3');
  });

  it('are what a program gives its server', async () => {
    const Dockerfile = image('CMD ["python", "run.py"]');
    assert.equal(await said({ Dockerfile, 'run.py': 'import uvicorn\nuvicorn.run("main:app", workers=4)\n' }), 'several 4');
    assert.equal(await said({ Dockerfile, 'run.py': 'import uvicorn\nif __name__ == "__main__":\n    uvicorn.run("main:app")\n' }), 'one 1');
    assert.equal(await said({ Dockerfile, 'run.py': 'from waitress import serve\nfrom app import app\nserve(app)\n' }), 'one fixed 1');
    assert.equal(await said({ Dockerfile, 'run.py': 'from shop import main\nmain()\n', 'shop/__init__.py': 'from flask import Flask\nfrom flask_socketio import SocketIO\napp = Flask(__name__)\nsocketio = SocketIO(app)\ndef main():\n    socketio.run(app)\n' }), 'one fixed 1');
    assert.equal(await said({ 'run.py': 'import uvicorn\nuvicorn.run("main:app")\n' }), 'unknown');
  });

  it('are what an image or a platform starts by itself', async () => {
    assert.equal(await said({ Dockerfile: 'FROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\nCOPY ./app /app\n' }), 'several');
    assert.equal(await said({ Dockerfile: 'FROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\nENV MAX_WORKERS=1\nCOPY ./app /app\n' }), 'one fixed 1');
    assert.equal(await said({ 'app.yaml': 'runtime: python312\nentrypoint: gunicorn -w 1 main:app\n' }), 'several');
    assert.equal(await said({ 'app.yaml': 'runtime: python312\nentrypoint: gunicorn -w 1 main:app\nautomatic_scaling:\n  max_instances: 1\n' }), 'one fixed 1');
  });

  it('name the line that decides', async () => {
    const { workers } = await projectOf({ Dockerfile: image('CMD ["gunicorn", "app:app"]'), 'gunicorn.conf.py': 'bind = ":8000"\nworkers = 3\n' });
    assert.deepEqual([workers.evidence?.path, workers.evidence?.text], ['gunicorn.conf.py', 'gunicorn with 3 workers']);
  });
});
