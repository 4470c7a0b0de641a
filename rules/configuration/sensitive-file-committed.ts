import type { Dotenv, Gap, Judgement, Project, Unit, Variation } from '../kit';
import { credentialsIn, fileName, ignoring, inGit, isLocalHost, isSecretName, knowsGit, looksReal, projectRule, sqlitePaths, writtenPaths, lookup } from '../kit';

/** What a file that should not be in git holds. */
interface Sensitive { readonly path: string; readonly holds: string; readonly variation?: Variation }

/** More files of one kind are one mistake. */
const MOST = 20;

export default projectRule({
  id: 'sensitive-file-committed',
  title: 'Env files, databases, dumps and keystores are not in git',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'M', since: '1', secret: true,
  why: `Everyone who ever cloned the repository has the secrets or the customers' data. Deleting the file later leaves it in the history.`,
  how: `Rotate the secrets, untrack the file with \`git rm --cached\`, and clean the history if it was ever public.`,
  links: [
    'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository',
    'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/538.html',
  ],
  anchors: ['CWE-538', 'CWE-200'],
  ladder: { name: 'committed-files', rung: 1 }, hides: ['gitignore-incomplete'],

  applies: (project) => knowsGit(project) || 'There is neither a git repository nor a .gitignore in this folder.',
  project: judge,

  fix: {
    title: 'Ignore the file from now on', safety: 'review',
    edit: (gap, { project }) => project.ignored(gap.at.path) ? undefined : ignoring([/(^|\/)\.env(\.|$)/.test(gap.at.path) && !gap.at.path.includes('/') ? gap.at.path : `/${gap.at.path}`], project),
    remains: 'Run `git rm --cached` on the file, change what it gave away, and mind that the history still has it.',
  },

  examples: () => ({
    'an env file with real values': {
      bad: { '.env': 'SECRET_KEY=f3b1c9d0a7e84c52b6d1\nDATABASE_PASSWORD=Kd83hsQ1\n', '.gitignore': '*.pyc\n' },
      good: { '.gitignore': '*.pyc\n.env\n' },
    },
    'the address of a database with its password': { bad: { 'deploy/production.env': 'DATABASE_URL=postgres://shop:Kd83-hsQ1x@db.shop.internal:5432/shop\n', '.gitignore': '*.pyc\n' } },
    'the application\'s database': {
      severity: 'high',
      bad: { 'instance/app.sqlite3': 'SQLite format 3\n', 'app.py': 'print("uses instance/app.sqlite3")\n', '.gitignore': '*.pyc\n' },
    },
    'a database that the settings name': {
      severity: 'high',
      bad: { 'data/orders.db': 'SQLite format 3\n', 'app.py': 'from flask import Flask\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///data/orders.db"\n', '.gitignore': '*.pyc\n' },
    },
    'a dump with people in it': {
      severity: 'high',
      bad: { 'backup/shop.sql': '-- PostgreSQL database dump\nCREATE TABLE public.users (id int, email text);\nCOPY public.users (id, email) FROM stdin;\n1\tann@mail.invalid\n\\.\n', '.gitignore': '*.pyc\n' },
    },
    'state of Terraform': { bad: { 'infra/terraform.tfstate': '{ "version": 4, "resources": [] }\n', '.gitignore': '*.pyc\n' } },
    'a token of a registry': { bad: { '.npmrc': '//registry.npmjs.org/:_authToken=f3b1c9d0-a7e8-4c52\n', '.gitignore': 'node_modules\n' } },
    'a keystore': { bad: { 'certs/server.p12': 'binary\n', '.gitignore': 'node_modules\n' } },
    'an env file for development': {
      severity: 'low',
      bad: { '.env.development': 'SECRET_KEY=f3b1c9d0a7e84c52b6d1\n', '.gitignore': '*.pyc\n' },
    },
    'everything in it is local': { severity: 'medium', bad: { 'data/.env': 'DATABASE_HOSTNAME=localhost\nENCRYPTION_KEY=f3b1c9d0a7e84c52b6d1\n', '.gitignore': '*.pyc\n' } },
    'an example, and the rest ignored': { good: { '.env.example': 'SECRET_KEY=\nDATABASE_PASSWORD=f3b1c9d0a7e84c52b6d1\n', '.gitignore': '.env\n*.sqlite3\n' } },
    'reference data only': { good: { 'db/seed.sql': "INSERT INTO country (code, name) VALUES ('FR', 'France');\n", '.gitignore': '.env\n' } },
    'the schema alone': { good: { 'db/schema.sql': '-- PostgreSQL database dump\nCREATE TABLE public.users (id int, email text);\n', '.gitignore': '.env\n' } },
    'values for throwing away': { good: { '.env.test': 'SECRET_KEY=f3b1c9d0a7e84c52b6d1\n', '.gitignore': '.env\n' } },
    'no secrets in it': { good: { 'frontend/.env': 'VITE_API_URL=https://api.shop.test\nVITE_MAPS_KEY=f3b1c9d0a7e84c52b6d1\n', '.env': 'APP_ENV=production\nWEB_CONCURRENCY=3\nTOKEN_LIFETIME_MINUTES=30\n', '.gitignore': '*.pyc\n' } },
    'placeholders that have to be replaced': { good: { '.env': 'SECRET_KEY=changethis\nPOSTGRES_PASSWORD=changethis\nSMTP_PASSWORD=\nDATABASE_URL=postgresql://app:changethis@localhost:5432/app\n', '.gitignore': '*.pyc\n' } },
    'references to a vault': { good: { '.env': 'SECRET_KEY=${SECRET_KEY}\nDB_PASSWORD=op://vault/shop/password\nTOKEN=vault:secret/data/shop#token\nGENERATED=$(openssl rand -hex 32)\n', '.gitignore': '*.pyc\n' } },
    'an index that holds no people': { good: { 'search.db': 'SQLite format 3\n', 'docs.py': 'import sqlite3\n\n\ndef find(text):\n    return sqlite3.connect("search.db").execute("SELECT * FROM docs WHERE docs MATCH ?", (text,))\n', '.gitignore': '*.pyc\n' } },
    'fixtures': { good: { 'tests/data/app.db': 'SQLite format 3\n', 'tests/.env': 'SECRET_KEY=f3b1c9d0a7e84c52b6d1\n', '.gitignore': '*.pyc\n' } },
    'a registry\'s token from the environment': { good: { '.npmrc': '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\nsave-exact=true\n', '.gitignore': 'node_modules\n' } },
    'a public certificate': { good: { 'certs/ca.pem': '-----BEGIN CERTIFICATE-----\nMIIBsample\n-----END CERTIFICATE-----\n', '.gitignore': 'node_modules\n' } },
    'encrypted on purpose': { good: { 'secrets/production.env': 'SECRET_KEY=ENC[AES256_GCM,data:p673w7f3b1c9d0a7e84c52b6d1,type:str]\nsops_version=3.9.0\n', '.gitignore': 'node_modules\n' } },
  }),
});

