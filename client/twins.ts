// Whether what another tool says is what a rule of ours says. Nothing here knows an editor.

/** What another tool says of a line, as it names itself and its rule. */
export interface Said { readonly source: string; readonly code: string }

/**
 * @param twin as rule cards name it: `ruff S105`, `semgrep debug-enabled`, `eslint-plugin-security detect-child-process`
 * @param said as editors show it: Ruff `S105`, Semgrep `python.flask.debug-enabled`, eslint `security/detect-child-process`, Bandit `B105:hardcoded_password_string`
 */
export function isTwin(twin: string, { source, code }: Said): boolean {
  const [, tool = '', rule = ''] = /^(\S+) (.+)$/.exec(twin.toLowerCase()) ?? [];
  const name = source.toLowerCase();
  const [, owner, plugin] = /^([a-z]+)-plugin-(.+)$/.exec(tool) ?? [];
  if (owner !== undefined) return isNamed(name, owner) && code.toLowerCase() === `${plugin}/${rule}`;
  return isNamed(name, tool) && spellings(code.toLowerCase()).includes(rule);
}

/** `Ruff`, `semgrep (pro)`, `Flake8`. */
function isNamed(source: string, tool: string): boolean {
  return source === tool || source.startsWith(`${tool} `) || source.startsWith(`${tool}-`);
}

function spellings(code: string): readonly string[] {
  return [code, code.replace(/:.*$/, ''), code.slice(code.lastIndexOf('.') + 1), ...(/^\d+$/.test(code) ? [`sc${code}`] : [])];
}
