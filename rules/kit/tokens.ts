/** Credentials of well-known services, by the shape their makers gave them. Nothing here is shown anywhere: only whose it is and where it stands. */
import type { Span } from './place';

export interface Token extends Span {
  readonly provider: string;
  /** Made for trying things out: it moves no money and reaches no real data. */
  readonly sandbox: boolean;
  /** Meant for browsers too, and often restricted there. */
  readonly restrictable: boolean;
}

/** `after` is what has to be random in it: the first group of the pattern, else all of it. */
interface Shape { readonly provider: string; readonly pattern: RegExp; readonly sandbox?: true; readonly restrictable?: true }

const END = '(?![A-Za-z0-9_-])';
const START = '(?<![A-Za-z0-9_-])';
const shape = (provider: string, body: string, more: Partial<Shape> = {}): Shape => ({ provider, pattern: new RegExp(`${START}${body}${END}`), ...more });

const SHAPES: readonly Shape[] = [
  shape('AWS', '(?:AKIA|ASIA)([A-Z2-7]{16})'),
  shape('GitHub', 'gh[pousr]_([A-Za-z0-9]{36,})'), shape('GitHub', 'github_pat_([A-Za-z0-9_]{60,})'), shape('GitLab', 'glpat-([\\w-]{20,})'),
  shape('Slack', 'xox[abeprs]-\\d{8,}-([\\w-]{20,})'), shape('Slack', 'xapp-\\d-[A-Z0-9]+-\\d+-([a-f0-9]{40,})'), { provider: 'Slack webhook', pattern: /hooks\.slack\.com\/services\/T\w{8,}\/B\w{8,}\/(\w{24})(?!\w)/ },
  { provider: 'Discord webhook', pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/([\w-]{60,})/ },
  shape('Stripe', '[sr]k_live_([A-Za-z0-9]{20,})'), shape('Stripe test', '[sr]k_test_([A-Za-z0-9]{20,})', { sandbox: true }),
  { provider: 'SendGrid', pattern: /(?<![A-Za-z0-9_-])SG\.[\w-]{22}\.([\w-]{43})(?![\w-])/ }, shape('Mailgun', 'key-([0-9a-f]{32})'),
  shape('Google', 'AIza([\\w-]{35})', { restrictable: true }), shape('Google OAuth', 'GOCSPX-([\\w-]{28})'),
  shape('OpenAI', 'sk-(?:proj-|svcacct-|admin-)?([\\w-]{20,}T3BlbkFJ[\\w-]{20,})'), shape('OpenAI', 'sk-proj-([\\w-]{80,})'), shape('OpenRouter', 'sk-or-v1-([0-9a-f]{64})'),
  shape('Anthropic', 'sk-ant-[a-z]+\\d\\d-([\\w-]{80,})'), shape('Hugging Face', 'hf_([A-Za-z]{34})'), shape('Groq', 'gsk_([A-Za-z0-9]{52})'),
  shape('npm', 'npm_([A-Za-z0-9]{36})'), shape('PyPI', 'pypi-AgEIcHlwaS5vcmc([\\w-]{50,})'), shape('DigitalOcean', 'do[opr]_v1_([0-9a-f]{64})'), shape('Shopify', 'shp(?:at|ca|pa|ss)_([0-9a-f]{32})'),
  shape('Databricks', 'dapi([0-9a-f]{32})'), shape('age', 'AGE-SECRET-KEY-1([0-9A-Z]{58})'), shape('Linear', 'lin_api_([A-Za-z0-9]{40})'), shape('Square', 'sq0csp-([\\w-]{43})'),
  { provider: 'Azure storage', pattern: /AccountKey=([A-Za-z0-9+/]{86})==/ },
  { provider: 'Supabase service role', pattern: /(?<![\w-])eyJ[\w-]{10,}\.([\w-]*(?:InJvbGUiOiJzZXJ2aWNlX3JvbGUi|yb2xlIjoic2VydmljZV9yb2xlI|cm9sZSI6InNlcnZpY2Vfcm9sZS)[\w-]*\.[\w-]{40,})/ },
];

/** What every shape holds: most runs are passed over at once. */
const MARKED = /A(?:KIA|SIA|Iza|GE-S|ccountKey=)|gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|xapp-|services\/T|webhooks\/|[sr]k_(?:live|test)_|SG\.|key-|GOCSPX-|sk-|hf_|gsk_|npm_|pypi-|do[opr]_v1_|shp|dapi|lin_api_|sq0csp-|eyJ|^AA/;

