import assert from 'node:assert/strict';
import { Script } from 'node:vm';
import { body, html } from '../../report/html';
import { STYLE } from '../../report/html/style';
import { PANEL_SCRIPT } from '../../report/panel-script';
import { demo, mended } from './demo';
import { HOLDING, card } from './fixture';
import { hostile } from './hostile';
import { elements } from './markup';
import type { Element } from './markup';

const PAGE = { mode: 'page', nonce: 'bm9uY2U=' } as const;
const PANEL = { mode: 'panel', nonce: 'bm9uY2U=', cspSource: '\'self\' https://*.vscode-cdn.net' } as const;

const cards = { 'not ready': demo(), 'mostly ready': mended(), empty: card([]), clean: card(HOLDING), hostile: hostile() };
const documents = Object.entries(cards).flatMap(([name, one]) => [PAGE, PANEL].map((options) => [`${name}, ${options.mode}`, html(one, options)] as const));

function check(what: string, test: (all: readonly Element[], text: string) => void): void {
  it(what, () => {
    for (const [name, text] of documents) {
      try {
        test(elements(text), text);
      } catch (error) {
        throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
  });
}

const get = (element: Element, name: string) => element.attributes.get(name);
const named = (all: readonly Element[], ...names: readonly string[]) => all.filter((one) => names.includes(one.name));

describe('the HTML report', () => {
  it('says before a sum is unfolded what costs most, and in which order the plan is', () => {
    const text = html(demo(), PAGE);
    assert.match(text, /<summary>Why 37\.1<span class="unseen"> for Security<\/span><span class="about">: C1 sql-injection −44\.5/);
    assert.match(text, /Within a phase, what by itself lifts the verdict comes first/);
    assert.match(html({ ...demo(), planOrder: 'effort' }, PAGE), /Within a phase, what takes least time comes first/);
  });
  it('says of what does not apply that it was not seen, and no more', () => {
    assert.ok(html(demo(), PAGE).includes('no proof that it is not there'));
    assert.ok(!html(card(HOLDING), PAGE).includes('no proof that it is not there'));
  });
  it('leads from each part to the finding it speaks of', () => {
    const text = html(demo(), PAGE);
    const ids = new Set([...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    const targets = [...text.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] ?? '');
    assert.ok(targets.filter((target) => target.startsWith('rule-')).length > 10);
    for (const target of targets) assert.ok(ids.has(target), target);
    assert.doesNotMatch(html(demo(), PANEL), /href="#rule-/);
  });
  it('has dates where the day is known on which the work begins, and none else', () => {
    const dated = /together [\d.–]+ h, (?:on|from) 2026-11-23[^<]* for one person/;
    assert.match(html(demo(), { ...PAGE, start: '2026-11-21' }), dated);
    assert.doesNotMatch(html(demo(), PAGE), /for one person/);
  });
  check('is well-formed, in English, with one h1, one main and a title', (all, text) => {
    assert.ok(text.startsWith('<!DOCTYPE html>\n<html lang="en">'));
    for (const name of ['h1', 'main']) assert.equal(named(all, name).length, 1, name);
    assert.equal(named(all, 'nav').length + all.filter((one) => get(one, 'role') === 'tablist').length, 1, 'a way to the sections');
    assert.equal(named(all, 'title').filter((one) => one.parent?.name === 'head').length, 1);
  });
  check('has headings that skip no level', (all) => {
    let level = 0;
    for (const heading of named(all, 'h1', 'h2', 'h3', 'h4', 'h5', 'h6')) {
      const next = Number(heading.name.charAt(1));
      assert.ok(next <= level + 1, `h${level} then ${heading.name}: ${heading.text}`);
      assert.notEqual(heading.text.trim(), '');
      level = next;
    }
  });
  check('has unique ids, and every reference leads to one', (all) => {
    const ids = all.map((one) => get(one, 'id')).filter((id) => id !== undefined);
    assert.equal(new Set(ids).size, ids.length);
    for (const one of all) {
      const target = get(one, 'aria-labelledby') ?? (get(one, 'href')?.startsWith('#') ? get(one, 'href')?.slice(1) : undefined);
      if (target !== undefined) assert.ok(ids.includes(target), target);
    }
  });
  check('loads nothing and runs nothing but its own script', (all) => {
    const meta = all.find((one) => get(one, 'http-equiv') === 'Content-Security-Policy');
    const policy = get(meta ?? assert.fail('no policy'), 'content') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'nonce-bm9uY2U='[^;]*; script-src 'nonce-bm9uY2U='; base-uri 'none'; form-action 'none'$/);
    assert.equal(named(all, 'script').length, 1);
    assert.ok(named(all, 'script', 'style').every((one) => get(one, 'nonce') === PAGE.nonce));
    assert.deepEqual(named(all, 'link', 'img', 'iframe', 'object', 'embed', 'base'), []);
    for (const one of all) for (const [name, value] of one.attributes) {
      assert.doesNotMatch(name, /^on|^style$|^src$|^srcset$/);
      if (name === 'href') assert.match(value, /^(#|https?:\/\/)/);
    }
    assert.ok(all.indexOf(meta ?? assert.fail()) < all.findIndex((one) => one.name === 'style'));
  });
  check('has tables with captions, scopes and as many cells in every row', (all) => {
    for (const table of named(all, 'table')) {
      assert.equal(table.children[0]?.name, 'caption');
      const mine = (name: string) => named(all, name).filter((one) => closest(one, 'table') === table);
      const width = mine('tr')[0]?.children.length ?? 0;
      for (const row of mine('tr')) {
        const cells = row.children.reduce((sum, cell) => sum + Number(get(cell, 'colspan') ?? 1), 0);
        assert.equal(cells, width, row.text);
        assert.ok(row.children.every((cell) => cell.name === 'td' || (cell.name === 'th' && ['row', 'col'].includes(get(cell, 'scope') ?? ''))));
      }
    }
  });
  check('has drawings that are either hidden or say what they show', (all) => {
    for (const drawing of named(all, 'svg')) {
      if (get(drawing, 'aria-hidden') === 'true') continue;
      assert.equal(get(drawing, 'role'), 'img');
      assert.match(drawing.children[0]?.name === 'title' ? drawing.children[0].text : '', /\w/);
    }
  });
  check('has controls with a type and a label', (all) => {
    for (const button of named(all, 'button')) {
      assert.ok(['button', 'reset'].includes(get(button, 'type') ?? ''));
      assert.match(button.text, /\S/);
    }
    for (const control of named(all, 'input', 'select')) assert.equal(control.parent?.name, 'label');
    for (const region of all.filter((one) => ['region', 'search'].includes(get(one, 'role') ?? ''))) assert.ok(get(region, 'aria-label'));
  });
  check('has a live region and a way past the navigation', (all) => {
    assert.equal(all.filter((one) => get(one, 'aria-live') === 'polite').length, 1);
    const skip = all.find((one) => get(one, 'class') === 'skip');
    assert.equal(get(skip ?? assert.fail('no skip link'), 'href'), '#findings-title');
  });
  check('keeps its filters away until the script can serve them', (all) => assert.equal(get(named(all, 'form')[0] ?? assert.fail(), 'hidden'), ''));
  check('lets no text of the repository become markup or a control character', (all, text) => {
    assert.deepEqual(all.filter((one) => ['b', 'img'].includes(one.name) && one.text.includes('html')), []);
    assert.doesNotMatch(text.replace(PANEL_SCRIPT, ''), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u);
    assert.equal(text.indexOf('<script>'), -1);
  });

  it('tells grades and severities by shape and word as well as by colour', () => {
    const all = elements(html(demo(), PAGE));
    for (const grade of all.filter((one) => get(one, 'class') === 'grade')) {
      assert.ok(grade.children.some((one) => one.name === 'svg'));
      assert.match(grade.text, /[A-F][+−]? *(Excellent|Good|Needs attention|Poor|Failing)/);
    }
    const shapes = new Map(all.filter((one) => get(one, 'class') === 'severity').map((one) => [one.text, get(one.children[0]?.children[0] ?? assert.fail(), 'd')]));
    assert.equal(shapes.size, 5);
    assert.equal(new Set(shapes.values()).size, 5);
  });

  it('says in each bar what the table says', () => {
    const made = demo();
    const titles = elements(html(made, PAGE)).filter((one) => get(one, 'class')?.startsWith('bar')).map((one) => one.children[0]?.text ?? '');
    assert.deepEqual(titles.map((title) => title.split(':')[1]?.trim().split(' ')[0]), made.categories.map((category) => category.score?.toFixed(1)));
  });

  it('names in the panel what can be opened, fixed and explained, to the letter', () => {
    const made = demo();
    const all = elements(html(made, PANEL));
    const finding = made.results.find((result) => result.rule === 'secret-key-default')?.findings[0];
    assert.ok(all.some((one) => get(one, 'data-open') === 'app/config.py:12:5'));
    assert.ok(all.some((one) => get(one, 'data-fix') === `${finding?.fingerprint}:1`));
    for (const lane of ['accepted-risk', 'false-positive']) assert.ok(all.some((one) => get(one, 'data-decide') === `${lane}:${finding?.fingerprint}`));
    assert.ok(all.some((one) => get(one, 'data-explain') === 'csrf-missing'));
    assert.equal(all.filter((one) => get(one, 'data-rescan') !== undefined).length, 1);
    const exact = elements(html(hostile(), PANEL)).map((one) => get(one, 'data-open')).filter((one) => one !== undefined);
    assert.ok(exact.includes('dir &quot;quoted&quot;/&lt;script&gt;window.pwned = 1&lt;script&gt;&lt;img src=x onerror=&quot;window.pwned=2&quot;&gt;&quot;&#39;&amp;lt;&#27;[2J/[a](b):1:2.py:1:5'), exact.join('\n'));
  });

  it('offers nothing on a page that a page cannot do', () => {
    const all = elements(html(demo(), PAGE));
    for (const name of ['data-open', 'data-fix', 'data-decide', 'data-explain', 'data-rescan']) assert.ok(all.every((one) => get(one, name) === undefined), name);
  });

  it('shows every rule somewhere, whatever its state, and every silence with its reason', () => {
    for (const mode of ['page', 'panel'] as const) {
      const text = body(demo(), mode);
      for (const result of demo().results) if (result.state !== 'holds' || result.evidence.length > 0) assert.ok(text.includes(result.rule), result.rule);
      for (const words of ['It is retried by the caller.', 'The pilot runs on the internal network.', 'until 2026-11-28', 'No XML is parsed here.', 'TLS may end at a proxy']) assert.ok(text.includes(words), words);
    }
  });

  it('folds away what is too long to read at once, without losing any of it', () => {
    const text = body(card([{ rule: 'a', findings: 40 }]), 'panel');
    const all = elements(text);
    assert.equal(all.filter((one) => get(one, 'data-open') !== undefined).length, 40);
    assert.ok(all.some((one) => one.name === 'summary' && one.text === '30 more places'));
  });

  it('makes the same bytes of the same card', () => {
    for (const options of [PAGE, PANEL]) assert.equal(html(demo(), options), html(demo(), options));
  });

  it('refuses a nonce or a source that would break out of the policy', () => {
    for (const nonce of ['', 'a"b', 'a b', '\'']) assert.throws(() => html(demo(), { mode: 'page', nonce }), RangeError);
    for (const cspSource of ['x; script-src *', '"', '>']) assert.throws(() => html(demo(), { ...PANEL, cspSource }), RangeError);
  });

  it('takes every colour from the editor, with a fallback', () => {
    const [roots, rest] = [[...STYLE.matchAll(/:root \{[^}]*\}/g)].map(([root]) => root), STYLE.replace(/:root \{[^}]*\}/g, '')];
    assert.ok(roots.length >= 2);
    assert.doesNotMatch(rest, /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsl/i);
    for (const [use] of rest.matchAll(/var\(--vscode-[^()]*(?:\([^()]*\))?\)/g)) assert.match(use, /^var\(--vscode-[A-Za-z-]+, /, use);
  });

  it('has a script that parses and writes no HTML of its own', () => {
    assert.doesNotThrow(() => new Script(PANEL_SCRIPT));
    assert.equal(PANEL_SCRIPT.match(/innerHTML/g)?.length, 1);
    assert.doesNotMatch(PANEL_SCRIPT, /<\/script|\beval\b|new Function|document\.write|fetch\(|XMLHttp/);
  });
});

function closest(element: Element, name: string): Element | undefined {
  for (let one = element.parent; one; one = one.parent) if (one.name === name) return one;
  return undefined;
}
