import type { Kind, Project, Selector, Token, Unit } from '../kit';
import { fileName, rule, tokensIn } from '../kit';

/** A file, with a credential in it or none. */
interface Seen { readonly unit: Unit; readonly token?: Token }

const KINDS: readonly Kind[] = [
  'module', 'dockerfile', 'compose', 'workflow', 'pipeline', 'dotenv', 'shell', 'nginx', 'manifest', 'ini', 'procfile', 'crontab', 'platform', 'kubernetes', 'template', 'markdown', 'plain',
];

/** Letters and digits without a pattern, put together here so that no scanner takes the examples for real. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const mixed = (length: number, alphabet = ALPHABET): string => Array.from({ length }, (_, index) => alphabet[(index * 37 + index * index * 11 + 5) % alphabet.length] ?? '').join('');
const STRIPE = ['sk', 'live', mixed(24)].join('_');
const STRIPE_TEST = ['sk', 'test', mixed(24)].join('_');
const GITHUB = `${'gh'}p_${mixed(36)}`;
const KEY = (name: string, body: string): string => `-----${'BEGIN'} ${name}-----\n${body}\n-----${'END'} ${name}-----\n`;

export default rule<Seen>({
  id: 'provider-token-committed',
  title: 'No provider credential or private key is in the repository',
  severity: 'critical', points: 45, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1', secret: true, atRest: true,
  why: `Bots find such keys in public repositories within minutes and use them. Removing the line does not remove it from the history.`,
  how: `Revoke the credential first, then remove it and read it from the environment.`,
  links: [
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository', 'https://cwe.mitre.org/data/definitions/798.html',
  ],
  anchors: ['semgrep detected-private-key', 'semgrep detected-aws-access-key-id-value', 'trivy DS-0031', 'CWE-798'],
  hides: ['hardcoded-credential'],

  on: files(), roles: ['production', 'test', 'example', 'script', 'migration'], text: true,
  check: ({ unit, token }, { project }) => {
    if (!token || isPublic(token, unit) || isOnThisMachine(unit, project)) return false;
    if (unit.role === 'test' || unit.role === 'example' || /(^|\/)(cassettes?|snapshots?|__snapshots__|recordings?)\//.test(unit.path)) return { severity: 'low', because: 'it is in a test or an example' };
    if (/key$/.test(token.provider) && isForDevelopment(unit, project)) return { severity: 'low', because: 'its path says that it is for development' };
    if (token.sandbox) return { severity: 'low', because: 'it is a key for tests' };
    if (token.provider === 'encrypted private key') return { severity: 'medium', because: 'its passphrase has to be guessed first' };
    return token.restrictable ? { severity: 'high', because: 'such keys can be restricted to one site' } : true;
  },
  message: ({ unit, token }) => {
    const what = token?.provider ?? 'credential';
    return /key$/.test(what) ? `There is ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} in ${fileName(unit.path)}.` : `There is a credential of ${what} in ${fileName(unit.path)}: revoke it, then take it out.`;
  },
  underline: ({ token }) => token ?? { start: 0, end: 0 },
  holds: ({ token }) => token ? undefined : 'no known credential',
  nothing: 'There is no text file.',
  summary: (count) => `No known credential in ${count} ${count === 1 ? 'file' : 'files'}`,

  examples: () => ({
    'a key of an account': {
      bad: { 'config/service-account.json': JSON.stringify({ type: 'service_account', private_key_id: '0', private_key: KEY('PRIVATE KEY', `MII${mixed(160)}`) }, undefined, 2) },
    },
    'a key in a file of its own': { bad: { 'config/key.pem': KEY('RSA PRIVATE KEY', `MII${mixed(61)}\n${mixed(64)}`) } },
    'a payment key in the source': { bad: `import stripe\n\nstripe.api_key = "${STRIPE}"\n` },
    'in an env file': { bad: { '.env.production': `GITHUB_TOKEN=${GITHUB}\n` } },
    'in a document': { bad: { 'README.md': `Run with \`STRIPE_KEY=${STRIPE}\`.\n` } },
    'in a pipeline': { bad: { '.github/workflows/deploy.yml': `on: [push]\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    env:\n      AWS_ACCESS_KEY_ID: ${'AK'}IA${mixed(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}\n    steps:\n      - run: ./deploy.sh\n` } },
    'in a script of a page': { severity: 'high', bad: { 'app/maps.py': `KEY = "${'AI'}za${mixed(35)}"\n` } },
    'a key for tests': { severity: 'low', bad: `import stripe\n\nstripe.api_key = "${STRIPE_TEST}"\n` },
    'in a test': { severity: 'low', bad: { 'tests/test_pay.py': `KEY = "${STRIPE}"\n` } },
    'the key of localhost': { severity: 'low', bad: { 'certs/localhost.key': KEY('PRIVATE KEY', `MII${mixed(61)}\n${mixed(64)}`) } },
    'demanded from the environment': { good: { 'deploy.sh': '#!/bin/sh\n: "${STRIPE_KEY:?set STRIPE_KEY}"\n' } },
    'a placeholder': { good: { 'docs/setup.md': `Set \`STRIPE_KEY=${'sk'}_live_<your key>\` in the environment, or \`${'sk'}_live_XXXXXXXXXXXXXXXXXXXXXXXX\`.\n`, '.env.example': `GITHUB_TOKEN=${'gh'}p_your_token_here_with_forty_letters\nAWS_KEY=${'AK'}IAIOSFODNN7EXAMPLE\n` } },
    'made up for a test': { good: { 'tests/test_mask.py': `TOKEN = "${'gh'}p_${'abcdefghij'.repeat(4)}"\nOTHER = "${'sk'}_live_${'a1'.repeat(12)}"\n` } },
    'a public key and a certificate': { good: { 'certs/ca.pem': KEY('CERTIFICATE', `MII${mixed(120)}`), 'certs/key.pub': KEY('PUBLIC KEY', `MII${mixed(120)}`) } },
    'a key block without a key': { good: { 'config/key.pem': KEY('PRIVATE KEY', 'MIIEsample'), 'jwt.py': `if not key.startswith("-----${'BEGIN'} PRIVATE KEY-----"):\n    raise ValueError("not a key")\n` } },
    'a browser\'s key in a page': { good: { 'templates/map.html': `<script src="https://maps.googleapis.com/maps/api/js?key=${'AI'}za${mixed(35)}"></script>\n` } },
    'digests and names that are long': { good: `SHA = "${mixed(64, '0123456789abcdef')}"\nrequirements = "sha256:${mixed(64, '0123456789abcdef')}"\nsk_learn_pipeline_with_2_steps_and_more_words = 1\n` },
  }),
});

function files(): Selector<Seen> {
  return {
    kinds: KINDS, callees: [],
    *select(unit, project) {
      if (unit.role === 'vendored' || unit.role === 'generated' || (unit.kind === 'manifest' && unit.lock)) return;
      const tokens = tokensIn(project.text(unit.path) ?? '');
      if (tokens.length === 0) { yield { unit }; return; }
      for (const token of tokens) yield { unit, token };
    },
  };
}

/** The certificate of `localhost`, which everybody makes for himself. */
function isForDevelopment({ path }: Unit, project: Project): boolean {
  return path.split('/').some((part) => project.developmentName(part)) || /localhost|snake-?oil|self-?signed|dummy|insecure/i.test(path);
}

/** Google's keys for maps and Firebase are meant for pages and applications on phones. */
function isPublic(token: Token, unit: Unit): boolean {
  return token.restrictable && (unit.kind === 'template' || /\.([cm]?[jt]sx?|vue|svelte|html?|plist|xml)$|google-services|firebase|(^|\/)(frontend|client|web|static|public|www)\//i.test(unit.path));
}

/** An env file that git does not hold is where a credential belongs. */
function isOnThisMachine(unit: Unit, project: Project): boolean {
  return unit.kind === 'dotenv' && !unit.example && project.tracked(unit.path) === false;
}
