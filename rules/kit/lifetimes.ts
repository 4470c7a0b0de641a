/**
 * What ages by itself: until when releases get fixes, and which packages nobody looks after any more. The one place for it. Rules have no clock: what is
 * over is what was over on the day of this table, which every finding prints.
 */

/** The day these tables were last compared with their sources, which stand beside each entry. */
export const TABLE_DATE = '2026-11-28';

export interface Product {
  readonly name: string;
  /** Serves the network itself: what is not mended there is open to everybody. */
  readonly exposed: boolean;
  /** What to move to, as a tag writes it; absent where moving is more than changing a tag. */
  readonly next?: string;
  /** Who says so. */
  readonly source: string;
  /** Last day of fixes, by release. */
  readonly ends: Readonly<Record<string, string>>;
}

/** By the name of the image, the package or the runtime. Dates are those of the longest support that costs nothing. */
export const PRODUCTS: Readonly<Record<string, Product>> = {
  python: {
    name: 'Python', exposed: true, source: 'https://devguide.python.org/versions/', next: '3.13',
    ends: { '2.7': '2020-01-01', '3.4': '2019-03-18', '3.5': '2020-09-30', '3.6': '2021-12-23', '3.7': '2023-06-27', '3.8': '2024-10-07', '3.9': '2025-10-31', '3.10': '2026-10-31', '3.11': '2027-10-31', '3.12': '2028-10-31', '3.13': '2029-10-31', '3.14': '2030-10-31', '3.15': '2031-10-31' },
  },
  node: {
    name: 'Node.js', exposed: true, source: 'https://github.com/nodejs/Release/blob/main/schedule.json', next: '24',
    ends: {
      '4': '2018-04-30', '5': '2016-06-30', '6': '2019-04-30', '7': '2017-06-30', '8': '2019-12-31', '9': '2018-06-30', '10': '2021-04-30', '11': '2019-06-01', '12': '2022-04-30', '13': '2020-06-01', '14': '2023-04-30', '15': '2021-06-01', '16': '2023-09-11', '17': '2022-06-01', '18': '2025-04-30', '19': '2023-06-01', '20': '2026-04-30',
      '21': '2024-06-01', '22': '2027-04-30', '23': '2025-06-01', '24': '2028-04-30', '25': '2026-06-01', '26': '2029-04-30',
    },
  },
  django: {
    name: 'Django', exposed: true, source: 'https://www.djangoproject.com/download/#supported-versions',
    ends: { '1.8': '2018-04-01', '1.9': '2017-04-04', '1.10': '2017-12-02', '1.11': '2020-04-01', '2.0': '2019-04-01', '2.1': '2019-12-02', '2.2': '2022-04-11', '3.0': '2021-04-06', '3.1': '2021-12-07', '3.2': '2024-04-01', '4.0': '2023-04-01', '4.1': '2023-12-01', '4.2': '2026-04-07', '5.0': '2025-04-02', '5.1': '2025-12-03', '5.2': '2028-04-30', '6.0': '2027-04-30', '6.1': '2027-12-31' },
  },
  debian: { name: 'Debian', exposed: false, source: 'https://wiki.debian.org/LTS', next: '13', ends: { '8': '2020-06-30', '9': '2022-07-01', '10': '2024-06-30', '11': '2026-08-31', '12': '2028-06-30', '13': '2030-06-30' } },
  ubuntu: { name: 'Ubuntu', exposed: false, source: 'https://endoflife.date/ubuntu', next: '24.04', ends: { '14.04': '2019-04-02', '16.04': '2021-04-02', '18.04': '2023-05-31', '20.04': '2025-05-31', '22.04': '2027-04-01', '22.10': '2023-07-20', '23.04': '2024-01-20', '23.10': '2024-07-12', '24.04': '2029-05-31', '24.10': '2025-07-10', '25.04': '2026-01-17', '25.10': '2026-07-01', '26.04': '2031-04-30' } },
  alpine: {
    name: 'Alpine', exposed: false, source: 'https://alpinelinux.org/releases/', next: '3.23',
    ends: { '3.6': '2019-05-01', '3.7': '2019-11-01', '3.8': '2020-05-01', '3.9': '2020-11-01', '3.10': '2021-05-01', '3.11': '2021-11-01', '3.12': '2022-05-01', '3.13': '2022-11-01', '3.14': '2023-05-01', '3.15': '2023-11-01', '3.16': '2024-05-23', '3.17': '2024-11-22', '3.18': '2025-05-09', '3.19': '2025-11-01', '3.20': '2026-04-01', '3.21': '2026-11-01', '3.22': '2027-05-01', '3.23': '2027-11-01', '3.24': '2028-06-01' },
  },
  postgres: { name: 'PostgreSQL', exposed: false, source: 'https://www.postgresql.org/support/versioning/', ends: { '9': '2021-11-11', '10': '2022-11-10', '11': '2023-11-09', '12': '2024-11-21', '13': '2025-11-13', '14': '2026-11-12', '15': '2027-11-11', '16': '2028-11-09', '17': '2029-11-08', '18': '2030-11-14' } },
  mysql: { name: 'MySQL', exposed: false, source: 'https://endoflife.date/mysql', ends: { '5.5': '2018-12-31', '5.6': '2021-02-28', '5.7': '2023-10-31', '8.0': '2026-04-30', '8.1': '2023-10-25', '8.2': '2023-12-14', '8.3': '2024-04-10', '8.4': '2032-04-30', '9.0': '2024-10-15', '9.1': '2025-01-21', '9.2': '2025-04-15', '9.3': '2025-07-22', '9.4': '2025-10-21', '9.5': '2026-01-20', '9.6': '2026-04-21', '9.7': '2034-04-21' } },
  mariadb: { name: 'MariaDB', exposed: false, source: 'https://endoflife.date/mariadb', ends: { '10.1': '2020-10-17', '10.2': '2022-05-23', '10.3': '2023-05-25', '10.4': '2024-06-18', '10.5': '2025-06-24', '10.6': '2026-07-06', '10.7': '2023-02-09', '10.8': '2023-05-20', '10.9': '2023-08-22', '10.10': '2023-11-17', '10.11': '2028-02-16', '11.0': '2024-06-06', '11.1': '2024-08-21', '11.2': '2024-11-21', '11.3': '2024-05-29', '11.4': '2029-05-29', '11.5': '2024-11-21', '11.6': '2025-02-13', '11.7': '2025-05-12', '11.8': '2028-06-04', '12.0': '2025-11-18', '12.1': '2026-02-13', '12.2': '2026-05-28', '12.3': '2029-06-12' } },
  // Only what has ended for certain: its makers name the releases they look after, and no dates.
  redis: { name: 'Redis', exposed: false, source: 'https://github.com/redis/redis/security', ends: { '3': '2018-10-17', '4': '2020-04-30', '5': '2022-04-27', '6.0': '2022-05-31', '7.0': '2024-07-29', '8.0': '2026-02-11' } },
  mongo: { name: 'MongoDB', exposed: false, source: 'https://www.mongodb.com/legal/support-policy/lifecycles', ends: { '3.2': '2018-09-30', '3.4': '2020-01-31', '3.6': '2021-04-30', '4.0': '2022-04-30', '4.2': '2023-04-30', '4.4': '2024-02-29', '5.0': '2024-10-31', '6.0': '2025-07-31', '7.0': '2027-08-31', '8.0': '2029-10-31', '8.2': '2026-07-31' } },
};

