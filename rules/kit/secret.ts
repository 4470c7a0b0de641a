/** The shape of secrets: what a literal must look like to be one. Values are looked at here and shown nowhere. */
import type { Project } from './project';

/** Stands for a value that comes from elsewhere: empty, `<…>`, `${…}`, `{{…}}`, `$(…)`, `%(…)s`, `***`. */
export function isReference(text: string): boolean {
  return /^\s*$|^<[^>]*>$|\$\{[^}]*\}|\{\{[^}]*\}\}|\$\([^)]*\)|^%\(\w+\)s$|^\*+$|^x{3,}$|^\.{3,}$/i.test(text);
}

/** Words people write where a value belongs: weak as a value, but nobody's password. */
export function isFiller(text: string): boolean {
  return isReference(text) || /^(your|my|the|insert|enter|put|some|add|set|use|replace|change|dummy|fake|mock|placeholder|example|sample|todo|fixme|tbd|none|null|not[-_ ]|n\/a|unset|undefined|changeme)\b|your[-_ ]|change[-_ ]?(me|this|it)|change[-_ ]in|replace[-_ ](me|this|with)|placeholder|[-_ ]here$|^test(ing)?$|^(pass(word|wd)?|secret|token|key|apikey|api[-_]key|string|str)$/i.test(text.trim());
}

/** Looks like a generated key: long, without blanks, and with a stretch of mixed letters and digits that is no word. */
export function looksGenerated(text: string): boolean {
  if (text.length < 16 || /\s/.test(text) || isFiller(text)) return false;
  if (/^([a-z][a-z0-9+.-]*:|[./~])/i.test(text) || /\.(com|org|net|io|py|json|pem|html)$/i.test(text)) return false;
  return text.split(/[-_.:/]/).some((part) => part.length >= 8 && (part.match(/[0-9]/g)?.length ?? 0) >= 2 && /[A-Za-z]/.test(part)) && entropy(text) >= 3;
}

/** Bits per character, after Shannon. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

export interface Credentials { readonly scheme: string; readonly host: string; readonly user: string; readonly password: string }

/** User and password in a URL of a networked service, or in a connection string (`host=db password=…`); undefined where there is no password, or only a reference to one. */
export function credentialsIn(url: string): Credentials | undefined {
  if (!url.includes('://')) return connectionString(url);
  const [, scheme = '', user = '', password = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^\s:/@]*):([^\s@]+)@([^\s/:?,]+)/i.exec(url.trim()) ?? [];
  if (!scheme || /^(sqlite|file|https?\+unix)/i.test(scheme) || isReference(password)) return undefined;
  return { scheme, host, user, password };
}

function connectionString(text: string): Credentials | undefined {
  const entry = (names: string) => new RegExp(`(?:^|[\\s;])(?:${names})\\s*=\\s*([^\\s;]+)`, 'i').exec(text)?.[1];
  const password = entry('password|pwd');
  if (password === undefined || isReference(password) || entry('host|server|data source|dbname|database|dsn') === undefined) return undefined;
  return { scheme: '', host: entry('host|server|data source') ?? 'localhost', user: entry('user|uid|user id') ?? '', password };
}

/** A host that only exists beside the program: this machine, or a service of one of the project's compose files. */
export function isLocalHost(host: string, project: Project): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|db|database|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|cache|rabbitmq)$/i.test(host)
    || project.of('compose').some((each) => each.services.some((service) => service.name === host));
}

/** A setting or variable that holds the address of a database: `DATABASE_URL`, `SQLALCHEMY_DATABASE_URI`, `REDIS_URL`. */
export function isDatabaseAddress(name: string): boolean {
  return /^(\w+_)?(DATABASE|DB|SQLALCHEMY|POSTGRES(QL)?|PG|MYSQL|MARIADB|MONGO(DB)?|REDIS)_(URL|URI|DSN|CONNECTION_STRING)$/i.test(name);
}

const SECRET_NAME = /(^|_)(PASS(WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|AUTH_?KEY|MASTER_?KEY|SALT|CREDENTIALS?)($|_)/i;
/** Speaks of a secret without being one. */
const ABOUT_SECRET = /_(URL|URI|PATH|FILE|DIR|FIELD|NAME|HEADER|LENGTH|SIZE|TTL|EXPIR\w*|LIFETIME|MINUTES|SECONDS|DAYS|HOURS|ID|ALGORITHM|TYPE|POLICY|PREFIX|HASHERS?|ENABLED|REQUIRED|LIMIT|COST|ROUNDS|LOCATION|VALIDATORS)$|(^|_)(PUBLIC|PUBLISHABLE|SITE|CSRF|MAX|MIN)_/i;
/** Ends up in every browser. */
const FOR_BROWSERS = /^(VITE|NEXT_PUBLIC|REACT_APP|NUXT_PUBLIC|EXPO_PUBLIC|GATSBY|PUBLIC)_/i;

/** Whether a variable or setting of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !ABOUT_SECRET.test(name) && !FOR_BROWSERS.test(name);
}

/** Looks like a real password or key, and not like a word somebody put where one belongs. */
export function looksReal(text: string): boolean {
  if (looksGenerated(text)) return true;
  if (text.length < 8 || /\s/.test(text) || isFiller(text) || /^(\/|\.|[a-z][\w+.-]*:\/\/)/i.test(text)) return false;
  if (/(test|dev|demo|local|example|sample|dummy|fake|secret|passw|change|admin|root|user|postgres|mysql|redis|minio|insecure|default|qwerty|12345)/i.test(text)) return false;
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((each) => each.test(text)).length >= 3 && new Set(text).size >= 6;
}
