/** Commands that the remedies name, for whoever wants to type them. */
import type { Result } from './card';

/** Programs whose name begins a command, and is no word of a sentence. */
const PROGRAMS = /^(?:git|pip|pip-compile|pip-audit|uv|npm|npx|poetry|pipenv|flask|python3?|alembic|docker|openssl|django-admin|celery|gunicorn|uvicorn|pytest|ruff|bandit|certbot|crontab|psql|pg_dump|shipworthy|\.\/manage\.py)\s+\S/;

/** In the order they are named, each once. What stands between backticks is a command when it begins with a program. */
export function commandsOf({ card, findings }: Result): readonly string[] {
  const texts = [card.how, ...findings.slice(0, 1).flatMap((finding) => finding.fixes.flatMap((fix) => fix.remains ?? []))];
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')).filter((code) => PROGRAMS.test(code)))];
}
