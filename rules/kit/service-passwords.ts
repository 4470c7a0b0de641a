/** How the images of datastores are given their passwords in compose files. Values are looked at here and shown nowhere. */
import { isFiller } from './secret';
import type { Deployed, Layer } from './services';
import { variablesOfService } from './services';
import type { Pair } from './files';

export interface Password extends Layer {
  readonly pair: Pair;
  /** `given` when it starts, a `weak` word that everybody tries, `written` as a text of its own, or `none` at all. */
  readonly is: 'given' | 'weak' | 'written' | 'none';
  /** What is used when nothing is given: `${X:-postgres}`. */
  readonly fallback: boolean;
}

const PASSWORDS = /^(POSTGRES(QL)?_PASSWORD|POSTGRESQL_POSTGRES_PASSWORD|PGPASSWORD|MYSQL_(ROOT_)?PASSWORD|MARIADB_(ROOT_)?PASSWORD|MONGO_INITDB_ROOT_PASSWORD|MONGODB_(ROOT_)?PASSWORD|RABBITMQ_DEFAULT_PASS|RABBITMQ_PASSWORD|MINIO_ROOT_PASSWORD|MINIO_SECRET_KEY|ELASTIC_PASSWORD|OPENSEARCH_INITIAL_ADMIN_PASSWORD|GF_SECURITY_ADMIN_PASSWORD|PGADMIN_DEFAULT_PASSWORD|ME_CONFIG_BASICAUTH_PASSWORD|REDIS_PASSWORD|INFLUXDB_ADMIN_PASSWORD|DOCKER_INFLUXDB_INIT_PASSWORD|CLICKHOUSE_PASSWORD|COUCHDB_PASSWORD)$/;
const NAMES = /(^|_)(USER|USERNAME|DB|DATABASE|LOGIN)$/;
const WEAK = /^(root|admin|administrator|user|test|guest|demo|dev|local|public|postgres(ql)?|mysql|mariadb|mongo(db)?|redis|rabbitmq|minio|minioadmin|elastic|grafana|pgadmin|pass|passwd|password|secret|default|example|letmein|welcome|qwerty|foobar|changeme\w*|change[-_ ]?me\w*|abc123|(pass(word)?|root|admin|postgres|mysql|secret|test)[-_!@]?\d{0,4}|\d{1,9}|(app|my)?(db|database)?[-_]?(pass(word)?|pwd|secret))$/i;

/** Passwords of a datastore's image, and the switches by which it asks for none. */
export function passwordsOf(deployed: Deployed): readonly Password[] {
  const all = variablesOfService(deployed);
  const names = new Set(all.filter(({ pair }) => NAMES.test(pair.name)).flatMap(({ pair }) => pair.value === undefined ? [] : [plain(pair.value)]));
  return all.flatMap((each): readonly Password[] => {
    const { name, value } = each.pair;
    if (name === 'POSTGRES_HOST_AUTH_METHOD' && value !== undefined && plain(value) === 'trust') return [{ ...each, is: 'none', fallback: false }];
    if (/^(MYSQL|MARIADB)_ALLOW_EMPTY(_ROOT)?_PASSWORD$/.test(name) && value !== undefined && /^(1|true|yes|on)$/i.test(plain(value))) return [{ ...each, is: 'none', fallback: false }];
    return PASSWORDS.test(name) ? [{ ...each, ...judged(value, names) }] : [];
  });
}

function judged(value: string | undefined, names: ReadonlySet<string>): Pick<Password, 'is' | 'fallback'> {
  if (value === undefined) return { is: 'given', fallback: false };
  const inner = /^["']?\$\{\w+:?-(.*)\}["']?$/.exec(value.trim())?.[1];
  const text = plain(inner ?? value);
  if (text === '' || /^\$|^\{\{|^<.*>$|\$\{/.test(text)) return { is: 'given', fallback: false };
  return { is: WEAK.test(text) || names.has(text) || isFiller(text) ? 'weak' : 'written', fallback: inner !== undefined };
}

function plain(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2').replace(/^\$\{\w+:?-([^}]*)\}$/, '$1');
}

/** It asks for a password that has to be given when it starts. */
export function strongPassword(deployed: Deployed): boolean {
  const all = passwordsOf(deployed);
  const files = variablesOfService(deployed).some(({ pair }) => /PASS(WORD)?_FILE$/.test(pair.name));
  return (all.length > 0 || files) && all.every((each) => each.is === 'given');
}
