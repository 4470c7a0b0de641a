/** Commands that the remedies name, for whoever wants to type them. */
import type { Result } from './card';

/** Programs whose name begins a command, and is no word of a sentence. */
const PROGRAMS = /^(?:git|pip|pip-compile|pip-audit|uv|npm|npx|poetry|pipenv|flask|python3?|alembic|docker|openssl|django-admin|celery|gunicorn|uvicorn|pytest|ruff|bandit|certbot|crontab|psql|pg_dump|shipworthy|\.\/manage\.py)\s+\S/;

/** Nobody needs a longer list of files to type. */
const PATHS = 5;

/** In the order they are named, each once. What stands between backticks is a command when it begins with a program; of alternatives none is, for one has to be chosen. */
export function commandsOf({ card, findings }: Result): readonly string[] {
  const texts = [card.how, ...findings.slice(0, 1).flatMap((finding) => finding.fixes.flatMap((fix) => fix.remains ?? []))];
  const named = texts.flatMap((text) => [...text.replace(ALTERNATIVES, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')).filter((code) => PROGRAMS.test(code));
  return [...new Set(named.flatMap((code) => code.startsWith('git rm') ? untracking(code, findings) : [code]))];
}

/** `a`, `b` or `c` */
const ALTERNATIVES = /(?:`[^`\n]+`,? )*`[^`\n]+`,? or `[^`\n]+`/g;

/** With the files it is about. What takes a folder (`-r`) does not follow from the place of a finding, and a path that a shell could take for more is left to the reader. */
function untracking(command: string, findings: Result['findings']): readonly string[] {
  if (command !== 'git rm --cached') return [];
  const paths = [...new Set(findings.map((finding) => finding.path))].filter((path) => /^[\w./@+-]+$/.test(path)).slice(0, PATHS);
  return paths.map((path) => `${command} -- ${path}`);
}
