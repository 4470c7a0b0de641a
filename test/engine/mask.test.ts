import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mask, maskCode, maskLiterals, maskTokens, maskValues } from '../../engine/audit/mask';

describe('masking', () => {
  const secrets: Readonly<Record<string, string>> = {
    'SECRET_KEY = "hunter2hunter2"': 'hunter2', "os.environ.get('SECRET_KEY') or 'hunter2'": 'hunter2', "process.env.JWT_SECRET || 'hunter2'": 'hunter2', 'process.env["API_KEY"] ?? "hunter2"': 'hunter2', 'password: "hunter2"': 'hunter2', "app.config['API_KEY'] = 'hunter2'": 'hunter2', 'PASSWORD=hunter2': 'hunter2', '  - DB_PASSWORD=hunter2': 'hunter2',
    'SECRET_KEY = envsecret("SECRET_KEY", "hunter2")': 'hunter2', "KEY = config('APP_SECRET', default='hunter2')": 'hunter2', 'KEY = env.str("API_TOKEN", cast=str, default=b"hunter2")': 'hunter2',
    'ENV SECRET_KEY=hunter2': 'hunter2', 'postgres://app:hunter2@db/x': 'hunter2', 'redis://:hunter2@cache:6379': 'hunter2', 'token = b"hunter2hunter2"': 'hunter2',
    'Authorization: 9f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a': '9f8a7b6c', '-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2\n-----END RSA PRIVATE KEY-----': 'hunter2', '"jwt_secret": "hunter2",': 'hunter2',
    'return jwt.encode(claims, "hunter2", algorithm="HS256")': 'hunter2', 'jwt.decode(token, "hunter2", algorithms=["HS256"])': 'hunter2', 'smtp.login("shop", "hunter2")': 'hunter2', 'Fernet(b"hunter2")': 'hunter2', 'const SECRET = `hunter2`;': 'hunter2', 'session({ secret: `hunter2`, resave: false })': 'hunter2', 'process.env.JWT_SECRET ?? `hunter2`': 'hunter2', 'const SECRET = `hunter2${salt}`': 'hunter2', 'URLSafeTimedSerializer("hunter2")': 'hunter2',
  };
  for (const [text, secret] of Object.entries(secrets)) {
    it(`hides what ${text.split('\n')[0] ?? ''} holds`, () => { assert.ok(!maskCode(text).includes(secret), maskCode(text)); });
  }

  const plain = ['jwt.encode({"sub": name}, key, algorithm="HS256")', 'jwt.decode(token, os.environ["JWT_KEY"])', 'def test_2024_login_of_a_visitor_without_cookies_at_all(): pass', 'SECRET_KEY = os.environ["SECRET_KEY"]', 'https://docs.example.com/a/b', 'import os', 'SECRET_KEY falls back to a value in the source.'];
  for (const text of plain) it(`leaves ${text} alone`, () => { assert.equal(maskCode(text), text); });

  it('leaves code in a sentence alone', () => { assert.equal(mask('The token (`reviewedBy`) and its secret: `x`'), 'The token (`reviewedBy`) and its secret: `x`'); });

  it('leaves prose with a colon alone', () => { assert.equal(mask('SECRET_KEY: words about it'), 'SECRET_KEY: words about it'); });

  it('hides every literal of a line that is about secrets, cut ones too', () => {
    assert.equal(maskLiterals('key = os.getenv("APP_KEY", "hunter2")'), 'key = os.getenv("APP_KEY", "***")');
    assert.ok(!maskLiterals('key = f("abc", "hunter2 hunt').includes('hunter2'));
    assert.ok(!maskLiterals('key = """hunter2').includes('hunter2'));
    assert.equal(maskLiterals('jwt.sign(claims, `hunter2`)'), 'jwt.sign(claims, `***`)');
  });

  it('keeps what names a value in Python around a secret, and the path of a route', () => {
    for (const [line, shown] of [
      ['    "host": "mail.example", "password": "hunter2",', '    "host": "***", "password": "***",'],
      ['app.config["database"] = connect(user["email"], "hunter2")', 'app.config["database"] = connect(user["email"], "***")'],
      ['@app.route("/login/<int:id>", methods=["POST"])', '@app.route("/login/<int:id>", methods=["POST"])'],
      ['return jwt.encode(claims, "hunter2", algorithm="HS256")', 'return jwt.encode(claims, "***", algorithm="HS256")'],
      ['if __name__ == "__main__":', 'if __name__ == "__main__":'],
      ['DEBUG = envbool("DEBUG", "False")', 'DEBUG = envbool("DEBUG", "False")'],
      ['jwt.decode(token, "hunter2", algorithms=["none"])', 'jwt.decode(token, "***", algorithms=["none"])'],
      ['DEBUG = other("HUNTER", "hunter2")', 'DEBUG = other("***", "***")'],
    ] as const) assert.equal(maskValues(line), shown);
  });

  it('never keeps a value in Python, whatever it looks like and wherever it stands', () => {
    const places: readonly ((secret: string) => string)[] = [
      (s) => `KEY = "${s}"`, (s) => `{"${s}": "admin"}`, (s) => `{"host": "${s}", "port": 1}`, (s) => `tokens["${s}"]`, (s) => `connect("host", "${s}")`, (s) => `x = "${s}" if y else "host"`, (s) => `return ["${s}", "name"]`,
      (s) => `    "${s}",`, (s) => `    "${s}": 1,`, (s) => `@app.route("${s}")`, (s) => `url = "/${s}"`, (s) => `assert given == "${s}"`, (s) => `a = {"password": '''${s}`, (s) => `f("password", ${'b'}"${s}"`, (s) => `login(user["name"], "${s}", "${s}`,
    ];
    const secret = fc.stringMatching(/^[a-z]{3}[a-z0-9_]{4,20}q$/);
    fc.assert(fc.property(secret, fc.constantFrom(...places), (value, place) => { assert.ok(!maskValues(place(value)).includes(value), maskValues(place(value))); }), { numRuns: 500 });
  });

  it('leaves the digest of a file or an image alone', () => {
    const digest = `sha256:${'0f3a9c5b'.repeat(8)}`;
    assert.equal(mask(`FROM python@${digest}`), `FROM python@${digest}`);
    assert.ok(!mask(`password = "${digest}"`).includes('0f3a'));
  });

  it('never throws, and is done when it is done', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => { assert.equal(maskCode(maskCode(text)), maskCode(text)); maskLiterals(text); }));
  });
});

describe('the examples on a rule\'s page', () => {
  const token = `${'gh'}p_${'abcdefghij'.repeat(4)}`;
  it('hold no token of a provider, with digits or without, and no key', () => {
    for (const [text, secret] of [[`KEY = "${token}"`, 'abcdefghij'], [`KEY = "${'sk'}_live_${'4f9a'.repeat(8)}"`, '4f9a'], [`-----BEGIN ${'RSA '}PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----`, 'MIIE']] as const) {
      assert.ok(!maskTokens(text).includes(secret), maskTokens(text));
    }
  });
  it('keep what they are about', () => {
    for (const text of ['SECRET_KEY = "dev"', 'def test_2024_login_of_a_visitor_without_cookies(): pass', 'app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]']) assert.equal(maskTokens(text), text);
  });
});
