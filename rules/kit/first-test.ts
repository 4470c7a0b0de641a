/** The first test of an application: it is built, and asked for one page. */
import type { NewFile } from './fix';
import type { Route } from './module';
import type { Project } from './project';
import { lastName } from './select';

/**
 * The files of a first test: a client of the application, and one request. Undefined where a test of that name is there, or the application is
 * made in a way that cannot be written down. `conftest.py` stands at the root, so that pytest finds the application's modules.
 */
export function firstTest(project: Project): readonly NewFile[] | undefined {
  const fixture = fixtureOf(project);
  if (fixture === undefined || project.paths.some((path) => /^(conftest\.py|tests\/(conftest|test_smoke)\.py)$/.test(path))) return undefined;
  const page = pageOf(project);
  const [name, path, expected] = page ? [lastName(page.handler), page.path, '== 200'] : ['home', '/', '< 500'];
  return [
    { path: 'conftest.py', create: fixture },
    { path: 'tests/test_smoke.py', create: `def test_${name}(client):\n    assert client.get("${path}").status_code ${expected}\n` },
  ];
}

function fixtureOf(project: Project): string | undefined {
  const app = project.applications.find((each) => each.framework === 'flask' || each.framework === 'fastapi');
  const module = app && project.unit(app.path);
  if (!app || module?.kind !== 'module' || app.path.split('/').some((part) => part.includes('-')) || !/^[A-Za-z_]\w*$/.test(app.factory || app.name)) return undefined;
  const factory = app.factory === '' ? undefined : module.functions.find((each) => each.scope === '' && each.name === app.factory);
  // A factory that asks for something cannot be called without knowing what.
  if (app.factory !== '' && (!factory || factory.async || factory.parameters.some((each) => !each.fallback))) return undefined;
  const imported = `from ${module.name} import ${factory?.name ?? app.name}`;
  const made = factory ? `${factory.name}()` : app.name;
  return app.framework === 'flask'
    ? `import pytest\n\n${imported}\n\n\n@pytest.fixture\ndef client():\n    return ${made}.test_client()\n`
    : `import pytest\nfrom fastapi.testclient import TestClient\n\n${imported}\n\n\n@pytest.fixture\ndef client():\n    with TestClient(${made}) as client:\n        yield client\n`;
}

/** A health route that needs nothing. */
function pageOf(project: Project): Route | undefined {
  return project.routes.map((each) => each.route).find((route) => /(^|\/)(health|healthz|health-?check|ping|readyz?|livez?|status)\/?$/.test(route.path) && route.methods.includes('GET') && route.gates.length === 0 && /^\w+$/.test(lastName(route.handler)));
}
