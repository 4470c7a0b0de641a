/** Who reads the environment, and how: by qualified callee. The one list of it for Python. */
import type { Environment, Value } from '../../rules/kit';

export interface Reader {
  /** Keyword and position of the fallback. */
  readonly fallback: { readonly keyword: string; readonly position?: number };
  /** Fails when the variable is not set and no fallback is given. */
  readonly strict: boolean;
  readonly cast?: NonNullable<Environment['cast']>;
}

const LENIENT: Reader = { fallback: { keyword: 'default', position: 1 }, strict: false };
const STRICT: Reader = { fallback: { keyword: 'default', position: 1 }, strict: true };

const EXACT: Readonly<Record<string, Reader>> = {
  'os.getenv': LENIENT, 'os.environ.get': LENIENT, 'os.environ.setdefault': LENIENT, 'os.environ.pop': STRICT, 'os.environb.get': LENIENT,
  'decouple.config': { fallback: { keyword: 'default', position: 1 }, strict: true },
  'decouple.config.__call__': { fallback: { keyword: 'default', position: 1 }, strict: true },
  'starlette.config.Config.__call__': { fallback: { keyword: 'default', position: 2 }, strict: true },
  'starlette.config.Config.get': { fallback: { keyword: 'default', position: 2 }, strict: true },
  'decouple.Config.__call__': STRICT, 'decouple.AutoConfig.__call__': STRICT,
  'environ.Env.__call__': { fallback: { keyword: 'default', position: 2 }, strict: true },
  'environs.Env.__call__': STRICT, 'environs.env.__call__': STRICT, 'environs.env': STRICT,
  'dotenv.dotenv_values.get': LENIENT, 'os.environ.copy.get': LENIENT,
};

/** Methods of django-environ's and environs' `Env`, with what they turn text into. */
const METHODS: Readonly<Record<string, NonNullable<Environment['cast']>>> = {
  bool: 'bool', int: 'int', float: 'float', list: 'list', json: 'json', str: 'other', bytes: 'other', tuple: 'list', dict: 'other', url: 'other',
  db: 'other', db_url: 'other', cache: 'other', cache_url: 'other', email: 'other', email_url: 'other', path: 'other', get_value: 'other',
  dj_db_url: 'other', dj_cache_url: 'other', decimal: 'float', log_level: 'other', unicode: 'other', enum: 'other', search_url: 'other', channels: 'other',
};

/** How a call of an object that another file made reads the environment: `env("X")`, where nothing says any more that `env` is called itself. */
export function importedReader(callee: string): Reader | undefined {
  return environmentReader(callee) ?? environmentReader(`${callee}.__call__`);
}

/** How a call reads the environment, or undefined when it does not. */
export function environmentReader(callee: string): Reader | undefined {
  // A function may be called `constructor`: only the table's own names count.
  if (Object.hasOwn(EXACT, callee)) return EXACT[callee];
  const method = /^(?:environ\.(?:Env|FileAwareEnv)|environs\.(?:Env|env|EnvFileReader))\.(\w+)$/.exec(callee)?.[1];
  const cast = method === undefined || !Object.hasOwn(METHODS, method) ? undefined : METHODS[method];
  return cast && { ...STRICT, ...(cast !== 'other' && { cast }) };
}

/** What a `cast=` argument or a wrapping constructor turns text into. */
export function castOf(value: Value | undefined): NonNullable<Environment['cast']> | undefined {
  if (value?.kind !== 'reference' && value?.kind !== 'result') return undefined;
  const type = value.kind === 'reference' ? value.name : value.callee;
  const name = type.slice(type.lastIndexOf('.') + 1);
  return name === 'bool' || name === 'int' || name === 'float' || name === 'list' ? name : name === 'Csv' ? 'list' : 'other';
}

/** Callees whose result is random. */
export function generates(callee: string): boolean {
  return /^(secrets\.(token_\w+|choice|randbelow|SystemRandom\b.*)|os\.urandom|uuid\.uuid[14](\.\w+)?|cryptography\.fernet\.Fernet\.generate_key|django\.core\.management\.utils\.get_random_secret_key|random\.(choice|choices|random|randint)|.*\.token_(hex|urlsafe|bytes)(\.hex|\.decode)?)$/.test(callee);
}

/** Callees that ask a secret store. */
export function secretStore(callee: string): string | undefined {
  if (/^keyring\.get_password$/.test(callee)) return 'keyring';
  if (/^boto3\.(client|session\.Session\.client)\.(get_secret_value|get_parameters?)/.test(callee)) return 'AWS';
  if (/^hvac\./.test(callee)) return 'Vault';
  if (/secretmanager.*\.access_secret_version/.test(callee)) return 'Google Secret Manager';
  if (/^azure\.keyvault\..*get_secret/.test(callee)) return 'Azure Key Vault';
  return undefined;
}
