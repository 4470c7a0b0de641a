import assert from 'node:assert/strict';
import { lineOf } from '../../engine/files/lines';
import { lineComments } from '../../engine/files/comments';
import type { Suppression } from '../../rules/kit';
import { suppressions } from '../../engine/files/suppression';
import { covered, text, unitOf } from './facts';

function read(...lines: readonly string[]): readonly Suppression[] {
  const source = text(...lines);
  return suppressions(lineComments(source), lineOf(source));
}

/** What a comment says, without its place. */
function said(line: string): readonly object[] {
  return read(line).map(({ at: _, line: __, ...rest }) => rest);
}

describe('comments of ours', () => {
  it('silence their line, with a reason', () => {
    const source = 'x = 1  # shipworthy: ignore csrf-missing, hsts-missing -- token API only\n';
    const [one] = suppressions(lineComments(source), lineOf(source));
    assert.deepEqual(one, { tool: 'shipworthy', ids: ['csrf-missing', 'hsts-missing'], reach: 'line', lane: 'false-positive', line: 0, reason: 'token API only', at: { start: 7, end: 72 } });
    assert.equal(covered(source, one?.at)?.startsWith('# shipworthy'), true);
  });

  it('silence the next line when they stand alone, several of them the same', () => {
    assert.deepEqual(read('a', '  # shipworthy: ignore a-b -- r', '# about it', '# shipworthy: ignore c-d -- r', 'x = 1').map((one) => [one.reach, one.line]), [['next', 4], ['next', 4]]);
    assert.deepEqual(read('# shipworthy: ignore a-b -- r', '', 'x = 1').map((one) => one.line), [1]);
  });

  it('silence a file', () => {
    assert.deepEqual(said('# shipworthy: ignore-file sql-string -- reviewed'), [{ tool: 'shipworthy', ids: ['sql-string'], reach: 'file', lane: 'false-positive', reason: 'reviewed' }]);
  });

  it('accept a risk, until a day, by somebody', () => {
    assert.deepEqual(said('x # shipworthy: accept backup-missing until 2026-12-01 by Ada Lovelace -- moves to RDS'), [
      { tool: 'shipworthy', ids: ['backup-missing'], reach: 'line', lane: 'accepted-risk', until: '2026-12-01', by: 'Ada Lovelace', reason: 'moves to RDS' },
    ]);
    assert.deepEqual(said('x # shipworthy: accept a-b until 2026-02-31 by Ada -- r'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'accepted-risk', by: 'Ada', reason: 'r' }]);
    assert.deepEqual(said('x # shipworthy: accept a-b until'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'accepted-risk' }]);
    assert.deepEqual(said('x # shipworthy: accept a-b until soon -- r'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'accepted-risk', reason: 'r' }]);
    assert.deepEqual(said('x # shipworthy: accept a-b -- r'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'accepted-risk', reason: 'r' }]);
  });

  it('are given back without what they lack', () => {
    assert.deepEqual(said('x # shipworthy: ignore a-b'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'false-positive' }]);
    assert.deepEqual(said('x # shipworthy: ignore a-b --'), [{ tool: 'shipworthy', ids: ['a-b'], reach: 'line', lane: 'false-positive' }]);
    assert.deepEqual(said('x # shipworthy: ignore -- why'), [{ tool: 'shipworthy', ids: [], reach: 'line', lane: 'false-positive', reason: 'why' }]);
    assert.deepEqual(said('x # shipworthy: disable a-b -- r'), [{ tool: 'shipworthy', ids: [], reach: 'line', lane: 'false-positive', reason: 'r' }]);
    assert.deepEqual(said('x # shipworthy:'), [{ tool: 'shipworthy', ids: [], reach: 'line', lane: 'false-positive' }]);
  });

  it('are not every mention of the name', () => {
    for (const line of ['# see shipworthy: the tool', '# shipworthy is a tool', '# unshipworthy: no', '# https://example.com/shipworthy']) assert.deepEqual(read(line), [], line);
    assert.deepEqual(read('x  # noqa: S101 # shipworthy: ignore a-b -- r').map((one) => one.tool).sort(), ['ruff', 'shipworthy']);
  });

  it('take a long dash for two', () => {
    assert.deepEqual(read('x # shipworthy: ignore a-b — r').map((one) => [one.ids, one.reason]), [[['a-b'], 'r']]);
  });

  it('lose the end of the comment they stand in', () => {
    const comment = (written: string) => suppressions([{ text: written, at: { start: 0, end: written.length }, alone: false }], () => 0).map((one) => one.reason);
    for (const written of ['/* shipworthy: ignore a-b -- r */', '<!-- shipworthy: ignore a-b -- r -->', '{# shipworthy: ignore a-b -- r #}', '// shipworthy: ignore a-b -- r', '{% comment %} shipworthy: ignore a-b -- r %}']) assert.deepEqual(comment(written), ['r'], written);
  });
});