function judge(project: Project): Judgement {
  const found = [...new Map(sensitive(project).map((each) => [each.path, each])).values()].flatMap((each): Gap[] => {
    const how = inGit(each.path, project);
    if (how === undefined) return [];
    const message = how === 'tracked' ? `${each.path} is tracked by git and holds ${each.holds}.` : `${each.path} holds ${each.holds}, and no .gitignore keeps it out of git.`;
    return [{ at: { path: each.path, start: 0, end: 0 }, message, ...(each.variation && { variation: each.variation }) }];
  });
  if (found.length > 0) return { open: found.slice(0, MOST) };
  const file = project.of('ignore').find((each) => each.tool === 'git');
  return { holds: [{ path: file?.path ?? project.anchor.path, start: 0, end: 0, text: 'git holds no env file with secrets, no database, dump or keystore' }] };
}

function sensitive(project: Project): readonly Sensitive[] {
  const named = project.paths.filter((path) => !isAside(path)).flatMap((path) => byName(path, project) ?? []);
  const read = project.units.filter((unit) => unit.role === 'production' && !isAside(unit.path)).flatMap((unit) => byContent(unit, project) ?? []);
  return [...named, ...read];
}

/** Tests, samples and what is installed: their content is nobody's. */
function isAside(path: string): boolean {
  return /(^|\/)(tests?|__tests__|specs?|e2e|fixtures?|testdata|test-data|samples?|examples?|demo|docs?|node_modules|site-packages|vendor|mocks?)(\/|$)|(^|\/)[^/]*(sample|example|fixture|demo|template|[._-]test)[^/]*$/i.test(path);
}

