/** Whatever is done to a file, its reader gives facts with spans inside the text, and never throws. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readUnit } from '../../engine/files/read';
import { readSetupPy } from '../../engine/files/setup';
import { parseJson } from '../../engine/files/json';
import { parseToml } from '../../engine/files/toml';
import { parseYaml } from '../../engine/files/yaml';
import { SIGNS } from './mangling';
import { SAMPLES } from './samples';

interface Stretch { readonly start: number; readonly end: number }

/** Every span anywhere in a unit. */
function spans(value: unknown): readonly Stretch[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(spans);
  const own = 'start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number' ? [{ start: value.start, end: value.end }] : [];
  return [...own, ...Object.values(value).flatMap(spans)];
}

function holds(path: string, text: string): void {
  const unit = readUnit(path, text);
  assert.ok(unit, path);
  for (const { start, end } of spans(unit)) {
    assert.ok(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length, `${path}: ${start}-${end} of ${text.length}`);
  }
}

describe('readers and broken files', () => {
  const paths = Object.keys(SAMPLES);

  it('read every sample whole, with spans inside it', () => {
    for (const path of paths) {
      holds(path, SAMPLES[path] ?? '');
      assert.equal(readUnit(path, SAMPLES[path] ?? '')?.whole, true, path);
    }
  });

  it('read every beginning of every sample', () => {
    for (const path of paths) {
      const text = SAMPLES[path] ?? '';
      for (let length = 0; length <= text.length; length += 1) holds(path, text.slice(0, length));
    }
  }).timeout(30_000);

  it('read samples with anything put in, taken out and doubled', () => {
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), drop: fc.nat(30), put: fc.array(fc.constantFrom(...SIGNS), { maxLength: 3 }), copy: fc.nat(20) });
    fc.assert(fc.property(fc.constantFrom(...paths), fc.array(change, { minLength: 1, maxLength: 4 }), (path, changes) => {
      const text = changes.reduce((before, { at, drop, put, copy }) => {
        const place = Math.floor(at * before.length);
        return before.slice(0, place) + put.join('') + before.slice(place, place + copy) + before.slice(place + drop);
      }, SAMPLES[path] ?? '');
      holds(path, text);
    }), { numRuns: 1_500 });
  }).timeout(60_000);

  it('read any text as any format', () => {
    fc.assert(fc.property(fc.constantFrom(...paths), fc.array(fc.oneof(fc.constantFrom(...SIGNS), fc.string({ maxLength: 6 })), { maxLength: 40 }), (path, parts) => {
      holds(path, parts.join(''));
    }), { numRuns: 1_500 });
  }).timeout(60_000);

  it('bear nesting deeper than any stack', () => {
    for (const open of ['[', '{', '(', '{"a":', '$(', '"$(', '${', '`', '- ', "'", '<<', '((', 'case x in ', 'if ', '{ ']) {
      const text = open.repeat(20_000);
      for (const path of ['a.yml', 'package.json', 'pyproject.toml', 'deploy.sh', 'nginx.conf', 'Dockerfile', 'docker-compose.yml', '.env', 'Procfile', 'README.md']) {
        const started = performance.now();
        holds(path, path === 'Procfile' ? `web: ${text}` : text);
        assert.ok(performance.now() - started < 5_000, `${path} with ${open} took ${performance.now() - started} ms`);
      }
    }
  }).timeout(120_000);

  it('bear aliases of aliases of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level += 1) lines.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`);
    const unit = readUnit('docker-compose.yml', `${lines.join('\n')}\nservices: {web: {image: x, environment: *a11}}\n`);
    assert.ok(unit?.kind === 'compose' && unit.services.length === 1);
    assert.ok(JSON.stringify(unit).length < 20_000_000);
  }).timeout(20_000);

  it('bear an anchor that holds itself', () => {
    const unit = readUnit('docker-compose.yml', 'services: &s\n  web:\n    image: x\n    labels: *s\n');
    assert.ok(unit?.kind === 'compose');
    assert.equal(unit.services[0]?.image, 'x');
    assert.equal(unit.whole, false);
  });

  it('give the same facts for CRLF, with the line ends of the file in the spans', () => {
    for (const path of paths) {
      const unix = SAMPLES[path] ?? '';
      const text = unix.replaceAll('\n', '\r\n');
      const [a, b] = [readUnit(path, unix), readUnit(path, text)];
      assert.deepEqual(JSON.parse(withoutSpans(b)), JSON.parse(withoutSpans(a)), path);
    }
  });

  it('give the same facts below an emoji', () => {
    for (const path of paths.filter((one) => !/json|Jenkinsfile|\.md$|\.html$|\.css$|\.sql$/.test(one) && one !== 'deploy.sh' && one !== 'Dockerfile')) {
      const text = SAMPLES[path] ?? '';
      const line = '# 🚢 up\n';
      const [a, b] = [readUnit(path, text), readUnit(path, line + text)];
      const shift = line.length;
      assert.deepEqual(spans(b).map(({ start, end }) => `${start}-${end}`), spans(a).map(({ start, end }) => `${start === 0 && end === 0 ? 0 : start + shift}-${start === 0 && end === 0 ? 0 : end + shift}`), path);
    }
  });

  it('read parts that no sample shows', () => {
    fc.assert(fc.property(fc.string({ maxLength: 60 }), (text) => {
      assert.equal(readSetupPy('setup.py', text), undefined);
      for (const parse of [parseJson, parseToml, parseYaml]) assert.equal(typeof parse(text).whole, 'boolean');
    }), { numRuns: 500 });
  });
});

/** Texts of blocks keep the line ends of the file, spans and lines differ: all else must be equal. */
function withoutSpans(value: unknown): string {
  return JSON.stringify(value, (key, inner: unknown) => (/^(?:at|line|.*At)$/.test(key) ? undefined : inner)).replaceAll('\\r\\n', '\\n');
}
