// Commands are called with a node of the tree (from its menus), with what the server put into a code action, or, by other
// extensions and keybindings, with anything at all. So the arguments are checked, not believed.
import type { Reach } from '../server/protocol';
import { isRuleId } from './message-check';

/** What a command was called about. Whatever could not be told is missing. */
export interface About {
  readonly card?: string;
  readonly rule?: string;
  readonly fingerprint?: string;
  readonly index?: number;
  readonly uri?: string;
  readonly reach?: Reach;
  readonly control?: string;
  readonly app?: string;
  /** URI of a file or folder, of menus about those. */
  readonly resource?: string;
}

/** Reads the first argument of a command. */
export function about(argument: unknown): About {
  if (typeof argument === 'string') return isRuleId(argument) ? { rule: argument } : {};
  if (typeof argument !== 'object' || argument === null) return {};
  if ('subject' in argument) return about(argument.subject);
  if ('scheme' in argument && 'fsPath' in argument) return { resource: String(argument) };
  const { card, resource, rule, fingerprint, index, uri, reach, control, app } = argument as Record<string, unknown>;
  return {
    ...(typeof card === 'string' && { card }),
    ...(typeof resource === 'string' && { resource }),
    ...(isRuleId(rule) && { rule }),
    ...(typeof fingerprint === 'string' && { fingerprint }),
    ...(typeof index === 'number' && { index }),
    ...(typeof uri === 'string' && { uri }),
    ...(isRuleId(control) && { control }),
    ...(typeof app === 'string' && { app }),
    ...((reach === 'line' || reach === 'file') && { reach }),
  };
}
