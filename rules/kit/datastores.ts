/** Images that keep data, as people run them beside an application. */
import type { Service } from './files';

export interface Datastore {
  /** What people call it. */
  readonly name: string;
  /** The folders its data is in; the first is what a fix mounts. */
  readonly folders: readonly string[];
  readonly ports: readonly string[];
  /** It is asked with this command whether it is ready; undefined where the image has none. */
  readonly ready?: string;
  /** Only what is kept by the applications' own wish: a cache may be lost. */
  readonly cache?: true;
  /** A page for people who look after a datastore. */
  readonly console?: true;
}

interface Named extends Datastore { readonly image: RegExp }

const ALL: readonly Named[] = [
  { image: /(^|\/)(postgres|postgis|timescaledb(-ha)?|pgvector|pg_?vector|postgresql|supabase\/postgres)([:@-]|$)|(^|\/)ankane\/pgvector/, name: 'PostgreSQL', folders: ['/var/lib/postgresql/data', '/var/lib/postgresql', '/bitnami/postgresql', '/home/postgres/pgdata'], ports: ['5432'], ready: 'pg_isready' },
  { image: /(^|\/)(mysql|mysql-server|percona)([:@]|$)/, name: 'MySQL', folders: ['/var/lib/mysql', '/bitnami/mysql'], ports: ['3306', '33060'] },
  { image: /(^|\/)mariadb([:@]|$)/, name: 'MariaDB', folders: ['/var/lib/mysql', '/bitnami/mariadb'], ports: ['3306'] },
  { image: /(^|\/)(mongo|mongodb|mongodb-community-server)([:@]|$)/, name: 'MongoDB', folders: ['/data/db', '/bitnami/mongodb'], ports: ['27017'] },
  { image: /(^|\/)(redis|redis-stack(-server)?|valkey|keydb|dragonfly)([:@-]|$)/, name: 'Redis', folders: ['/data', '/bitnami/redis/data', '/bitnami/valkey/data'], ports: ['6379'], ready: 'redis-cli', cache: true },
  { image: /(^|\/)memcached([:@]|$)/, name: 'Memcached', folders: [], ports: ['11211'], cache: true },
  { image: /(^|\/)rabbitmq([:@]|$)/, name: 'RabbitMQ', folders: ['/var/lib/rabbitmq', '/bitnami/rabbitmq'], ports: ['5672', '15672'] },
  { image: /(^|\/)(minio)([:@]|$)/, name: 'MinIO', folders: ['/data', '/export', '/bitnami/minio/data'], ports: ['9001'] },
  { image: /(^|\/)elasticsearch([:@]|$)/, name: 'Elasticsearch', folders: ['/usr/share/elasticsearch/data', '/bitnami/elasticsearch/data'], ports: ['9200', '9300'] },
  { image: /(^|\/)opensearch([:@]|$)/, name: 'OpenSearch', folders: ['/usr/share/opensearch/data'], ports: ['9200'] },
  { image: /(^|\/)clickhouse(-server)?([:@]|$)/, name: 'ClickHouse', folders: ['/var/lib/clickhouse'], ports: ['8123', '9000'] },
  { image: /(^|\/)influxdb([:@]|$)/, name: 'InfluxDB', folders: ['/var/lib/influxdb2', '/var/lib/influxdb'], ports: ['8086'] },
  { image: /(^|\/)(couchdb)([:@]|$)/, name: 'CouchDB', folders: ['/opt/couchdb/data'], ports: ['5984'] },
  { image: /(^|\/)neo4j([:@]|$)/, name: 'Neo4j', folders: ['/data'], ports: ['7474', '7687'] },
  { image: /(^|\/)qdrant([:@]|$)/, name: 'Qdrant', folders: ['/qdrant/storage'], ports: ['6333'] },
  { image: /(^|\/)adminer([:@]|$)/, name: 'Adminer', folders: [], ports: ['8080'], console: true },
  { image: /(^|\/)phpmyadmin([:@]|$)/, name: 'phpMyAdmin', folders: [], ports: ['80'], console: true },
  { image: /(^|\/)pgadmin4?([:@]|$)/, name: 'pgAdmin', folders: [], ports: ['80', '443'], console: true },
  { image: /(^|\/)mongo-express([:@]|$)/, name: 'Mongo Express', folders: [], ports: ['8081'], console: true },
  { image: /(^|\/)(redis-?commander|redisinsight)([:@]|$)/, name: 'a console of Redis', folders: [], ports: ['8081', '5540', '8001'], console: true },
  { image: /(^|\/)kibana([:@]|$)/, name: 'Kibana', folders: [], ports: ['5601'], console: true },
];

/** What keeps data under a service's image; undefined for applications and for images that are built here. */
export function datastoreOf({ image, build }: Pick<Service, 'image' | 'build'>): Datastore | undefined {
  if (image === undefined || build) return undefined;
  const plain = image.replace(/^\$\{\w+:?-([^}]*)\}/, '$1');
  return ALL.find((each) => each.image.test(plain));
}