// ---- by name: files nobody reads

const HIGH = (because: string): Variation => ({ severity: 'high', points: 15, because });
/** As databases of applications are called: others may be an index or a lookup table that belongs to the source. */
const APPLICATION_DATABASE = /(^|\/)instance\/[^/]+\.(db|sqlite3?|db3)$|(^|\/)(db|app|database|data|dev|prod|production|main|site|users?|accounts?|customers?|orders?|shop|store|blog|todo|tasks?|flaskr|project|sql_app|mydb|mydatabase)\.(db|sqlite3?|db3)$/i;

function byName(path: string, project: Project): Sensitive | undefined {
  const name = fileName(path);
  if (/\.(db|sqlite3?|db3)$/i.test(name)) {
    return APPLICATION_DATABASE.test(path) || databases(project).has(path) ? { path, holds: 'a database', variation: HIGH('whether there are people in it cannot be seen from here') } : undefined;
  }
  if (/\.(p12|pfx|jks|keystore|kdbx|ppk)$/i.test(name) && !/(^|[._-])(debug|public|ca|truststore)[._-]?/i.test(name)) return { path, holds: 'a store of private keys' };
  if (/\.(dump|sql\.gz|sql\.bz2|sql\.zip|sql\.xz|pgdump|rdb)$/i.test(name) && !/(schema|seed|init|structure)/i.test(name)) return { path, holds: 'a dump of a database', variation: { ...HIGH('what is in it cannot be seen from here'), confidence: 'likely' } };
  return undefined;
}

/** Paths of the files that database settings name, from the root and from the folders a program may run in. */
function databases(project: Project): ReadonlySet<string> {
  return project.once('databaseFiles', () => {
    const urls = project.settings('SQLALCHEMY_DATABASE_URI', 'SQLALCHEMY_DATABASE_URL', 'DATABASE_URL', 'DATABASE_URI', 'DB_URL').flatMap((each) => sqlitePaths(each.value).map((path) => ({ path, of: each.path })));
    const django = project.settings('DATABASES').flatMap((each) => each.value.kind === 'dict' ? each.value.entries.flatMap((entry) => { const name = lookup(entry.value, 'NAME'); return name ? writtenPaths(name).map((path) => ({ path, of: each.path })) : []; }) : []);
    return new Set([...urls, ...django].flatMap(({ path, of }) => {
      const folders = of.split('/').slice(0, -1);
      return [path, `instance/${path}`, ...folders.flatMap((_, index) => { const folder = folders.slice(0, index + 1).join('/'); return [`${folder}/${path}`, `${folder}/instance/${path}`]; })];
    }));
  });
}

// ---- by what is in them

function byContent(unit: Unit, project: Project): Sensitive | undefined {
  const { path } = unit;
  const name = fileName(path);
  if (unit.kind === 'dotenv') return unit.example ? undefined : ofVariables(unit, project);
  if (unit.kind === 'ini') return name === '.pypirc' && unit.sections.some((each) => each.entries.some((one) => one.name === 'password' && looksReal(one.value ?? ''))) ? { path, holds: 'a password of a package index' } : undefined;
  if (unit.kind !== 'plain' && unit.kind !== 'kubernetes') return undefined;
  if (/\.tfstate(\.backup)?$/.test(name)) return { path, holds: 'the state of Terraform, with the secrets of what it made' };
  const test = CONTENTS.find(([pattern]) => pattern.test(path));
  const text = test && project.text(path);
  return test && text !== undefined && test[1].test(text) ? { path, holds: test[2], ...(test[3] && { variation: HIGH(test[3]) }) } : undefined;
}