/** Names of Debian's releases, as tags use them. */
export const DEBIAN_NAMES: Readonly<Record<string, string>> = { jessie: '8', stretch: '9', buster: '10', bullseye: '11', bookworm: '12', trixie: '13' };

export interface Abandoned {
  /** What became of it, as the middle of a sentence. */
  readonly status: string;
  readonly replacement: string;
  /** Who says so: its makers, or an advisory. */
  readonly source: string;
  /** Only versions before this one. */
  readonly below?: string;
  /** Its holes will not be mended, or it was made to do harm. */
  readonly dangerous?: true;
}

const MALICIOUS = (source: string): Abandoned => ({ status: 'the name of a package that was made to do harm', replacement: 'the package it imitates', source, dangerous: true });
const TYPOS_OF_2017 = 'http://www.nbu.gov.sk/skcsirt-sa-20170909-pypi/';
const IN_PYTHON = (module: string): Abandoned => ({ status: 'a copy of what Python has had for years', replacement: 'the standard library', source: `https://docs.python.org/3/library/${module}.html` });
const ARCHIVED = (replacement: string, source: string): Abandoned => ({ status: 'no longer maintained', replacement, source });
const RENAMED = (replacement: string, source: string): Abandoned => ({ status: 'an old name', replacement, source });
const github = (repository: string) => `https://github.com/${repository}`;
const pypi = (name: string) => `https://pypi.org/project/${name}/`;
const npm = (name: string) => `https://www.npmjs.com/package/${name}`;

