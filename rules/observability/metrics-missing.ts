import type { Evidence, Judgement, Project, Tool } from '../kit';
import {
  APM_TOOLS, HOOK_CALLS, applicationName, closure, declaredTool, gapPlace, hooks, idleModules, onlyInDevelopment, projectRule, toolsInUse, webFrameworks,
} from '../kit';

const METRICS: readonly Tool[] = [
  {
    name: 'Prometheus', packages: ['prometheus-client', 'prometheus-fastapi-instrumentator', 'prometheus-flask-exporter', 'django-prometheus', 'starlette-exporter', 'starlette-prometheus'],
    calls: [
      'prometheus_client.start_http_server', 'prometheus_client.make_asgi_app', 'prometheus_client.make_wsgi_app', 'prometheus_client.generate_latest', 'prometheus_client.push_to_gateway', 'prometheus_client.exposition.generate_latest',
      'prometheus_flask_exporter.PrometheusMetrics', 'prometheus_flask_exporter.multiprocess.GunicornPrometheusMetrics', 'prometheus_flask_exporter.multiprocess.UWsgiPrometheusMetrics', 'prometheus_flask_exporter.multiprocess.GunicornInternalPrometheusMetrics',
      'prometheus_fastapi_instrumentator.Instrumentator', 'starlette_exporter.handle_metrics', 'aioprometheus.Registry', '*.for_app_factory', 'prometheus_client.Counter', 'prometheus_client.Histogram', 'prometheus_client.Summary', 'prometheus_client.Gauge',
    ],
    listed: /^django_prometheus|PrometheusM\w*|PrometheusBefore/,
  },
  { name: 'statsd', packages: ['statsd', 'datadog'], calls: ['statsd.StatsClient', 'statsd.client.StatsClient', 'statsd.client.udp.StatsClient', 'datadog.initialize', 'datadog.statsd.increment', 'datadog.DogStatsd', 'aiodogstatsd.Client'], listed: /statsd/i, command: /--statsd-(host|prefix)\b/ },
  { name: 'Google Cloud Monitoring', packages: ['google-cloud-monitoring'], calls: ['google.cloud.monitoring_v3.MetricServiceClient'] },
  { name: 'CloudWatch', packages: ['aws-embedded-metrics', 'watchtower'], calls: ['*.put_metric_data', 'aws_embedded_metrics.metric_scope', 'aws_lambda_powertools.Metrics'] },
  { name: 'InfluxDB', packages: ['influxdb', 'influxdb-client'], calls: ['influxdb.InfluxDBClient', 'influxdb_client.InfluxDBClient'] },
  { name: 'Flask-MonitoringDashboard', packages: ['flask-monitoringdashboard'], calls: ['flask_monitoringdashboard.bind'] },
  { name: 'API Analytics', packages: ['apitally', 'fastapi-analytics'], calls: ['apitally.flask.ApitallyMiddleware', 'apitally.fastapi.ApitallyMiddleware'], listed: /apitally/i },
  ...APM_TOOLS,
];

