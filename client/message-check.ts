// A page is not to be trusted, not even our own: it shows the text of other people's files. So every message of the report
// panel is checked, and no path may lead out of its workspace folder.
import type { FromPanel } from '../report/panel-messages';

/** Checks a message; undefined for everything that is not one of ours, to the letter. */
export function readPanelMessage(message: unknown): FromPanel | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, path, line, column, fingerprint, index, lane, rule, form } = message as Record<string, unknown>;
  switch (type) {
    case 'ready':
    case 'rescan':
      return { type };
    case 'open':
      return isInnerPath(path) && isCount(line, 1) && isCount(column, 1) ? { type, path, line, column } : undefined;
    case 'fix':
      return isFingerprint(fingerprint) && isCount(index, 0) ? { type, fingerprint, index } : undefined;
    case 'decide':
      return isFingerprint(fingerprint) && (lane === 'false-positive' || lane === 'accepted-risk') ? { type, lane, fingerprint } : undefined;
    case 'explain':
      return isRuleId(rule) ? { type, rule } : undefined;
    case 'export':
      return isRuleId(form) ? { type, form } : undefined;
    default:
      return undefined;
  }
}

/** The id of a rule: also the path of its page, so it holds nothing that a path could make something of. */
export function isRuleId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9-]*$/.test(value);
}

/** A path inside its folder: relative, with `/`, without `..`, and with nothing that Windows reads as more than a name. */
export function isInnerPath(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && !/[\\:\0]/.test(path) && !path.startsWith('/')
    && path.split('/').every((part) => part !== '..' && part !== '.' && part !== '');
}

function isFingerprint(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

function isCount(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}
