import type { Column, ColumnMatch, Project, Variation } from '../kit';
import { columns, nameWords, rule } from '../kit';

/** What a column holds, by its name. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/(^|_)(card_?number|cc_?number|credit_card|credit_card_number|cardnumber|pan_number|cvv2?|cvc2?|card_cvc|card_cvv|card_security_code|security_code)$/, 'payment card data'],
  [/(^|_)(ssn|social_security(_number|_no)?|national_id(_number)?|national_insurance_number|aadhaar(_number)?|passport_(number|no)|passport_num|tax_identification_number|drivers?_licen[cs]e(_number)?)$/, 'a number that identifies a person'],
  [/(^|_)(iban|bank_account_number|account_number|routing_number|bank_account)$/, 'a bank account'],
  [/(^|_)(diagnosis|medical_(history|record|notes|condition)|health_(record|data|condition)|hiv_status|blood_type)$/, 'health data'],
  [/(^|_)(totp|otp|mfa|2fa|two_?factor)_(secret|key|seed)$|^totp$/, 'the secret of a second factor'],
  [/(^|_)(oauth_token|oauth_secret|access_token|refresh_token|client_secret|smtp_password|imap_password|mail_password|email_password|ssh_private_key|private_key|bot_token|db_password|database_password)$/, 'a secret of another system'],
];
const TEXT = /^(String|Text|Unicode|UnicodeText|VARCHAR|CHAR|TEXT|NVARCHAR|CharField|TextField|StringField|AutoString|Integer|BigInteger|IntegerField|)$/;
const DERIVED = /(^|_)(hash|hashed|digest|last4|last_4|last_four|masked|encrypted|enc|cipher\w*|id|expires?|expiry|expires_at|type|url|path|arn|ref|fingerprint)(_|$)/;
/** Rows of these are sessions and tokens of the application itself. */
const OWN = /^(User)?(Session|Token|AccessToken|RefreshToken|AuthToken|BlacklistedToken|TokenBlocklist|RevokedToken|OAuth2?Token|OAuth2?Client|OAuth2?AuthorizationCode|Oauth2?\w*|LoginToken|Client|Application)s?$/;

export default rule<ColumnMatch>({
  id: 'sensitive-field-unencrypted',
  title: 'Especially sensitive fields are encrypted',
  severity: 'medium', points: 4, confidence: 'possible', blocks: 'never', effort: 'M', since: '1', attestable: 'encryption-at-rest',
  why: 'A dump or an over-broad query then shows data that law or contracts protect. Stored third-party tokens open other systems.',
  how: 'Encrypt the field, store a reference at the provider, or do not store it.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Cryptographic_Storage_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/311.html'],
  anchors: ['CWE-311', 'CWE-312'],

  on: columns((one) => kindOf(one) !== undefined),
  check: ({ column, model }, { project }): boolean | Variation => {
    if (!TEXT.test(column.type?.name ?? '') || OWN.test(model.name) || isEncrypted(column, project)) return false;
    return kindOf(column) !== 'payment card data' || { severity: 'high', points: 10, because: 'rules of the card industry forbid it' };
  },
  message: ({ model, column }) => `${model.name}.${column.name} holds ${kindOf(column) ?? ''} in clear text.`,
  underline: ({ column }) => column.nameAt,
  holds: ({ model, column }) => /encrypt/i.test(column.type?.name ?? '') ? `${model.name}.${column.name} is ${column.type?.name ?? ''}` : undefined,
  nothing: 'No column is named like especially sensitive data.',

  examples: () => ({
    'a bank account': { bad: 'class Employee(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    iban = db.Column(db.String(34))\ndb = None\n', path: 'models.py' },
    'a token of another system': { bad: 'class Integration(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    refresh_token = db.Column(db.Text)\ndb = None\n', path: 'models.py' },
    'what the codes of a second factor are made of': { bad: 'from django.db import models\nclass Profile(models.Model):\n    totp = models.CharField(max_length=32)\n    totp_created = models.DateTimeField(null=True)\n    totp_enabled = models.BooleanField(default=False)\n', path: 'shop/models.py' },
    'a card': { bad: 'from django.db import models\nclass Payment(models.Model):\n    card_number = models.CharField(max_length=20)\n', path: 'shop/models.py', severity: 'high' },
    'SQLModel': { bad: 'from sqlmodel import Field, SQLModel\nclass Patient(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    diagnosis: str\n', path: 'models.py' },
    'encrypted': { good: 'from sqlalchemy_utils import StringEncryptedType\nclass Employee(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    iban = db.Column(StringEncryptedType(db.String, "key"))\ndb = None\n', path: 'models.py' },
    'a part, and a reference': { good: 'class Card(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    card_last4 = db.Column(db.String(4))\n    stripe_id = db.Column(db.String(40))\n    access_token_expires_at = db.Column(db.DateTime)\n    card_number_hash = db.Column(db.String(64))\ndb = None\n', path: 'models.py' },
    'encrypted when it is written': { good: { 'models.py': 'from crypto import fernet\nclass Integration(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    refresh_token = db.Column(db.Text)\n    def set_token(self, token):\n        self.refresh_token = fernet.encrypt(token.encode()).decode()\ndb = None\n' } },
    'health of a service, tokens of its own': { good: 'class Service(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    health = db.Column(db.String(9))\nclass RefreshToken(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    refresh_token = db.Column(db.String(90))\ndb = None\n', path: 'models.py' },
    'a field of a library that encrypts': { good: 'from django.db import models\nfrom encrypted_fields.fields import EncryptedCharField\nclass Person(models.Model):\n    ssn = EncryptedCharField(max_length=20)\n', path: 'shop/models.py' },
  }),
});

function kindOf(column: Column): string | undefined {
  const name = nameWords(column.name).join('_');
  return DERIVED.test(name) && !/national_id|passport/.test(name) ? undefined : KINDS.find(([pattern]) => pattern.test(name))?.[1];
}

/** Some function of the project encrypts, and speaks of this column. */
function isEncrypted(column: Column, project: Project): boolean {
  const texts = project.once('texts of functions that encrypt', () => project.modules.flatMap((module) => module.functions.filter((func) => func.does.some((each) => /encrypt|seal|Fernet|kms/i.test(each))).map((func) => project.written(module.path, func.at))));
  return texts.some((each) => each.includes(column.name)) || (texts.length > 0 && /token|secret|password|key/.test(column.name));
}