export default projectRule({
  id: 'metrics-missing',
  title: 'Latency and error rate are measured',
  severity: 'low', points: 2, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: `Without numbers you learn about slowness from customers and cannot tell which release caused it. Capacity is guessed.`,
  how: `Expose request count, duration and errors, and time the database.`,
  links: ['https://prometheus.io/docs/introduction/overview/', 'https://opentelemetry.io/docs/languages/python/', 'https://sre.google/sre-book/monitoring-distributed-systems/'],
  attestable: 'apm-in-place',

  applies: (project) => webFrameworks(project).size > 0 && project.deployable ? true : 'No web application is deployed from here.',
  reads: [...METRICS.flatMap((each) => each.calls), ...HOOK_CALLS, 'sentry_sdk.init'],
  project: judge,

  examples: () => ({
    'nothing is measured': { bad: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn app:app\n' } },
    'declared, not wired': {
      bad: { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n', 'requirements.txt': 'fastapi==0.115.0\nprometheus-fastapi-instrumentator==7.0.0\n', Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app"]\n' },
    },
    'Sentry without traces': {
      bad: 'import os\nimport sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(dsn=os.environ["SENTRY_DSN"])\napp = Flask(__name__)\n',
    },
    'a toolbar for developers is no measure': {
      bad: { 'shop/settings.py': 'INSTALLED_APPS = ["shop", "debug_toolbar"]\nMIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware"]\n', 'shop/wsgi.py': 'application = None\n' },
    },
    'an exporter': { good: 'from flask import Flask\nfrom prometheus_flask_exporter import PrometheusMetrics\napp = Flask(__name__)\nPrometheusMetrics(app)\n' },
    'an exporter in a factory': {
      good: {
        'shop/__init__.py': 'from flask import Flask\nfrom .extensions import metrics\n\n\ndef create_app():\n    app = Flask(__name__)\n    metrics.init_app(app)\n    return app\n',
        'shop/extensions.py': 'from prometheus_flask_exporter.multiprocess import GunicornPrometheusMetrics\nmetrics = GunicornPrometheusMetrics.for_app_factory()\n',
        'wsgi.py': 'from shop import create_app\napp = create_app()\n',
      },
    },
    'FastAPI, instrumented': { good: 'from fastapi import FastAPI\nfrom prometheus_fastapi_instrumentator import Instrumentator\napp = FastAPI()\nInstrumentator().instrument(app).expose(app)\n' },
    'Django, among the middleware': {
      good: { 'shop/settings.py': 'INSTALLED_APPS = ["shop", "django_prometheus"]\nMIDDLEWARE = ["django_prometheus.middleware.PrometheusBeforeMiddleware"]\n', 'shop/wsgi.py': 'application = None\n' },
    },
    'Sentry with traces': {
      good: 'import os\nimport sentry_sdk\nfrom flask import Flask\nsentry_sdk.init(dsn=os.environ["SENTRY_DSN"], traces_sample_rate=float(os.getenv("SENTRY_TRACES", "0.1")))\napp = Flask(__name__)\n',
    },
    'an agent around the server': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: newrelic-admin run-program gunicorn app:app\n' } },
    'the server counts': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n', Procfile: 'web: gunicorn --statsd-host=localhost:8125 app:app\n' } },
    'a route of its own': {
      good: `from flask import Flask
app = Flask(__name__)
COUNTS = {"requests": 0}


@app.get("/metrics")
def metrics():
    return "".join(f"shop_{name} {value}\\n" for name, value in COUNTS.items())
`,
    },
    'middleware that times every request': {
      good: `import logging
import time
from fastapi import FastAPI, Request

logger = logging.getLogger(__name__)
app = FastAPI()


@app.middleware("http")
async def timed(request: Request, call_next):
    start = time.perf_counter()
    response = await call_next(request)
    logger.info("%s %s took %.3f s", request.method, request.url.path, time.perf_counter() - start)
    return response
`,
    },
    'a client of statsd in a module of its own': {
      good: {
        'shop/settings.py': 'INSTALLED_APPS = ["shop"]\nSTATSD_HOST = None\n',
        'shop/stats.py': 'from statsd.client.udp import StatsClient\nfrom django.conf import settings\n\n\ndef client():\n    return StatsClient(settings.STATSD_HOST)\n',
        'shop/wsgi.py': 'application = None\n',
      },
    },
  }),
});

function judge(project: Project): Judgement {
  const found = [...toolsInUse(project, METRICS), ...traces(project), ...ownRoute(project), ...timed(project)];
  if (found.length > 0) return { holds: found.slice(0, 3) };
  const declared = declaredTool(project, METRICS);
  const app = applicationName(project);
  const message = declared ? `${declared.name} is ${declared.text} but never initialised, so ${app} measures nothing.` : `${app} measures nothing: no request count, duration, error rate or time in the database.`;
  return { open: [{ at: gapPlace(project, 'MIDDLEWARE'), message, ...(declared && { related: [declared] }) }] };
}

/** Sentry that samples traces: any rate but none and nought. */
function traces(project: Project): readonly Evidence[] {
  return project.calls('sentry_sdk.init').filter(({ call }) => !onlyInDevelopment(call) && call.keywords.some((each) => /^(traces_sample_rate|traces_sampler|enable_tracing|\*\*)$/.test(each.name)
    && each.value.kind !== 'none' && !(each.value.kind === 'number' && each.value.value === 0) && !(each.value.kind === 'bool' && !each.value.value))).map(({ module, call }) => ({ path: module.path, ...call.at, text: 'Sentry samples traces' }));
}

function ownRoute(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  return project.routes.filter(({ module, route }) => !idle.has(module.path) && /(^|\/)(metrics|prometheus)\/?$/.test(route.path)).map(({ module, route }) => ({ path: module.path, ...route.handlerAt, text: `serves ${route.path}` }));
}

const CLOCKS = /^(time\.(time|monotonic|perf_counter|process_time|monotonic_ns|perf_counter_ns|time_ns)|timeit\.default_timer)$/;
const WRITES = /(^|[._])(log\w*|info|debug|warning|observe|timing|record\w*|histogram|incr\w*|emit\w*)$/i;

/** Something around every request reads a clock and writes down what it says. A clock may as well decide how long a visitor waits, or when a session ends. */
function timed(project: Project): readonly Evidence[] {
  const idle = idleModules(project);
  const around = [...new Map([...hooks(project, 'after'), ...hooks(project, 'before')].map((each) => [each.func, each])).values()];
  return around.filter((hook) => !idle.has(hook.module.path) && !/limit|throttl|session|expire|token|seen/i.test(hook.func.name) && hook.func.does.some((callee) => CLOCKS.test(callee))
    && closure(project, [hook]).some(({ func }) => func.does.some((callee) => WRITES.test(callee)))).map(({ module, func }) => ({ path: module.path, ...func.nameAt, text: `${func.name}() times requests` }));
}