/** Packages of PyPI by their name, lower case and with dashes. */
export const ABANDONED_PYTHON: Readonly<Record<string, Abandoned>> = {
  'flask-script': ARCHIVED('the commands of Flask itself', github('smurfix/flask-script')), 'flask-jwt': ARCHIVED('Flask-JWT-Extended', github('mattupstate/flask-jwt')), 'flask-restplus': ARCHIVED('flask-restx', github('noirbizarre/flask-restplus')),
  'flask-oauthlib': ARCHIVED('Authlib', github('lepture/flask-oauthlib')), 'flask-oauth': ARCHIVED('Authlib', github('mitsuhiko/flask-oauth')), 'flask-uploads': ARCHIVED('Flask-Reuploaded', github('jugmac00/flask-reuploaded')),
  'flask-cache': ARCHIVED('Flask-Caching', github('pallets-eco/flask-caching')), 'flask-sslify': ARCHIVED('flask-talisman', github('kennethreitz/flask-sslify')), 'fastapi-jwt-auth': ARCHIVED('PyJWT', github('IndominusByte/fastapi-jwt-auth')),
  'django-rest-swagger': ARCHIVED('drf-spectacular', github('marcgibbons/django-rest-swagger')), 'django-heroku': ARCHIVED('dj-database-url and whitenoise', github('heroku/django-heroku/issues/56')),
  'python-social-auth': ARCHIVED('social-auth-app-django', github('omab/python-social-auth')), oauth2client: ARCHIVED('google-auth', github('googleapis/oauth2client')), raven: ARCHIVED('sentry-sdk', github('getsentry/raven-python')),
  'mysql-python': ARCHIVED('mysqlclient', github('farcepest/MySQLdb1')), nose: ARCHIVED('pytest', github('nose-devs/nose')),
  passlib: { status: 'without a release since 2020', replacement: 'pwdlib or argon2-cffi', source: 'https://foss.heptapod.net/python-libs/passlib/-/issues/187' }, aioredis: { status: 'part of redis now', replacement: 'redis.asyncio', source: pypi('aioredis') },
  pycrypto: { status: 'without fixes since 2013, with known holes', replacement: 'pycryptodome or cryptography', source: 'https://nvd.nist.gov/vuln/detail/CVE-2013-7459', dangerous: true },
  'python-jose': { status: 'vulnerable to forged tokens before 3.4', replacement: 'PyJWT, or 3.4', source: 'https://nvd.nist.gov/vuln/detail/CVE-2024-33663', below: '3.4', dangerous: true },
  sklearn: RENAMED('scikit-learn', pypi('sklearn')), dotenv: RENAMED('python-dotenv', pypi('python-dotenv')), fpdf: RENAMED('fpdf2', github('reingart/pyfpdf')), pypdf2: RENAMED('pypdf', pypi('PyPDF2')), distribute: RENAMED('setuptools', pypi('distribute')),
  'cx-oracle': RENAMED('oracledb', github('oracle/python-cx_Oracle')), pil: RENAMED('Pillow', 'https://pillow.readthedocs.io/en/stable/about.html'), beautifulsoup: RENAMED('beautifulsoup4', pypi('beautifulsoup4')),
  enum34: IN_PYTHON('enum'), futures: IN_PYTHON('concurrent.futures'), pathlib: IN_PYTHON('pathlib'), asyncio: IN_PYTHON('asyncio'), argparse: IN_PYTHON('argparse'), uuid: IN_PYTHON('uuid'), hashlib: IN_PYTHON('hashlib'), ssl: IN_PYTHON('ssl'), unittest2: IN_PYTHON('unittest'),
  'python3-dateutil': MALICIOUS(github('dateutil/dateutil/issues/984')), jeilyfish: MALICIOUS(github('dateutil/dateutil/issues/984')), colourama: MALICIOUS('https://bertusk.medium.com/detecting-cyber-attacks-in-the-python-package-index-pypi-61ab2b585c67'),
  urlib3: MALICIOUS(TYPOS_OF_2017), 'setup-tools': MALICIOUS(TYPOS_OF_2017), acqusition: MALICIOUS(TYPOS_OF_2017),
};

/** Packages of npm by their name. */
export const ABANDONED_NODE: Readonly<Record<string, Abandoned>> = {
  request: ARCHIVED('undici or fetch', github('request/request/issues/3142')), 'request-promise': ARCHIVED('undici or fetch', github('request/request/issues/3142')), csurf: ARCHIVED('csrf-csrf', npm('csurf')), 'node-sass': ARCHIVED('sass', npm('node-sass')),
  tslint: ARCHIVED('typescript-eslint', npm('tslint')), 'har-validator': ARCHIVED('ajv', npm('har-validator')), 'left-pad': ARCHIVED('String.prototype.padStart', npm('left-pad')),
  'node-uuid': RENAMED('uuid', npm('node-uuid')), xmldom: RENAMED('@xmldom/xmldom', github('xmldom/xmldom/issues/271')), 'babel-eslint': RENAMED('@babel/eslint-parser', npm('babel-eslint')),
  'aws-sdk': { status: 'without fixes since September 2025', replacement: '@aws-sdk/client-*', source: npm('aws-sdk') },
  'event-stream': { status: 'once used to steal wallets', replacement: 'node:stream', source: github('dominictarr/event-stream/issues/116'), dangerous: true }, 'flatmap-stream': MALICIOUS(github('dominictarr/event-stream/issues/116')), crossenv: MALICIOUS(npm('crossenv')),
};
