/** What is known of a project's tests, without parsing them. */
import assert from 'node:assert/strict';
import { strippedPython, strippedScript } from '../../engine/files/quoted';
import { mayHoldTests, readTestFile } from '../../engine/files/test-file';
import { testSuite } from '../../engine/project/tests';
import { roleOf } from '../../engine/files/role';
import type { Module } from '../../rules/kit';

const python = (text: string) => readTestFile('tests/test_a.py', text);
const script = (text: string) => readTestFile('src/a.test.ts', text);
const suite = (files: Readonly<Record<string, string>>) => testSuite(Object.entries(files).map(([path, text]) => ({ kind: 'module', path, role: roleOf(path), tests: readTestFile(path, text) } as Module)), Object.keys(files));

describe('text without comments and strings', () => {
  it('keeps its length, and each string apart', () => {
    const text = 'a = "x # y" # z\nb = """two\nlines"""\n\'/p\'';
    const { code, strings } = strippedPython(text);
    assert.equal(code.length, text.length);
    assert.deepEqual(strings, ['x # y', 'two\nlines', '/p']);
    assert.ok(!code.includes('z') && !code.includes('lines') && code.endsWith("'/ '"));
  });

  it('takes docstrings for comments', () => {
    assert.deepEqual(strippedPython('def f():\n    """Logs in."""\n    return 1\n').strings, []);
  });

  it('survives text that ends in the middle', () => {
    for (const text of ['"', '"""', "'''a", '"a\\', '`${a', '/* a', '# a', '"a\nb = 1']) {
      assert.equal(strippedPython(text).code.length, text.length, text);
      assert.equal(strippedScript(text).code.length, text.length, text);
    }
  });

  it('knows comments and templates of JavaScript', () => {
    const { code, strings } = strippedScript('// it("a")\nf(`b ${c}`, "d//e") /* test( */');
    assert.deepEqual(strings, ['b ${c}', 'd//e']);
    assert.ok(!/it\(|test\(/.test(code));
  });
});

describe('a file of tests', () => {
  it('counts functions and assertions of code only', () => {
    const { cases, assertions, tool } = python('"""def test_no(): assert"""\n# def test_no(): assert\ndef test_yes():\n    text = "def test_no(): assert 1"\n    assert text\n    with raises(ValueError):\n        pass\n');
    assert.deepEqual([cases, assertions, tool], [1, 2, 'pytest']);
  });

  it('counts methods of unittest and Django', () => {
    const unittest = python('import unittest\nclass A(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(1, 1)\n');
    assert.deepEqual([unittest.cases, unittest.assertions, unittest.tool, unittest.client], [1, 1, 'unittest', undefined]);
    const django = python('from django.test import TestCase\nclass A(TestCase):\n    def test_a(self):\n        self.assertContains(self.client.get("/"), "x")\n');
    assert.deepEqual([django.cases, django.tool, django.client?.by], [1, 'django', 'self.client']);
  });

  it('knows what sends requests to the application', () => {
    const by = (text: string) => python(text).client?.by;
    assert.equal(by('client = app.test_client()'), 'test_client()');
    assert.equal(by('from fastapi.testclient import TestClient\nclient = TestClient(app)'), 'TestClient');
    assert.equal(by('AsyncClient(\n    app=app, base_url="http://test")'), 'an HTTP client on the application');
    assert.equal(by('httpx.AsyncClient(transport=ASGITransport(app=app))'), 'an HTTP client on the application');
    assert.equal(by('from django.test import Client, TestCase\n'), 'Client');
    assert.equal(by('def test_a(api_client):\n    api_client.post(reverse("login"))'), 'a client fixture');
    assert.equal(by('def test_a(client):\n    client.get(f"/items/{id}")'), 'a client fixture');
    assert.equal(by('def test_a():\n    requests.get("http://localhost:8000/")'), 'a server on this machine');
    assert.equal(by('class A(LiveServerTestCase): pass'), 'a live server');
    assert.equal(by('page.goto(base)'), 'a browser');
  });

  it('does not take other clients for the application\'s', () => {
    const by = (text: string) => python(text).client?.by;
    assert.equal(by('redis_client.get("key")'), undefined);
    assert.equal(by('@app.get("/items")\ndef items(): pass'), undefined);
    assert.equal(by('requests.get("https://api.example.com/")'), undefined);
    assert.equal(by('from google.cloud.storage import Client\nClient()'), undefined);
    assert.equal(by('"app.test_client()"  # app.test_client()'), undefined);
  });

  it('knows paths and names', () => {
    const { paths, names } = python('client.post("/auth/login?next=/", data={"email": "a"})\nclient.get(f"{PREFIX}/items/{item.id}")\nclient.get("http://test/health")\nassert "a / b"\n');
    assert.deepEqual(paths, ['/auth/login', '/items/{item.id}', '/health']);
    assert.ok(names.includes('email') && names.includes('client') && names.includes('PREFIX'));
  });

  it('reads JavaScript', () => {
    const { cases, assertions, client, tool } = script('import request from "supertest";\nimport { it, expect } from "vitest";\nit("answers", async () => {\n  const r = await request(app).get("/health");\n  expect(r.status).toBe(200);\n});\nsplit("a").test(b);\n');
    assert.deepEqual([cases, assertions, client?.by, tool], [1, 1, 'supertest', 'vitest']);
    assert.equal(script('test.each([1])("a", (n) => expect(n).toBe(1));').cases, 1);
    assert.equal(script('test("opens", async ({ page }) => { await page.goto("/"); });').client?.by, 'a browser');
    assert.equal(script('it("draws", () => { render(<Button/>); expect(screen).toBeTruthy(); });').client, undefined);
  });

  it('is known by its name where its folder does not tell', () => {
    assert.deepEqual(['app/test.py', 'shop/tests_orders.py', 'my-tests.py', 'e.cy.ts'].map(mayHoldTests), [true, true, true, true]);
    assert.deepEqual(['contest.py', 'latest.py', 'attestation.js', 'app/views.py'].map(mayHoldTests), [false, false, false, false]);
  });
});

describe('the tests of a project', () => {
  const files = {
    'tests/conftest.py': 'import pytest\n@pytest.fixture\ndef client(app):\n    return app.test_client()\n',
    'tests/test_orders.py': 'def test_create(client):\n    assert client.post("/api/orders/17/refund").status_code == 201\n',
    'e2e/home.spec.ts': 'import { test } from "@playwright/test";\ntest("home", async ({ page }) => { await page.goto("/"); });\n',
    'app/test.py': 'def speed():\n    return 1\n',
    'features/buy.feature': 'Feature: buy\n',
  };

  it('are counted, helpers and namesakes left out', () => {
    const found = suite(files);
    assert.deepEqual([found.files.map((each) => each.path), found.cases, found.tools], [['tests/test_orders.py', 'e2e/home.spec.ts'], 2, ['pytest', 'playwright']]);
    assert.deepEqual(found.clients.map((each) => [each.text, each.path]), [['test_client()', 'tests/conftest.py'], ['a client fixture', 'tests/test_orders.py'], ['a browser', 'e2e/home.spec.ts']]);
    assert.deepEqual(found.foreign.map((each) => each.text), ['a Gherkin feature']);
  });

  it('mention names, whole or by their words', () => {
    const found = suite({ 'tests/test_a.py': 'def test_passwordReset(): url_for("auth.reset_password")\n' });
    assert.deepEqual(['reset_password', 'Reset', 'password', 'test_passwordreset'].map((each) => found.mentions(each)), Array(4).fill('tests/test_a.py'));
    assert.equal(found.mentions('login'), undefined);
  });

  it('visit paths, with parameters and prefixes', () => {
    const found = suite(files);
    for (const path of ['/api/orders/<int:id>/refund', '/orders/{id}/refund', '/v2/api/orders/<id>/refund/', '/refund']) assert.equal(found.visits(path), 'tests/test_orders.py', path);
    for (const path of ['/', '/orders', '/orders/<id>', '/items/{id}/refund', '/<path:rest>']) assert.equal(found.visits(path), undefined, path);
  });
});