/** Files by their path, what in their text shows that they are real, and what they hold. */
const CONTENTS: readonly (readonly [RegExp, RegExp, string, string?])[] = [
  [/(^|\/)\.(npmrc|yarnrc)$/, /_(authToken|auth|password)\s*=\s*(?!["']?\$)["']?[\w+/=-]{12,}/, 'a token of a package registry'],
  [/(^|\/)\.(netrc|git-credentials|pgpass)$/, /password\s+\S{6,}|:\/\/[^:/\s]+:[^@\s]{6,}@|^[^#:\s]+:\d+:[^:]+:[^:]+:\S{6,}/m, 'a password of another service'],
  [/(^|\/)(\.aws\/credentials|\.s3cfg|\.boto)$/, /secret_(access_)?key\s*=\s*[\w+/]{30,}/, 'keys of a cloud account'],
  [/(^|\/)(kubeconfig|\.?kube\/config|[\w.-]*kubeconfig[\w.-]*\.ya?ml)$/, /client-key-data:\s*[\w+/=]{40,}|^\s+token:\s*[\w.-]{20,}/m, 'the keys of a cluster'],
  [/(^|\/)\.htpasswd$/, /^[^:\s]+:(\$(apr1|2[aby]|5|6)\$|\{SHA\}|[./A-Za-z0-9]{13}$)/m, 'names and password hashes', 'a hash has to be broken first'],
  [/\.sql$/i, new RegExp(String.raw`(?:COPY|INSERT INTO)\s+[\`"\[]?(?:\w+[\`"\]]?\.[\`"\[]?)?(?:\w+_)?(?:users?|customers?|accounts?|members?|patients?|employees?|clients?|contacts?|subscribers?|people|persons?)[\`"\]]?\s*(?:\([^)]*\))?\s*(?:FROM stdin;\s*\n[^\\\n][^\n]*@|VALUES\s*\([^;]*@(?!example|test\b)[\w-]+\.\w)`, 'i'), 'rows about people', 'it is data, and no key'],
];

function ofVariables(unit: Dotenv, project: Project): Sensitive | undefined {
  const { path } = unit;
  const name = fileName(path);
  // Files of sops, dotenvx and git-crypt are encrypted for being committed.
  if (unit.variables.some((each) => /^sops_|^DOTENV_PUBLIC_KEY|^DOTENV_VAULT/.test(each.name)) || /(^|[._-])(tests?|testing|ci|e2e)([._-]|$)/i.test(name)) return undefined;
  const secrets = unit.variables.filter((each) => holdsSecret(each.name, each.value ?? '', project)).map((each) => each.name);
  if (secrets.length === 0) return undefined;
  const list = secrets.length > 3 ? `${secrets.slice(0, 3).join(', ')} and ${secrets.length - 3} more` : secrets.join(', ');
  const development = project.developmentName(name.replace(/^\.env/, 'env')) && !/prod/i.test(path);
  if (development) return { path, holds: `the values of ${list}`, variation: { severity: 'low', because: 'its name says that it is for development' } };
  return { path, holds: `the values of ${list}`, ...(isForThisMachine(unit, project) && { variation: { severity: 'medium', because: 'every address in it is of the machine it lies on' } }) };
}

/** It names addresses, and all of them are local: no file of a server, unless somebody copied it there. */
function isForThisMachine(unit: Dotenv, project: Project): boolean {
  const hosts = unit.variables.flatMap(({ name, value = '' }) => {
    const host = /^[a-z][\w+.-]*:\/\/(?:[^@/\s]*@)?([^\s:/?,]+)/i.exec(value)?.[1] ?? (/(^|_)HOST(NAME)?$/i.test(name) ? value : '');
    return host === '' || host.includes('$') ? [] : [host];
  });
  return !/prod/i.test(unit.path) && hosts.length > 0 && hosts.every((host) => isLocalHost(host, project));
}

function holdsSecret(name: string, value: string, project: Project): boolean {
  if (/^(ENC\[|encrypted:|op:\/\/|vault:|arn:|projects\/|ssm:|\{|file:|@)/i.test(value)) return false;
  if (isSecretName(name)) return looksReal(value) && credentialsIn(value) === undefined;
  const credentials = credentialsIn(value);
  return credentials !== undefined && looksReal(credentials.password) && !isLocalHost(credentials.host, project);
}
