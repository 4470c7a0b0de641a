import type { Column, ColumnMatch, Context, Edit, Variation } from '../kit';
import { columns, importing, insert, nameWords, replace, rule } from '../kit';

const MONEY = /^(price|amount|total|subtotal|balance|cost|fee|tax|salary|discount|refund|payout)s?$/;
const CURRENCY = /^(usd|eur|gbp|chf|cad|aud|jpy|inr|brl|pln|czk|sek|nok|dkk|huf|rub|uah|cny|try|ngn|zar|mxn|dollars?|euros?|pounds?|rupees?)$/;
/** Words that mean money wherever they stand, beside those that also count points, litres and seconds. */
const SURE = /^(price|salary|fee|refund|payout|subtotal)s?$/;
/** A share, a guess or a statistic; fractions of money are in none of them. */
const NO_SUM = /^(rate|ratio|percent|percentage|pct|factor|avg|average|mean|median|expected|estimated?|predicted|prediction|forecast|score|weight|hours?|minutes|seconds|days|tokens?|kg|qty|quantity|count|points|volume|change|multiplier|index|elo|std|delta|sqft|calories)$/;
const STATISTICS = /(Stats?|Statistics?|Metrics?|Analytics|Report|Usage|Snapshot|Prediction|Forecast|Estimate|Candle|Ticker|Quote|Ohlcv?|Indicator|Simulation|Backtest|Signal|Nutrition|Recipe|Ingredient|Game|Score|Experiment|Model)s?$/i;
/** What an application that takes money has beside it. */
const TRADE = /(Order|Invoice|Payment|Product|Cart|Basket|Bill|Sale|Purchase|Transaction|Expense|Subscription|Plan|Refund|Payout|Wallet|Account|Booking|Ticket|Item|Salary|Payroll|Loan|Checkout|Coupon|Transfer|Deposit|Ledger|Receipt|Donation)s?$/;
const FLOATS = /^(Float|FLOAT|REAL|Real|Double|DOUBLE|DOUBLE_PRECISION|FloatField|DoubleField)$/;
const DOCUMENTS: ReadonlySet<string> = new Set(['mongoengine', 'beanie', 'odmantic']);

export default rule<ColumnMatch>({
  id: 'money-as-float',
  title: 'Money is stored as decimal or integer cents',
  severity: 'medium', confidence: 'confirmed', blocks: 'never', effort: 'M', since: '1',
  why: 'Binary fractions cannot hold 0.10, so sums drift by cents and refunds do not match. Accountants find it, later.',
  how: 'Store integer cents or decimals and round once.',
  links: ['https://docs.python.org/3/library/decimal.html', 'https://docs.sqlalchemy.org/en/20/core/type_basics.html'],
  anchors: ['semgrep use-decimalfield-for-money'],

  on: columns((one) => isMoney(one.name)),
  check: (match) => isFloat(match.column, match.model.orm) && judge(match),
  message: ({ model, column }) => `${model.name}.${column.name} stores money as floating point.`,
  underline: ({ column }) => column.nameAt,
  holds: ({ model, column }) => EXACT.test(column.type?.name ?? column.annotation ?? '') ? `${model.name}.${column.name} is ${column.type?.name ?? column.annotation ?? ''}` : undefined,
  nothing: 'No column holds money.',
  summary: (count) => count === 1 ? 'The only column of money is exact' : `${count} columns of money, all exact`,

  fix: { title: 'Use a decimal column', safety: 'review', edit: decimal, remains: 'Write a migration for the column, and let the code calculate with Decimal.' },

  examples: () => ({
    'a total of an order': {
      bad: 'class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Float)\ndb = None\n', path: 'models.py',
      good: 'class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Numeric(10, 2))\ndb = None\n',
    },
    'Django': {
      bad: 'from django.db import models\nclass Product(models.Model):\n    price = models.FloatField(default=0)\n', path: 'shop/models.py',
      good: 'from django.db import models\nclass Product(models.Model):\n    price = models.DecimalField(max_digits=10, decimal_places=2, default=0)\n',
    },
    'an imported type': {
      bad: 'from sqlalchemy import Column, Float, Integer\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\nclass Invoice(Base):\n    __tablename__ = "invoices"\n    id = Column(Integer, primary_key=True)\n    amount_due_eur = Column(Float(precision=2), nullable=False)\n', path: 'models.py',
      good: 'from sqlalchemy import Column, Float, Integer\nfrom sqlalchemy import Numeric\nfrom sqlalchemy.orm import declarative_base\n\nBase = declarative_base()\n\nclass Invoice(Base):\n    __tablename__ = "invoices"\n    id = Column(Integer, primary_key=True)\n    amount_due_eur = Column(Numeric(10, 2), nullable=False)\n',
    },
    'an annotation alone': { bad: 'from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\nclass Base(DeclarativeBase):\n    pass\n\nclass Payment(Base):\n    __tablename__ = "payment"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    amount: Mapped[float]\n', path: 'models.py' },
    'SQLModel': { bad: 'from sqlmodel import Field, SQLModel\n\nclass ProductBase(SQLModel):\n    price: float = Field(gt=0)\n\nclass Product(ProductBase, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n\nclass ProductPublic(ProductBase):\n    id: int\n', path: 'models.py' },
    'a document': { bad: 'from mongoengine import Document, FloatField\n\nclass Order(Document):\n    total_price = FloatField()\n', severity: 'low' },
    'peewee': { bad: 'from peewee import *\n\nclass Expense(Model):\n    cost = FloatField()\n', path: 'models.py' },
    'a total that may count anything': { bad: 'class Tally(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Float)\ndb = None\n', path: 'models.py' },
    'exact columns and a rate': { good: 'class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Numeric(10, 2))\n    tax_rate = db.Column(db.Float)\ndb = None\n', path: 'models.py' },
    'cents': { good: 'from django.db import models\nclass Product(models.Model):\n    price_cents = models.IntegerField()\n    amount = models.PositiveIntegerField()\n', path: 'shop/models.py' },
    'shares and guesses': { good: 'class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    discount_percent = db.Column(db.Float)\n    predicted_price = db.Column(db.Float)\n    avg_cost = db.Column(db.Float)\n    total_hours = db.Column(db.Float)\ndb = None\n', path: 'models.py' },
    'prices of a market': { good: 'from sqlalchemy import Column, Float, Integer\nfrom db import Base\nclass Candle(Base):\n    __tablename__ = "candles"\n    id = Column(Integer, primary_key=True)\n    close_price = Column(Float)\n', path: 'models.py' },
    'a discount that is a share': { good: 'class Coupon(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    discount = db.Column(db.Float)\n    tax = db.Column(db.Float)\ndb = None\n', path: 'models.py' },
    'a schema of an API': { good: 'from pydantic import BaseModel\nfrom sqlmodel import SQLModel\nclass Price(BaseModel):\n    price: float\nclass Quoted(SQLModel):\n    price: float\n', path: 'schemas.py' },
    'a form and a serializer': { good: 'from rest_framework import serializers\nfrom wtforms import FloatField, Form\nclass Pay(Form):\n    amount = FloatField()\nclass Order(serializers.Serializer):\n    total = serializers.FloatField()\n' },
    'a type of money': { good: 'from django.db import models\nfrom djmoney.models.fields import MoneyField\nclass Product(models.Model):\n    price = MoneyField(max_digits=14, decimal_places=2)\n', path: 'shop/models.py' },
    'Mapped to Decimal': { good: 'from decimal import Decimal\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase):\n    pass\nclass Payment(Base):\n    __tablename__ = "payment"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    amount: Mapped[Decimal]\n', path: 'models.py' },
    'tests': { good: 'class Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    total = db.Column(db.Float)\ndb = None\n', path: 'tests/models.py' },
  }),
});

