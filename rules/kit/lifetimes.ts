/**
 * What ages by itself: until when releases get fixes, and which packages nobody looks after any more. The one place for it. Rules have no clock: what is
 * over is what was over on the day of this table, which every finding prints.
 */

/** The day these tables were made. */
export const TABLE_DATE = '2026-11-28';
export const TABLE_SOURCES = ['https://devguide.python.org/versions/', 'https://nodejs.org/en/about/previous-releases', 'https://endoflife.date/'] as const;

export interface Product {
  readonly name: string;
  /** Serves the network itself: what is not mended there is open to everybody. */
  readonly exposed: boolean;
  /** What to move to, as a tag writes it; absent where moving is more than changing a tag. */
  readonly next?: string;
  /** Last day of fixes, by release. */
  readonly ends: Readonly<Record<string, string>>;
}

/** By the name of the image, the package or the runtime. Dates are those of the longest support that costs nothing. */
export const PRODUCTS: Readonly<Record<string, Product>> = {
  python: {
    name: 'Python', exposed: true, next: '3.13',
    ends: { '2.7': '2020-01-01', '3.4': '2019-03-18', '3.5': '2020-09-30', '3.6': '2021-12-23', '3.7': '2023-06-27', '3.8': '2024-10-07', '3.9': '2025-10-31', '3.10': '2026-10-31', '3.11': '2027-10-31', '3.12': '2028-10-31', '3.13': '2029-10-31', '3.14': '2030-10-31' },
  },
  node: {
    name: 'Node.js', exposed: true, next: '24',
    ends: {
      '8': '2019-12-31', '10': '2021-04-30', '11': '2019-06-01', '12': '2022-04-30', '13': '2020-06-01', '14': '2023-04-30', '15': '2021-06-01', '16': '2023-09-11', '17': '2022-06-01', '18': '2025-04-30', '19': '2023-06-01', '20': '2026-04-30',
      '21': '2024-06-01', '22': '2027-04-30', '23': '2025-06-01', '24': '2028-04-30', '25': '2026-06-01',
    },
  },
  django: {
    name: 'Django', exposed: true,
    ends: { '1.8': '2018-04-01', '1.11': '2020-04-01', '2.0': '2019-04-01', '2.1': '2019-12-02', '2.2': '2022-04-11', '3.0': '2021-04-06', '3.1': '2021-12-07', '3.2': '2024-04-01', '4.0': '2023-04-01', '4.1': '2023-12-01', '4.2': '2026-04-30', '5.0': '2025-04-02', '5.1': '2025-12-31', '5.2': '2028-04-30', '6.0': '2027-04-30' },
  },
  debian: { name: 'Debian', exposed: false, next: '13', ends: { '8': '2020-06-30', '9': '2022-06-30', '10': '2024-06-30', '11': '2026-08-31', '12': '2028-06-30', '13': '2030-06-30' } },
  ubuntu: { name: 'Ubuntu', exposed: false, next: '24.04', ends: { '14.04': '2019-04-25', '16.04': '2021-04-30', '18.04': '2023-05-31', '20.04': '2025-05-31', '22.04': '2027-06-01', '24.04': '2029-05-31' } },
  alpine: {
    name: 'Alpine', exposed: false, next: '3.22',
    ends: { '3.10': '2021-05-01', '3.11': '2021-11-01', '3.12': '2022-05-01', '3.13': '2022-11-01', '3.14': '2023-05-01', '3.15': '2023-11-01', '3.16': '2024-05-23', '3.17': '2024-11-22', '3.18': '2025-05-09', '3.19': '2025-11-01', '3.20': '2026-04-01', '3.21': '2026-11-01', '3.22': '2027-05-01' },
  },
  postgres: { name: 'PostgreSQL', exposed: false, ends: { '9': '2021-11-11', '10': '2022-11-10', '11': '2023-11-09', '12': '2024-11-21', '13': '2025-11-13', '14': '2026-11-12', '15': '2027-11-11', '16': '2028-11-09', '17': '2029-11-08', '18': '2030-11-14' } },
  mysql: { name: 'MySQL', exposed: false, ends: { '5.5': '2018-12-31', '5.6': '2021-02-28', '5.7': '2023-10-31', '8.0': '2026-04-30', '8.4': '2032-04-30' } },
  mariadb: { name: 'MariaDB', exposed: false, ends: { '10.1': '2020-10-17', '10.2': '2022-05-23', '10.3': '2023-05-25', '10.4': '2024-06-18', '10.5': '2025-06-24', '10.6': '2026-07-06', '10.11': '2028-02-16', '11.4': '2029-05-29' } },
  mongo: { name: 'MongoDB', exposed: false, ends: { '3.6': '2021-04-30', '4.0': '2022-04-30', '4.2': '2023-04-30', '4.4': '2024-02-29', '5.0': '2024-10-31', '6.0': '2025-07-31', '7.0': '2027-08-31' } },
};

