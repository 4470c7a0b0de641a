// The manifest is not compiled: what it names must be there, and what it promises must be so.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownComments, VERBS } from '../../engine/files/own-comment';
import { gradeColor } from '../../client/tree-icons';
import { treeOf } from '../../client/tree-model';
import { finding, FIX, placed, result, signoff } from './cards';

interface Command { readonly command: string; readonly title: string; readonly category: string }
interface MenuItem { readonly command?: string; readonly submenu?: string; readonly when?: string; readonly group?: string }
interface Step { readonly description: string; readonly media: Readonly<Record<string, string>>; readonly completionEvents: readonly string[] }
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: { readonly untrustedWorkspaces: { readonly supported: unknown }; readonly virtualWorkspaces: { readonly supported: unknown } };
  readonly browser: string;
  readonly contributes: {
    readonly commands: readonly Command[];
    readonly languageModelTools: readonly { readonly name: string; readonly modelDescription: string; readonly userDescription: string; readonly inputSchema: { readonly type: string } }[];
    readonly grammars: readonly { readonly path: string; readonly injectTo: readonly string[] }[];
    readonly submenus: readonly { readonly id: string; readonly label: string }[];
    readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly viewsContainers: { readonly activitybar: readonly { readonly icon: string }[] };
    readonly viewsWelcome: readonly { readonly contents: string; readonly when: string }[];
    readonly walkthroughs: readonly { readonly steps: readonly Step[] }[];
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string; readonly enum?: readonly unknown[]; readonly markdownEnumDescriptions?: readonly string[] }>> };
    readonly jsonValidation?: readonly { readonly url: string }[];
  };
}

