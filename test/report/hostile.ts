/** A card whose every text of the repository tries to get out: markup, terminal escapes, Markdown, direction marks. */
import type { ReportCard } from '../../report/card';
import { at, card } from './fixture';

export const ESCAPE = '\u001b[31mred\u001b]8;;http://evil.example\u0007';
export const MARKUP = '<script>window.pwned = 1</script><img src=x onerror="window.pwned=2">"\'&lt;';
export const MARKS = '[click](javascript:alert(1)) ![x](http://evil.example/a.png) **bold** `code` | cell | <b>html</b> @someone #12 https://evil.example www.evil.example';
const HIDDEN = 'user\u202e\u2066 // is admin\u2069';
export const ALL = `${MARKUP} ${MARKS} ${ESCAPE} ${HIDDEN} \r\nsecond line\u2028third \ud800`;

export function hostile(): ReportCard {
  const path = `dir "quoted"/${MARKUP.replaceAll('/', '')}\u001b[2J/[a](b):1:2.py`;
  return card([
    {
      rule: 'a', severity: 'critical', title: ALL, why: ALL, how: ALL, links: ['javascript:alert(1)', 'https://ok.example/?a="><script>'], message: ALL, path, snippet: `${ALL}\n\`\`\`\n<!-- -->`, because: ALL,
      related: [{ ...at(path, 3), text: ALL }], fixes: [{ title: ALL, safety: 'review', remains: ALL, index: 0 }], findings: [{}, { message: `another ${ALL}` }, { silenced: { reason: ALL, by: ALL } }],
    },
    { rule: 'b', state: 'holds', title: ALL, evidence: [ALL], path }, { rule: 'c', state: 'not-applicable', title: ALL, reason: ALL }, { rule: 'd', state: 'not-checked', title: ALL, reason: ALL, severity: 'low' },
    { rule: 'e', severity: 'high', message: ALL, path, silenced: { reason: ALL, by: ALL, tool: ALL } },
  ], {
    project: { name: ALL, root: ALL, frameworks: [ALL], deployable: false, commit: ALL }, ruleset: ALL,
    notices: [{ code: 'not-parsed', path, message: ALL, incomplete: true }, { code: 'suppression', ...at(path, 2), message: ALL, incomplete: false }],
  }, { version: ALL, profile: { exposure: 'public', data: [ALL], stage: 'pilot' } });
}
