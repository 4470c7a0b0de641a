// `npm run rule -- <category>/<id>`: the skeleton of a rule, with everything that has to be filled in.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [, category, id] = /^([a-z]+)\/([a-z][a-z0-9]*(?:-[a-z0-9]+)+)$/.exec(process.argv[2] ?? '') ?? [];
const categories = readdirSync('rules', { withFileTypes: true }).filter((each) => each.isDirectory() && each.name !== 'kit').map((each) => each.name);
if (!id || !categories.includes(category)) {
  console.error(`Say which rule: npm run rule -- <category>/<id>, such as security/upload-unvalidated.\nCategories: ${categories.join(', ')}. Ids are kebab-case, name the fault, and have at least two words.`);
  process.exit(2);
}
const path = join('rules', category, `${id}.ts`);
if (existsSync(path)) {
  console.error(`${path} is there already.`);
  process.exit(2);
}
writeFileSync(path, `import { call, rule } from '../kit';

export default rule({
  id: '${id}',
  title: 'The sentence that is true when this holds',
  severity: 'medium', confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: \`What happens in production otherwise, in one or two sentences.\`,
  how: \`What to do about it.\`,
  links: [],

  on: call('package.function'),
  nothing: 'Why the rule does not apply when nothing matched.',
  check: ({ argument }) => argument('name') === undefined,
  message: ({ call }) => \`\${call.written} …\`,
  underline: ({ call }) => call.calleeAt,

  examples: () => ({
    'what it must catch': { bad: \`import package\\npackage.function()\\n\` },
    'what must silence it': { good: \`import package\\npackage.function(name=1)\\n\` },
  }),
});
`);
console.log(`${path} is written. Next: fill in the examples first, then \`npm run generate\` and \`npx mocha test/rules -g ${id}\`.`);