/** Shorter runs of letters and digits are no credential. */
const SHORTEST = 20;

/** The credentials in a text, in order. */
export function tokensIn(text: string): readonly Token[] {
  const found: Token[] = [];
  for (const run of longRuns(text)) {
    const token = tokenIn(text, run);
    if (token) found.push(token);
  }
  return [...found, ...keyBlocks(text)].sort((a, b) => a.start - b.start);
}

function tokenIn(text: string, run: Span): Token | undefined {
  const written = text.slice(run.start, run.end);
  if (!MARKED.test(written)) return undefined;
  for (const { provider, pattern, sandbox = false, restrictable = false } of SHAPES) {
    const match = pattern.exec(written);
    if (match && isRandom(match[1] ?? match[0])) return { provider, sandbox, restrictable, start: run.start + match.index, end: run.start + match.index + match[0].length };
  }
  const id = /^AA[\w-]{33}(?![\w-])/.test(written) ? /(?<!\d)\d{8,10}:$/.exec(text.slice(Math.max(0, run.start - 12), run.start)) : undefined;
  return id && isRandom(written.slice(0, 35)) ? { provider: 'Telegram bot', sandbox: false, restrictable: false, start: run.start - id[0].length, end: run.start + 35 } : undefined;
}

/**
 * Runs of characters that credentials are made of, and that hold a digit and a letter. It looks at every twentieth character first, and around
 * it only where that one fits: source is read on every keystroke.
 */
function* longRuns(text: string): Iterable<Span> {
  for (let at = SHORTEST - 1; at < text.length; at += SHORTEST) {
    if (!isPart(text.charCodeAt(at))) continue;
    let start = at;
    while (start > 0 && isPart(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (end < text.length && isPart(text.charCodeAt(end))) end++;
    if (end - start >= SHORTEST && mayBeRandom(text, start, end)) yield { start, end };
    // The next run begins behind this one.
    at = Math.max(at, end);
  }
}

const PARTS = Uint8Array.from({ length: 128 }, (_, code) => /[\w.+/=-]/.test(String.fromCharCode(code)) ? 1 : 0);

function isPart(code: number): boolean {
  return code < 128 && PARTS[code] === 1;
}

/** Fewer digits than these are an identifier's. Keys of AWS are short, and tokens of Hugging Face are of letters alone. */
const FEWEST_DIGITS = 3;

function mayBeRandom(text: string, start: number, end: number): boolean {
  let digits = 0;
  for (let at = start; at < end && digits < FEWEST_DIGITS; at++) { const code = text.charCodeAt(at); if (code >= 48 && code <= 57) digits++; }
  return digits >= FEWEST_DIGITS || (digits > 0 && /A[KS]IA/.test(text.slice(start, end))) || (end - start >= 37 && text.slice(start, end).includes('hf_'));
}

const WORDS = /example|sample|dummy|fake|placeholder|redacted|your|xxxx|changeme|insert|replace|12345678|abcdefgh|(.)\1{4}|0123456|test(?:key|token)|aaaa|not-?a-?real|secret/i;

/** Letters and digits as a generator makes them: many different ones, no words, no row of the alphabet. */
function isRandom(text: string): boolean {
  if (WORDS.test(text)) return false;
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const bits = [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
  return counts.size >= 9 && bits >= 3 && steps(text) < text.length / 2;
}

/** Neighbours that follow each other in the alphabet. */
function steps(text: string): number {
  let count = 0;
  for (let at = 1; at < text.length; at++) if (Math.abs(text.charCodeAt(at) - text.charCodeAt(at - 1)) === 1) count++;
  return count;
}

const BLOCK = /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|PGP|ENCRYPTED) )?PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|["'+,\s]|(?:Proc-Type|DEK-Info|Version|Comment):[^\n]*\n)*([A-Za-z0-9+/=]{40,})/g;

function keyBlocks(text: string): readonly Token[] {
  if (!text.includes('PRIVATE KEY')) return [];
  return [...text.matchAll(BLOCK)].filter((each) => isRandom((each[1] ?? '').slice(0, 64))).map((each) => ({ provider: each[0].includes('ENCRYPTED') ? 'encrypted private key' : 'private key', sandbox: false, restrictable: false, start: each.index, end: each.index + each[0].indexOf('KEY') + 8 }));
}
