/** Who may know whom, in words: what the compiler's references and the lint rules enforce, read off the imports once more. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const ROOT = join(__dirname, '..');

/** Rooms, and what each may import beside its own files. A trailing path is that file or folder alone. */
const MAY: Readonly<Record<string, { readonly rooms: readonly string[]; readonly packages: RegExp }>> = {
  rules: { rooms: [], packages: /^$/ },
  engine: { rooms: ['rules/kit', 'rules/index', 'rules/controls'], packages: /^(?!vscode)/ },
  report: { rooms: ['rules/kit', 'engine/audit/outcome', 'engine/audit/signed', 'engine/audit/inventory', 'engine/audit/close-up', 'engine/workspace/customised', 'engine/workspace/config'], packages: /^picocolors$/ },
  server: { rooms: ['rules/kit', 'engine', 'report'], packages: /^(node:|vscode-languageserver)/ },
  cli: { rooms: ['rules/kit', 'engine', 'report'], packages: /^(node:|commander$|picocolors$)/ },
  client: { rooms: ['server/protocol', 'report', 'engine/audit/outcome', 'rules/kit/grading', 'rules/kit'], packages: /^(node:|vscode$|vscode-languageclient)/ },
};

function* sources(folder: string): Iterable<string> {
  for (const each of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, each.name);
    if (each.isDirectory()) yield* sources(path);
    else if (each.name.endsWith('.ts')) yield path;
  }
}

function importsOf(path: string): readonly string[] {
  return [...readFileSync(path, 'utf8').matchAll(/^(?:import|export)\s[^'"`]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm)].map((each) => each[1] ?? each[2] ?? '');
}

describe('architecture', () => {
  for (const [room, { rooms, packages }] of Object.entries(MAY)) {
    it(`${room} knows ${[...rooms, 'itself'].join(', ')} and nothing else`, () => {
      const strangers = [...sources(join(ROOT, room))].flatMap((path) => importsOf(path).flatMap((target) => {
        const from = relative(ROOT, path).split(sep).join('/');
        if (!target.startsWith('.')) return packages.test(target) ? [] : [`${from} imports the package ${target}`];
        const to = relative(ROOT, join(dirname(path), target)).split(sep).join('/');
        const allowed = to === room || to.startsWith(`${room}/`) || rooms.some((each) => to === each || to.startsWith(`${each}/`) || (each === 'rules/index' && to === 'rules'));
        return allowed ? [] : [`${from} imports ${to}`];
      }));
      assert.deepEqual(strangers, [], `The room ${room}/ may not know these. Move the code, or pass it in as an argument.`);
    });
  }

  it('rules import the kit and nothing else', () => {
    const strangers = [...sources(join(ROOT, 'rules'))].filter((path) => !path.includes(`${sep}kit${sep}`) && !path.endsWith(`${sep}index.ts`))
      .flatMap((path) => importsOf(path).filter((target) => target !== '../kit').map((target) => `${relative(ROOT, path)} imports ${target}`));
    assert.deepEqual(strangers, []);
  });
});
