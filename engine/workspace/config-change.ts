/** Decisions written into `shipworthy.json`, so that its comments and the way people laid it out stay as they are. */
import { edited, indentOf, inserted, type Change } from '../records/change';
import { valueOf } from '../records/document';
import type { Notice } from '../audit/outcome';
import type { RuleSetting } from './config';
import { CONFIG_FILE, readConfig } from './config';
import { parseJson } from './reading';

/**
 * Puts what is decided about a rule into the configuration, in place of what was decided before.
 * @param text the file as it is; empty or undefined for a new one
 * @param rule an id that there is
 */
export function putRule(text: string | undefined, rule: string, setting: RuleSetting): Change {
  const change = changed(text ?? '', JSON.stringify(rule), rule, settingText(setting));
  if ('refused' in change) return change;
  const { config } = readConfig(edited(text ?? '', change.edits), CONFIG_FILE);
  const taken = config.rules[rule];
  return taken?.severity === setting.severity && taken.reason === setting.reason ? change : refuse(`${CONFIG_FILE} would not say it afterwards.`);
}

function changed(text: string, key: string, rule: string, value: string): Change {
  const { root, fault, range } = parseJson(text);
  if (fault) return refuse(`${CONFIG_FILE} is not valid JSON: ${fault.reason} in line ${fault.range.start.line + 1}. Mend it first.`, fault.range);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const block = (indent: string): string => [`"rules": {`, `${indent}  ${key}: ${value}`, `${indent}}`].join(newline);
  if (!root) {
    const apart = text.trim() === '' ? '' : text.endsWith('\n') ? text : `${text}${newline}`;
    return { edits: [{ start: 0, end: text.length, text: `${apart}{${newline}  ${block('  ')}${newline}}${newline}` }] };
  }
  if (root.type !== 'object') return refuse(`${CONFIG_FILE} must be an object in { }. Mend it first.`, range(root));
  const rules = valueOf(root, 'rules');
  if (!rules) return { edits: inserted(text, root, root.children?.length ?? 0, block(indentOf(text, root.children?.[0]) ?? '  '), '  ') };
  if (rules.type !== 'object') return refuse(`\`rules\` of ${CONFIG_FILE} must be an object in { }. Mend it first.`, range(rules));
  const known = valueOf(rules, rule);
  if (known) return { edits: [{ start: known.offset, end: known.offset + known.length, text: value }] };
  return { edits: inserted(text, rules, rules.children?.length ?? 0, `${key}: ${value}`, `${indentOf(text, rules.parent) ?? '  '}  `) };
}

function settingText({ severity, reason }: RuleSetting): string {
  return reason === undefined ? JSON.stringify(severity) : `{ "severity": ${JSON.stringify(severity)}, "reason": ${JSON.stringify(reason)} }`;
}

function refuse(message: string, range?: Notice['range']): { readonly refused: Notice } {
  return { refused: { code: 'config', path: CONFIG_FILE, ...(range && { range }), message, incomplete: true } };
}
