/** The shape of secrets: what a literal must look like to be one. Values are looked at here and shown nowhere. */

/** Stands for a value that comes from elsewhere: empty, `<…>`, `${…}`, `{{…}}`, `$(…)`, `%(…)s`, `***`. */
export function isReference(text: string): boolean {
  return /^\s*$|^<[^>]*>$|\$\{[^}]*\}|\{\{[^}]*\}\}|\$\([^)]*\)|^%\(\w+\)s$|^\*+$|^x{3,}$|^\.{3,}$/i.test(text);
}

/** Words people write where a value belongs: weak as a value, but nobody's password. */
export function isFiller(text: string): boolean {
  return isReference(text) || /^(your|my|the|insert|enter|put|some|add|set|use|replace|change|dummy|fake|mock|placeholder|example|sample|todo|fixme|tbd|none|null|not[-_ ]|n\/a|unset|undefined|changeme)\b|your[-_ ]|change[-_ ]?(me|this|it)|change[-_ ]in|replace[-_ ](me|this|with)|placeholder|[-_ ]here$|^test(ing)?$|^(pass(word|wd)?|secret|token|key|apikey|api[-_]key|string|str)$/i.test(text.trim());
}

/** Looks like a generated key: long, without blanks, mixed, and not a word or a path. */
export function looksGenerated(text: string): boolean {
  if (text.length < 16 || /\s/.test(text) || /^(https?|file|s3|redis|postgres\w*|mysql|mongodb)[:+]/i.test(text) || /^[./~]|\.(com|org|net|io|py|json|pem|html)$/i.test(text)) return false;
  if (!/[0-9]/.test(text) || !/[A-Za-z]/.test(text) || isFiller(text)) return false;
  return entropy(text) >= 3.2;
}

/** Bits per character, after Shannon. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}

export interface Credentials { readonly scheme: string; readonly host: string; readonly user: string; readonly password: string }

/** User and password in a URL of a networked service; undefined where there is no password, or only a reference to one. */
export function credentialsIn(url: string): Credentials | undefined {
  const [, scheme = '', user = '', password = '', host = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^\s:/@]*):([^\s@]+)@([^\s/:?,]+)/i.exec(url.trim()) ?? [];
  if (!scheme || /^(sqlite|file|https?\+unix)/i.test(scheme) || isReference(password)) return undefined;
  return { scheme, host, user, password };
}

/** A host that only exists beside the program: this machine, or a service of a compose file. */
export function isLocalHost(host: string, services: readonly string[]): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal)$/i.test(host) || services.includes(host) || /^(db|database|postgres|postgresql|mysql|mariadb|mongo|mongodb|redis|cache|rabbitmq)$/i.test(host);
}
