/** A rule's page in Markdown, from the rule itself: the same text offline, in the editor and in the repository. */
import type { Example, Files, Rule } from './rule';

export function rulePage(rule: Rule): string {
  const facts = [
    `\`${rule.id}\` · ${rule.category} · **${rule.severity}**, ${rule.points} points · ${rule.confidence}`,
    blocksLine(rule), `Effort: ${EFFORT[rule.effort]}. Since rule set ${rule.since}.`,
    ...(rule.ladder ? [`Ladder \`${rule.ladder.name}\`, rung ${rule.ladder.rung}: rules about one control, of which the first bounds the cost of all.`] : []),
    ...(rule.hides.length > 0 ? [`Speaks instead of ${rule.hides.map((id) => `\`${id}\``).join(', ')} where both would.`] : []),
    ...(rule.attestable ? [`A sign-off (\`${rule.attestable}\`) may stand for it when the control lives outside the repository.`] : []),
  ];
  const fixes = fixesOf(rule);
  return [
    `# ${rule.title}`, '', facts.join('  \n'), '', '## Why', '', rule.why, '', '## How', '', rule.how, '',
    ...(fixes.length > 0 ? ['## Fixes', '', ...fixes, ''] : []),
    '## Examples', '', ...Object.entries(rule.examples).flatMap(([title, example]) => exampleSection(title, example)),
    '## Links', '', ...rule.links.map((link) => `- <${link}>`), ...(rule.anchors.length > 0 ? ['', `The same idea elsewhere: ${rule.anchors.join(', ')}. Their suppression comments are honoured.`] : []), '',
    '## Silence it', '', '```python', `# shipworthy: ignore ${rule.id} -- the reason`, '```', '',
  ].join('\n');
}

/** The table of all rules. */
export function ruleIndex(rules: readonly Rule[]): string {
  const row = (rule: Rule) => `| [\`${rule.id}\`](${rule.id}.md) | ${rule.title} | ${rule.severity} | ${rule.points} | ${fixesOf(rule).length > 0 ? 'yes' : ''} |`;
  const categories = [...new Set(rules.map((rule) => rule.category))];
  return ['# Rules', '', ...categories.flatMap((category) => [
    `## ${category}`, '', '| rule | when it holds | severity | points | fix |', '| --- | --- | --- | --- | --- |', ...rules.filter((rule) => rule.category === category).map(row), '',
  ])].join('\n');
}

const EFFORT = { S: 'about half an hour', M: 'about four hours', L: 'about two days' } as const;

function blocksLine(rule: Rule): string {
  if (rule.blocks === 'always') return 'Blocks production.';
  return rule.blocks === 'never' ? 'Does not block production by itself.' : `Blocks production when: ${rule.blocks.when}.`;
}

function fixesOf(rule: Rule): string[] {
  const fix = rule.scope === 'file' ? rule.file.fix : rule.whole.fix;
  const all = fix === undefined ? [] : Array.isArray(fix) ? fix : [fix];
  return all.map((each) => `- ${each.title} (${each.safety})${each.remains ? `: ${each.remains}` : ''}`);
}

function exampleSection(title: string, example: Example): string[] {
  return [
    `### ${title}`, '',
    ...(example.bad !== undefined ? ['Bad:', '', ...code(example.bad, example.path)] : []),
    ...(example.good !== undefined ? ['Good:', '', ...code(example.good, example.path)] : []),
  ];
}

function code(files: Files, path = 'app.py'): string[] {
  const all = typeof files === 'string' ? { [path]: files } : files;
  return Object.entries(all).flatMap(([name, text]) => [`\`${name}\``, '', `${fence(text)}${language(name)}`, text.replace(/\n$/, ''), fence(text), '']);
}

function fence(text: string): string {
  return text.includes('```') ? '````' : '```';
}

function language(path: string): string {
  const ending = /\.(\w+)$/.exec(path)?.[1];
  return { py: 'python', js: 'js', ts: 'ts', yml: 'yaml', yaml: 'yaml', json: 'json', toml: 'toml', sh: 'sh', md: 'md' }[ending ?? ''] ?? (/Dockerfile/.test(path) ? 'dockerfile' : '');
}