/** Names of Debian's releases, as tags use them. */
export const DEBIAN_NAMES: Readonly<Record<string, string>> = { jessie: '8', stretch: '9', buster: '10', bullseye: '11', bookworm: '12', trixie: '13' };

export interface Abandoned {
  /** What became of it, as the middle of a sentence. */
  readonly status: string;
  readonly replacement: string;
  /** Only versions before this one. */
  readonly below?: string;
  /** Its holes will not be mended, or it was made to do harm. */
  readonly dangerous?: true;
}

const MALICIOUS: Abandoned = { status: 'the name of a package that was made to do harm', replacement: 'the package it imitates', dangerous: true };
const IN_PYTHON: Abandoned = { status: 'a copy of what Python has had for years', replacement: 'the standard library' };
const ARCHIVED = (replacement: string): Abandoned => ({ status: 'no longer maintained', replacement });
const RENAMED = (replacement: string): Abandoned => ({ status: 'an old name', replacement });

/** Packages of PyPI by their name, lower case and with dashes. */
export const ABANDONED_PYTHON: Readonly<Record<string, Abandoned>> = {
  'flask-script': ARCHIVED('the commands of Flask itself'), 'flask-jwt': ARCHIVED('Flask-JWT-Extended'), 'flask-restplus': ARCHIVED('flask-restx'), 'flask-oauthlib': ARCHIVED('Authlib'), 'flask-oauth': ARCHIVED('Authlib'),
  'flask-uploads': ARCHIVED('Flask-Reuploaded'), 'flask-cache': ARCHIVED('Flask-Caching'), 'flask-sslify': ARCHIVED('flask-talisman'), 'fastapi-jwt-auth': ARCHIVED('PyJWT'), 'django-rest-swagger': ARCHIVED('drf-spectacular'),
  'django-heroku': ARCHIVED('dj-database-url and whitenoise'), 'python-social-auth': ARCHIVED('social-auth-app-django'), oauth2client: ARCHIVED('google-auth'), raven: ARCHIVED('sentry-sdk'), 'mysql-python': ARCHIVED('mysqlclient'), nose: ARCHIVED('pytest'),
  passlib: { status: 'without a release since 2020', replacement: 'pwdlib or argon2-cffi' }, aioredis: { status: 'part of redis now', replacement: 'redis.asyncio' },
  pycrypto: { status: 'without fixes since 2013, with known holes', replacement: 'pycryptodome or cryptography', dangerous: true },
  'python-jose': { status: 'vulnerable to forged tokens before 3.4', replacement: 'PyJWT, or 3.4', below: '3.4', dangerous: true },
  sklearn: RENAMED('scikit-learn'), dotenv: RENAMED('python-dotenv'), fpdf: RENAMED('fpdf2'), pypdf2: RENAMED('pypdf'), distribute: RENAMED('setuptools'), 'cx-oracle': RENAMED('oracledb'), pil: RENAMED('Pillow'), beautifulsoup: RENAMED('beautifulsoup4'),
  enum34: IN_PYTHON, futures: IN_PYTHON, pathlib: IN_PYTHON, asyncio: IN_PYTHON, argparse: IN_PYTHON, uuid: IN_PYTHON, hashlib: IN_PYTHON, ssl: IN_PYTHON, unittest2: IN_PYTHON,
  'python3-dateutil': MALICIOUS, jeilyfish: MALICIOUS, colourama: MALICIOUS, urlib3: MALICIOUS, 'setup-tools': MALICIOUS, acqusition: MALICIOUS,
};

/** Packages of npm by their name. */
export const ABANDONED_NODE: Readonly<Record<string, Abandoned>> = {
  request: ARCHIVED('undici or fetch'), 'request-promise': ARCHIVED('undici or fetch'), csurf: ARCHIVED('csrf-csrf'), 'node-sass': ARCHIVED('sass'), tslint: ARCHIVED('typescript-eslint'), 'har-validator': ARCHIVED('ajv'), 'left-pad': ARCHIVED('String.prototype.padStart'),
  'node-uuid': RENAMED('uuid'), xmldom: RENAMED('@xmldom/xmldom'), 'babel-eslint': RENAMED('@babel/eslint-parser'), 'aws-sdk': { status: 'without fixes since September 2025', replacement: '@aws-sdk/client-*' },
  'event-stream': { status: 'once used to steal wallets', replacement: 'node:stream', dangerous: true }, 'flatmap-stream': MALICIOUS, crossenv: MALICIOUS,
};