describe('comments of other tools', () => {
  const lane = 'false-positive';
  it('bandit and ruff', () => {
    assert.deepEqual(said('x # nosec'), [{ tool: 'bandit', ids: [], reach: 'line', lane }]);
    assert.deepEqual(said('x # nosec B201, B602 - internal'), [{ tool: 'bandit', ids: ['B201', 'B602'], reach: 'line', lane, reason: 'internal' }]);
    assert.deepEqual(said('x # nosec: assert_used'), [{ tool: 'bandit', ids: ['assert_used'], reach: 'line', lane }]);
    assert.deepEqual(said('x # noqa'), [{ tool: 'ruff', ids: [], reach: 'line', lane }]);
    assert.deepEqual(said('x # noqa: S201,E501'), [{ tool: 'ruff', ids: ['S201', 'E501'], reach: 'line', lane }]);
    assert.deepEqual(said('# ruff: noqa: S101'), [{ tool: 'ruff', ids: ['S101'], reach: 'file', lane }]);
    assert.deepEqual(said('# flake8: noqa'), [{ tool: 'ruff', ids: [], reach: 'file', lane }]);
  });

  it('semgrep, by the last part of its ids', () => {
    assert.deepEqual(said('x # nosemgrep'), [{ tool: 'semgrep', ids: [], reach: 'line', lane }]);
    assert.deepEqual(said('# nosemgrep: python.flask.debug-enabled, other -- checked'), [{ tool: 'semgrep', ids: ['debug-enabled', 'other'], reach: 'next', lane, reason: 'checked' }]);
  });

  it('hadolint, checkov, trivy, shellcheck, zizmor', () => {
    assert.deepEqual(said('# hadolint ignore=DL3002,DL3008'), [{ tool: 'hadolint', ids: ['DL3002', 'DL3008'], reach: 'next', lane }]);
    assert.deepEqual(said('# hadolint global ignore=DL3002'), [{ tool: 'hadolint', ids: ['DL3002'], reach: 'file', lane }]);
    assert.deepEqual(said('# checkov:skip=CKV_DOCKER_3:runs as root in CI'), [{ tool: 'checkov', ids: ['CKV_DOCKER_3'], reach: 'file', lane, reason: 'runs as root in CI' }]);
    assert.deepEqual(said('#trivy:ignore:AVD-DS-0002'), [{ tool: 'trivy', ids: ['DS-0002'], reach: 'next', lane }]);
    assert.deepEqual(said('USER root #trivy:ignore:ds002'), [{ tool: 'trivy', ids: ['DS-0002'], reach: 'line', lane }]);
    assert.deepEqual(said('# shellcheck disable=SC2086,SC2115'), [{ tool: 'shellcheck', ids: ['SC2086', 'SC2115'], reach: 'next', lane }]);
    assert.deepEqual(said('- uses: x # zizmor: ignore[unpinned-uses]'), [{ tool: 'zizmor', ids: ['unpinned-uses'], reach: 'line', lane }]);
  });

  it('eslint, its plugins by their own names', () => {
    const script = (written: string) => suppressions([{ text: written, at: { start: 0, end: written.length }, alone: true }], () => 0).map(({ at: _, line: __, ...rest }) => rest);
    assert.deepEqual(script('// eslint-disable-next-line no-console, security/detect-eval -- cli'), [
      { tool: 'eslint', ids: ['no-console'], reach: 'next', lane, reason: 'cli' }, { tool: 'eslint-plugin-security', ids: ['detect-eval'], reach: 'next', lane, reason: 'cli' },
    ]);
    assert.deepEqual(script('/* eslint-disable no-console */'), [{ tool: 'eslint', ids: ['no-console'], reach: 'file', lane }]);
    assert.deepEqual(script('// eslint-disable-line'), [{ tool: 'eslint', ids: [], reach: 'line', lane }]);
  });
});

describe('comments in files', () => {
  it('are found in every format that has them', () => {
    const said = (path: string, source: string) => {
      const kind = path.endsWith('.html') ? 'template' : path.endsWith('.md') ? 'markdown' : path === 'nginx.conf' ? 'nginx' : path === 'a.service' ? 'ini' : path === '.gitignore' ? 'ignore' : path === 'vercel.json' ? 'platform' : 'plain';
      return unitOf(kind, path, source).suppressions.map((one) => [one.ids, one.reach, one.line, one.reason]);
    };
    assert.deepEqual(said('a.css', 'a {} /* shipworthy: ignore x-y -- r */\n'), [[['x-y'], 'line', 0, 'r']]);
    assert.deepEqual(said('a.sql', '-- shipworthy: ignore x-y -- r\nDROP TABLE a;\n'), [[['x-y'], 'next', 1, 'r']]);
    assert.deepEqual(said('templates/a.html', '<p>\n<!-- shipworthy: ignore x-y -- r -->\n<script>\n'), [[['x-y'], 'next', 2, 'r']]);
    assert.deepEqual(said('a.md', 'text <!-- shipworthy: ignore x-y -- r -->\n'), [[['x-y'], 'line', 0, 'r']]);
    assert.deepEqual(said('nginx.conf', 'autoindex on; # shipworthy: ignore x-y -- r\n'), [[['x-y'], 'line', 0, 'r']]);
    assert.deepEqual(said('a.service', '[Service]\n; shipworthy: ignore x-y -- r\nUser=a\n'), [[['x-y'], 'next', 2, 'r']]);
    assert.deepEqual(said('.gitignore', '# shipworthy: ignore x-y -- r\n*.log\n'), [[['x-y'], 'next', 1, 'r']]);
    assert.deepEqual(said('vercel.json', '{\n  // shipworthy: ignore x-y -- r\n  "a": 1\n}\n'), [[['x-y'], 'next', 2, 'r']]);
    assert.deepEqual(said('Makefile', 'run:\r\n\trm x # shipworthy: ignore x-y -- r\r\n'), [[['x-y'], 'line', 1, 'r']]);
  });
});