const ROOT = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const { commands, grammars, keybindings, languageModelTools, submenus, menus, viewsWelcome, walkthroughs, colors, configuration } = manifest.contributes;
const ids = commands.map(({ command }) => command);
const steps = walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('the manifest', () => {
  it('names only commands that it declares', () => {
    const texts = [...viewsWelcome.map(({ contents }) => contents), ...steps.flatMap(({ description, completionEvents }) => [description, ...completionEvents])];
    const named = [
      ...[...Object.values(menus).flat(), ...keybindings].flatMap(({ command }) => command ?? []),
      ...texts.flatMap((text) => [...text.matchAll(/(?:command:|onCommand:)(shipworthy\.[\w.]+)/g)].map(([, id]) => id)),
    ].filter((id) => id !== 'shipworthy.report.focus'); // VS Code makes one for each view
    for (const id of named) assert.ok(id !== undefined && ids.includes(id), `${id} is not declared`);
  });

  it('declares just the commands that the client registers', () => {
    const source = ['client/commands.ts', 'server/protocol/index.ts'].map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
    const registered = new Set([...source.matchAll(/'(shipworthy\.[a-z]\w*)'/gi)].map(([, id]) => id));
    assert.deepEqual([...registered].sort(), [...ids].sort());
  });

  it('gives every command a category, and a place', () => {
    for (const { command, category } of commands) assert.equal(category, 'Shipworthy', command);
    const hidden = new Set((menus['commandPalette'] ?? []).filter(({ when }) => when === 'false').map(({ command }) => command));
    const placedElsewhere = new Set(Object.entries(menus).filter(([menu]) => menu !== 'commandPalette').flatMap(([, items]) => items.map(({ command }) => command)));
    for (const id of hidden) assert.ok(placedElsewhere.has(id), `${id} cannot be reached`);
  });

  it('asks the tree only for roles that nodes have', () => {
    const card = placed({ results: [result({ findings: [finding({ fixes: [{ ...FIX, safety: 'safe' }] })] })], signoffs: [signoff()] });
    const roles = new Set<string>();
    const collect = (nodes: ReturnType<typeof treeOf>): void => nodes.forEach((node) => {
      node.roles.forEach((role) => roles.add(role));
      collect(node.children);
    });
    collect(treeOf([card], { group: 'category', show: 'everything' }));
    for (const { when = '' } of menus['view/item/context'] ?? []) {
      for (const [, words = ''] of when.matchAll(/viewItem =~ \/\\b\(?([\w|]+)\)?\\b\//g)) for (const role of words.split('|')) assert.ok(roles.has(role), `${role} in: ${when}`);
    }
  });

  it('takes keys only where nothing else could be meant', () => {
    for (const { command, when } of keybindings) assert.equal(when, 'activeWebviewPanelId == shipworthy.report', command);
  });

  it('adds to the menus of editor and explorer only where it has something to say', () => {
    for (const menu of ['editor/context', 'explorer/context', 'editor/title']) {
      for (const { when = '', group, submenu } of menus[menu] ?? assert.fail(menu)) {
        if (submenu !== undefined) assert.ok(submenus.some(({ id, label }) => id === submenu && label === 'Shipworthy') && menus[submenu], submenu);
        assert.match(when, /shipworthy\.(?:atFinding|known|state)/, menu);
        assert.ok(group, menu);
      }
    }
  });

  it('declares just the tools for language models that the client registers, each with what a model must know', () => {
    const source = readFileSync(join(ROOT, 'client/model-tools.ts'), 'utf8');
    const registered = new Set([...source.matchAll(/^ {4}(shipworthy_\w+):/gm)].map(([, name]) => name));
    assert.deepEqual(languageModelTools.map(({ name }) => name).sort(), [...registered].sort());
    for (const { name, modelDescription, userDescription, inputSchema } of languageModelTools) {
      assert.ok(modelDescription.length > 60 && userDescription, name);
      assert.equal(inputSchema.type, 'object', name);
      assert.doesNotMatch(name, /ignore|suppress|switch|accept|sign/, 'no model silences anything');
    }
  });

  it('lights up the comments that are understood, and their words', () => {
    const [grammar] = grammars;
    const { patterns } = JSON.parse(readFileSync(join(ROOT, grammar?.path ?? ''), 'utf8')) as { readonly patterns: readonly { readonly match: string }[] };
    const pattern = new RegExp(patterns[0]?.match ?? assert.fail('it has no pattern'));
    for (const verb of Object.keys(VERBS)) {
      const text = `# shipworthy: ${verb} csrf-missing, hsts-missing until 2027-01-31 by Ada -- r`;
      const [comment] = ownComments(text);
      const [, , word, ids] = pattern.exec(text) ?? assert.fail(text);
      assert.equal(word, verb);
      assert.equal(comment?.verb?.text, verb);
      assert.deepEqual(ids?.split(', '), ['csrf-missing', 'hsts-missing']);
    }
    assert.equal(pattern.exec('# shipworthy: ignore a-b c-d -- r')?.[3], 'a-b c-d');
    assert.equal(pattern.exec('# shipworthy: forget a-b -- r'), null);
  });

  it('brings every file that it names', () => {
    const media = steps.flatMap((step) => [step.media['svg'], step.media['markdown'], step.media['image']]).filter((file) => file !== undefined);
    const files = [manifest.icon, ...manifest.contributes.viewsContainers.activitybar.map(({ icon }) => icon), ...media];
    for (const file of files) assert.ok(existsSync(join(ROOT, file)), `${file} is missing`);
  });

  it('has a welcome text for every state of the view, and never two at once', () => {
    const states = [
      { workspaceFolderCount: 0 }, { workspaceFolderCount: 1 }, { workspaceFolderCount: 1, state: 'starting' }, { workspaceFolderCount: 2, state: 'scanning' },
      { workspaceFolderCount: 1, state: 'stopped' }, { workspaceFolderCount: 1, state: 'ready', known: false },
      { workspaceFolderCount: 1, state: 'ready', known: true, show: 'open' }, { workspaceFolderCount: 1, state: 'ready', known: true, show: 'fixable' },
      { workspaceFolderCount: 1, state: 'ready', known: true, show: 'front' },
      { workspaceFolderCount: 1, state: 'ready', known: true, show: 'new' }, { workspaceFolderCount: 1, state: 'ready', known: true, show: 'new', baseline: true },
    ];
    for (const state of states) {
      const shown = viewsWelcome.filter(({ when }) => holds(when, state));
      assert.equal(shown.length, 1, `${JSON.stringify(state)}: ${shown.map(({ contents }) => contents).join(' / ')}`);
    }
  });

  it('never activates for everything', () => {
    for (const event of manifest.activationEvents) assert.match(event, /^(onLanguage|workspaceContains|onWebviewPanel):/);
  });

  it('works in restricted mode, in a virtual workspace and in a browser', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, true);
    assert.match(manifest.browser, /^\.\/dist\/[\w-]+\.js$/);
  });

  it('contributes the colour of every grade for every kind of theme', () => {
    for (const grade of ['A+', 'B', 'C-', 'D', 'F', '?', '-'] as const) {
      const color = colors.find(({ id }) => id === gradeColor(grade));
      assert.ok(color, gradeColor(grade));
      assert.deepEqual(Object.keys(color.defaults).sort(), ['dark', 'highContrast', 'highContrastLight', 'light']);
    }
  });

  it('gives every setting a scope, and every choice a sentence', () => {
    for (const [key, { scope, enum: values = [], markdownEnumDescriptions = [] }] of Object.entries(configuration.properties)) {
      assert.ok(scope, key);
      assert.equal(markdownEnumDescriptions.length, values.length, key);
    }
  });

  it('ships pictures that load nothing, and need no style sheet, which VS Code takes out', () => {
    for (const file of readdirSync(join(ROOT, 'media/walkthrough')).filter((name) => name.endsWith('.svg'))) {
      assert.doesNotMatch(readFileSync(join(ROOT, 'media/walkthrough', file), 'utf8'), /<script|<style|class=|href=|url\(http|<image/, file);
    }
  });
});

/** Enough of VS Code's `when` language for the clauses above: `&&`, `==`, `!=`, a bare key and its negation. */
function holds(when: string, state: Readonly<Record<string, unknown>>): boolean {
  return when.split(' && ').every((clause) => {
    const [, not, key = '', operator, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(clause) ?? assert.fail(`Not understood: ${clause}`);
    const known = state[key.replace(/^shipworthy\./, '')];
    if (operator) return (String(known) === value) === (operator === '==');
    return Boolean(known) !== (not === '!');
  });
}