const EXACT = /^(Numeric|NUMERIC|DECIMAL|Decimal|decimal\.Decimal|Integer|BigInteger|SmallInteger|INTEGER|BIGINT|MoneyField|\w*IntegerField|DecimalField|Decimal128Field|int)$/;

function isMoney(name: string): boolean {
  const words = nameWords(name);
  if (words.some((each) => NO_SUM.test(each))) return false;
  const last = words.at(-1) ?? '';
  return MONEY.test(last) || ((CURRENCY.test(last) || /^(due|paid|net|gross)$/.test(last)) && words.slice(0, -1).some((each) => MONEY.test(each) || /^(due|paid)$/.test(each)));
}

function isFloat(column: Column, orm: string): boolean {
  if (column.type) return FLOATS.test(column.type.name) && !column.type.qualified.startsWith('django.forms');
  return column.annotation === 'float' && orm !== 'django';
}

/** `discount` and `tax` alone are shares as often as sums; `total` and `amount` count other things too. */
function judge({ model, column }: ColumnMatch): boolean | Variation {
  if (/^(discount|tax|fee)$/.test(column.name) || STATISTICS.test(model.name) || model.columns.some((each) => /^(high|low|open|volume|open_price|close)$/.test(each.name))) return false;
  if (DOCUMENTS.has(model.orm)) return { severity: 'low', because: 'a document database has few other numbers' };
  const words = nameWords(column.name);
  const sure = words.some((each) => SURE.test(each) || CURRENCY.test(each)) || TRADE.test(model.name) || model.columns.some((each) => /price|currency/i.test(each.name));
  return sure || { confidence: 'likely', because: 'the name alone says that it is money' };
}

function decimal({ module, column }: ColumnMatch, { source }: Context): readonly Edit[] | undefined {
  const { type, call } = column;
  if (!type || !call || column.annotation !== undefined) return undefined;
  const written = source.slice(type.at);
  if (type.qualified.startsWith('django.db.models.')) {
    const name = written.replace(/FloatField$/, 'DecimalField');
    const rest = call.args.length + call.keywords.length > 0 ? ', ' : '';
    return name === written ? undefined : [replace(type.at, name), insert(call.argumentsAt.start + 1, `max_digits=10, decimal_places=2${rest}`)];
  }
  const [, prefix = ''] = /^((?:\w+\.)?)(?:Float|FLOAT|REAL|Double|DOUBLE|DOUBLE_PRECISION)\b/.exec(written) ?? [];
  if (prefix) return [replace(type.at, `${prefix}Numeric(10, 2)`)];
  return type.qualified.startsWith('sqlalchemy.') ? [replace(type.at, 'Numeric(10, 2)'), ...importing(module, source, 'Numeric', 'sqlalchemy')] : undefined;
}
