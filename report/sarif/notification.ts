/** What the reader must know about the run itself, as notifications of its invocation. */
import type { Notice } from '../../engine/audit/outcome';
import type { ReportCard } from '../card';
import { line } from '../escape';
import { NOTICE_WORDS } from '../words';
import { physicalLocation } from './place';

/** Notices about how the run was configured; the others are about how it went. */
const CONFIGURATION: ReadonlySet<Notice['code']> = new Set(['config', 'record', 'suppression']);

export function notifications({ notices }: ReportCard): object {
  const all = notices.map((notice) => ({ notice, about: notification(notice) }));
  return {
    toolExecutionNotifications: all.filter(({ notice }) => !CONFIGURATION.has(notice.code)).map(({ about }) => about),
    toolConfigurationNotifications: all.filter(({ notice }) => CONFIGURATION.has(notice.code)).map(({ about }) => about),
  };
}

/** The kinds that occur, for the tool's own description. */
export function notificationKinds({ notices }: ReportCard): readonly object[] {
  return [...new Set(notices.map((notice) => notice.code))].sort().map((code) => ({ id: code, shortDescription: { text: NOTICE_WORDS[code] } }));
}

function notification({ code, path, range, message, incomplete }: Notice): object {
  return {
    descriptor: { id: code }, level: incomplete ? 'error' : 'note', message: { text: line(message) },
    ...(path !== undefined && { locations: [{ physicalLocation: physicalLocation(path, range) }] }),
  };
}
