import type { Evidence, Judgement, Project } from '../kit';
import { documentPlace, documented, documents, projectRule } from '../kit';

export default projectRule({
  id: 'security-policy-missing',
  title: 'There is a way to report security problems',
  severity: 'info', confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: `People who find a hole want to tell you, and give up or publish it. One address is enough.`,
  how: `Add SECURITY.md and security.txt.`,
  links: ['https://www.rfc-editor.org/rfc/rfc9116'],
  attestable: 'docs-accuracy',

  project: judge,

  fix: { title: 'Create SECURITY.md to fill in', safety: 'safe', remains: 'Put in an address that somebody reads.', edit: (_gap, { project }) => project.root === '' ? [{ path: 'SECURITY.md', create: '# Security\n\nReport problems to ADDRESS. Please do not open a public issue.\n\nWe answer within DAYS days, and say when a mended version is out.\n' }] : undefined },

  examples: () => ({
    'nothing': {
      bad: { 'README.md': '# Shop\n', 'app.py': 'print("shop")\n' },
      good: { 'SECURITY.md': '# Security\n\nReport problems to ADDRESS. Please do not open a public issue.\n\nWe answer within DAYS days, and say when a mended version is out.\n' },
    },
    'documents about other things': { bad: { 'docs/dev.md': '# Development\nSecurity is important.\n' } },
    'a report of what somebody found': { bad: { 'docs/audit.md': '# Security audit report\nThree findings, all mended.\n' } },
    'a report of what somebody mended': { bad: { 'SECURITY_HARDENING_REPORT.md': '# Security Hardening Report\nHeaders are set, and limits are in place. Contact: mail us.\n', 'docs/found.md': '# Vulnerability Report\nThree holes, all reported and mended.\n' } },
    'a section about the modules that see to it': { bad: { 'docs/index.md': '# Index\n### Security\n| File | Purpose |\n|---|---|\n| `auth.py` | passwords |\n### Scripts\nReports are made by `reports.py`.\n' } },
    'a section that asks for reports': { good: { 'README.md': '# Shop\n## Security\nPlease report what you find to security@example.com.\n' } },
    'a policy': { good: { 'SECURITY.md': '# Security\nWrite to security@example.com.\n' } },
    'in the folder of the platform': { good: { '.github/SECURITY.md': '# Reporting\nWrite to us.\n' } },
    'security.txt': { good: { 'public/.well-known/security.txt': 'Contact: mailto:security@example.com\nExpires: 2030-01-01T00:00:00Z\n' } },
    'security.txt from a route': { good: { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n@app.get("/.well-known/security.txt")\ndef security():\n    return "Contact: mailto:security@example.com"\n' } },
    'a section of the README': { good: { 'README.md': '# Shop\n## Reporting vulnerabilities\nMail us.\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = policy(project);
  return found ? { holds: [found] } : { open: [{ at: documentPlace(project), message: 'No SECURITY.md, security.txt or section says where to report security problems.' }] };
}

/** What somebody found in the code, or did about it, is no address to report to. */
const FINDINGS = /\bcontent[- ]security\b|\b(audit|assessment|scan|pentest|test|review|summary|status|hardening|implementation|checklist|features?)\b|\b(report|results)$/i;
const REPORTING = /\b(report\w*|disclos\w*)\b.*\b(security|vulnerabilit\w*)\b|\b(security|vulnerabilit\w*)\b.*\b(report\w*|disclos\w*|polic(y|ies)|contact)\b/i;
/** Such a section may be about anything: passwords, the modules that see to it, where to report. */
const SECURITY = /^security( issues| vulnerabilities)?$/i;
const ASKS_FOR_REPORTS = /\breport(s|ed|ing)?\b|\bdisclos\w+|\b(let us know|(contact|e-?mail|write to|tell) us)\b|[\w.+-]+@[\w-]+\.\w/i;

function policy(project: Project): Evidence | undefined {
  const path = project.paths.find((each) => /^(\.github\/|\.gitlab\/|docs\/)?security(\.[a-z-]+)?\.(md|rst|txt|adoc)$/i.test(each) || /(^|\/)\.well-known\/security\.txt$/.test(each));
  if (path !== undefined) return { path, start: 0, end: 0, text: path };
  const route = project.routes.find((each) => each.route.path.endsWith('/.well-known/security.txt'));
  if (route) return { path: route.module.path, start: route.route.at.start, end: route.route.at.end, text: route.route.path };
  const section = documents(project).flatMap((each) => each.sections).find(({ title, body }) => !FINDINGS.test(title) && (REPORTING.test(title) || (SECURITY.test(title) && ASKS_FOR_REPORTS.test(body))));
  return section && documented(section, 'reports');
}
