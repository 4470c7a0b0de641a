import assert from 'node:assert/strict';
import { lockedVersions } from '../../engine/files/locks';

/** As `name version line`, lines counted from 0. */
const locked = (path: string, ...lines: readonly string[]) => lockedVersions(path, lines.join('\n')).map((each) => `${each.name} ${each.version} ${each.line}`);

describe('lock files', () => {
  it('Python', () => {
    assert.deepEqual(locked('uv.lock', '[[package]]', 'name = "flask"', 'version = "3.1.2"', 'source = { registry = "x" }', '', '[[package]]', 'name = "click"', 'version = "8.2.1"'), ['flask 3.1.2 1', 'click 8.2.1 6']);
    assert.deepEqual(locked('api/poetry.lock', '[[package]]', 'name = "Flask"', 'version = "3.0.0"', 'description = "name"'), ['Flask 3.0.0 1']);
    assert.deepEqual(locked('Pipfile.lock', '{', '    "default": {', '        "flask": {', '            "hashes": [', '                "sha256:aa"', '            ],', '            "index": "pypi",', '            "version": "==3.0.3"', '        }', '    }', '}'), ['flask 3.0.3 2']);
  });

  it('Node', () => {
    assert.deepEqual(locked('package-lock.json', '{', '  "packages": {', '    "": { "name": "x" },', '    "node_modules/react": {', '      "version": "18.3.1",', '    },', '    "node_modules/@a/b": {', '      "version": "1.0.0"', '    },', '    "node_modules/x/node_modules/react": {', '      "version": "16.0.0"', '    }', '  }', '}'), ['react 18.3.1 3', '@a/b 1.0.0 6']);
    assert.deepEqual(locked('yarn.lock', '# yarn lockfile v1', '', '"@a/b@^1.0":', '  version "1.2.0"', '', 'react@^18.0.0, react@^18.2.0:', '  version "18.3.1"'), ['@a/b 1.2.0 2', 'react 18.3.1 5']);
    assert.deepEqual(locked('pnpm-lock.yaml', 'packages:', '', '  react@18.3.1:', '    resolution: {}', '', "  '@a/b@1.0.0(x@2.0.0)':", '    dev: true'), ['react 18.3.1 2', '@a/b 1.0.0 5']);
    assert.deepEqual(locked('bun.lock', '  "packages": {', '    "react": ["react@19.2.0", "", {}, "sha512-x"],'), ['react 19.2.0 1']);
  });

  it('says nothing of what is no lock file of its format', () => {
    assert.deepEqual([locked('bun.lockb', '\0\0'), locked('uv.lock', ''), locked('uv.lock', 'name = "flask"'), locked('package-lock.json', '<<<<<<< HEAD')], [[], [], [], []]);
  });
});
