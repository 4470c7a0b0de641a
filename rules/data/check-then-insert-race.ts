import type { Call, Func, Lookup, Module, Project, Selector, Variation } from '../kit';
import { LOOKUP_CALLS, coveredBy, insertIn, isCommand, isUnique, lookupsIn, onlyInDevelopment, rule, within } from '../kit';

interface Match extends Lookup { readonly insert: { readonly start: number; readonly end: number } }

/** What is given away once: two of it are sold, or money is moved twice. */
const SCARCE = /(Booking|Reservation|Seat|Slot|Ticket|Coupon|Voucher|Redemption|Redeem|Payment|Payout|Refund|Stock|Inventory|Wallet|Balance|Bid|Vote|Enrol?lment|Purchase|Appointment|Withdrawal|Claim|Reward|Promo\w*)s?$/i;
const LOCKED = /with_for_update|select_for_update|advisory_lock|\.lock\(|Lock\(|redlock|SERIALIZABLE|isolation_level|on_conflict|ON CONFLICT|get_or_create|update_or_create|\bmerge\(|IMMEDIATE|LOCK TABLE|FileLock|\bupsert/i;
/** More columns than this are compared to find a row that was sent twice, which no constraint is for. */
const MOST = 4;
const DOCUMENTS: ReadonlySet<string> = new Set(['mongoengine', 'beanie', 'odmantic']);

export default rule<Match>({
  id: 'check-then-insert-race',
  title: 'Uniqueness and availability are enforced by the database',
  severity: 'medium', points: 8, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'Two requests pass the check before either inserts, so a seat is sold twice. It never shows in tests and always under load.',
  how: 'Put a unique constraint on the columns and handle the violation.',
  links: ['https://docs.sqlalchemy.org/en/20/core/constraints.html', 'https://www.postgresql.org/docs/current/explicit-locking.html', 'https://cwe.mitre.org/data/definitions/362.html'],
  anchors: ['CWE-362', 'CWE-367'],

  on: checked(),
  check: ({ table, columns }, { project }): boolean | Variation => !isCovered(table.model, columns, project) && (SCARCE.test(table.model.name) ? { severity: 'high', points: 12, because: 'what it makes can be given away only once' } : true),
  message: ({ func, table, columns }) => `${func.name}() looks for ${table.model.name} by ${listed(columns)} and then adds one, and no unique constraint covers ${columns.length === 1 ? 'it' : 'them'}.`,
  underline: ({ call }) => call.calleeAt,
  related: ({ module, insert }) => [{ path: module.path, ...insert, text: 'added here' }],
  holds: ({ table, columns }) => `a constraint covers ${table.model.name}.${listed(columns)}`,
  nothing: 'No row is added after a look-up for the same.',
  summary: (count) => count === 1 ? 'One check before an insert rests on a constraint' : `${count} checks before an insert rest on a constraint`,

  examples: () => ({
    'a slot is booked': { bad: { 'models.py': 'class Booking(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    slot = db.Column(db.DateTime)\ndb = None\n', 'app.py': 'from models import Booking\ndef book(db, slot):\n    if Booking.query.filter_by(slot=slot).first():\n        return "taken", 409\n    db.session.add(Booking(slot=slot))\n    db.session.commit()\n    return "ok"\n' }, severity: 'high' },
    'a like, in the new way': { bad: { 'models.py': 'from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import Mapped, mapped_column\nfrom db import Base\nclass Like(Base):\n    __tablename__ = "likes"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))\n    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))\n', 'main.py': 'from fastapi import FastAPI, HTTPException\nfrom sqlalchemy import select\nfrom models import Like\napp = FastAPI()\n@app.post("/like/{post_id}")\nasync def like(post_id: int, user, session):\n    existing = await session.scalar(select(Like).where(Like.user_id == user.id, Like.post_id == post_id))\n    if existing:\n        raise HTTPException(409)\n    session.add(Like(user_id=user.id, post_id=post_id))\n    await session.commit()\n' } },
    'Django': { bad: { 'shop/models.py': 'from django.db import models\nclass Follow(models.Model):\n    follower = models.ForeignKey("auth.User", on_delete=models.CASCADE)\n    target = models.CharField(max_length=50)\n', 'shop/views.py': 'from shop.models import Follow\ndef follow(request, target):\n    if not Follow.objects.filter(follower=request.user, target=target).exists():\n        Follow.objects.create(follower=request.user, target=target)\n' } },
    'a constraint, and its violation handled': { good: { 'models.py': 'class Booking(db.Model):\n    __table_args__ = (db.UniqueConstraint("slot"),)\n    id = db.Column(db.Integer, primary_key=True)\n    slot = db.Column(db.DateTime)\ndb = None\n', 'app.py': 'from models import Booking\nfrom sqlalchemy.exc import IntegrityError\ndef book(db, slot):\n    if Booking.query.filter_by(slot=slot).first():\n        return "taken", 409\n    db.session.add(Booking(slot=slot))\n    try:\n        db.session.commit()\n    except IntegrityError:\n        db.session.rollback()\n        return "taken", 409\n    return "ok"\n' } },
    'a row lock': { good: { 'models.py': 'class Slot(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(9))\ndb = None\n', 'app.py': 'from models import Slot\ndef book(db, name):\n    if Slot.query.filter_by(name=name).with_for_update().first():\n        return "taken", 409\n    db.session.add(Slot(name=name))\n    db.session.commit()\n' } },
    'a unique column among them': { good: { 'models.py': 'class User(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    email = db.Column(db.String(90), unique=True)\n    active = db.Column(db.Boolean)\ndb = None\n', 'app.py': 'from models import User\ndef register(db, email):\n    if User.query.filter_by(email=email, active=True).first():\n        return "taken", 409\n    db.session.add(User(email=email, active=True))\n    db.session.commit()\n' } },
    'a constraint of a migration': { good: { 'models.py': 'class Booking(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    slot = db.Column(db.DateTime)\ndb = None\n', 'migrations/versions/0002_u.py': 'from alembic import op\nrevision = "0002"\ndown_revision = "0001"\ndef upgrade():\n    op.create_unique_constraint("u", "booking", ["slot"])\n', 'app.py': 'from models import Booking\ndef book(db, slot):\n    if Booking.query.filter_by(slot=slot).first():\n        return "taken", 409\n    db.session.add(Booking(slot=slot))\n    db.session.commit()\n' } },
    'looked up for another purpose': { good: { 'models.py': 'class Message(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    room = db.Column(db.String(9))\n    text = db.Column(db.Text)\ndb = None\n', 'app.py': 'from models import Message\ndef send(db, room, text):\n    last = Message.query.filter_by(room=room).all()\n    db.session.add(Message(room=room, text=text))\n    db.session.commit()\n    return last\n' } },
    'another table': { good: { 'models.py': 'class Room(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(9))\nclass Message(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(9))\ndb = None\n', 'app.py': 'from models import Message, Room\ndef send(db, name):\n    if not Room.query.filter_by(name=name).first():\n        return "no", 404\n    db.session.add(Message(name=name))\n    db.session.commit()\n' } },
    'rows that a command seeds': { good: { 'models.py': 'class Role(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    name = db.Column(db.String(9))\ndb = None\n', 'seed.py': 'from models import Role\ndef seed_roles(db):\n    if not Role.query.filter_by(name="admin").first():\n        db.session.add(Role(name="admin"))\n        db.session.commit()\n' } },
    'tests': { good: { 'models.py': 'class Booking(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    slot = db.Column(db.DateTime)\ndb = None\n', 'tests/test_app.py': 'from models import Booking\ndef test(db):\n    if Booking.query.filter_by(slot=1).first():\n        return\n    db.session.add(Booking(slot=1))\n' } },
  }),
});

function listed(columns: readonly string[]): string {
  return columns.length < 2 ? columns[0] ?? '' : `${columns.slice(0, -1).join(', ')} and ${columns.at(-1) ?? ''}`;
}

/** The first look-up of a function that decides whether a row of the same table with the same values is added. */
function checked(): Selector<Match> {
  return {
    kinds: ['module'], callees: LOOKUP_CALLS,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<unknown>();
      for (const one of lookupsIn(unit, project)) {
        if (!one.whole || one.columns.length > MOST || seen.has(one.func) || one.table.model.open || DOCUMENTS.has(one.table.model.orm) || onlyInDevelopment(one.call) || isByHand(unit, one)) continue;
        const insert = insertOf(one, unit, project);
        if (!insert) continue;
        seen.add(one.func);
        yield { ...one, insert };
      }
    },
  };
}

/** Nobody else runs at the same time. */
function isByHand(module: Module, { call, func }: Lookup): boolean {
  return isCommand(module, call) || /seed|^init|_init|bootstrap|populate|import|sync|migrat|setup|fixture|default|backfill|load_|ensure_/i.test(func.name) || /(^|\/|_)(backup|old|copy|legacy|bak)(_\w+)?(\.py$|\/)|(^|\/)(seeds?|init_\w+|bootstrap|import\w*|cli|tasks?|jobs?|workers?|scheduler)\b/.test(module.path);
}

function insertOf({ func, call, table, columns }: Lookup, module: Module, project: Project): { readonly start: number; readonly end: number } | undefined {
  const { name } = table.model;
  const behind = { start: call.at.end, end: func.at.end };
  const found = project.told(module.path, behind, (text) => insertIn(text, name));
  if (!found || !decides(call, func, module, project)) return undefined;
  if (project.told(module.path, func.at, (text) => LOCKED.test(text)) || within(module.handlers, func.at).some((each) => each.catches.some((one) => /IntegrityError|UniqueViolation|DuplicateKey|UniqueConstraint/.test(one)))) return undefined;
  return columns.every((each) => new RegExp(`\\b${each.replace(/_id$/, '')}(_id)?\\s*=[^=]`).test(found.given)) ? { start: found.at.start + behind.start, end: found.at.end + behind.start } : undefined;
}

/** `if query.first():`, or a name that the next `if` asks for. */
function decides(call: Call, func: Func, { path }: Module, project: Project): boolean {
  const name = project.told(path, { start: func.at.start, end: call.at.start }, deciding);
  return name === true || (name !== undefined && project.told(path, { start: call.at.end, end: func.at.end }, (text) => isAskedFor(name, text)));
}

/** Whether an `if` asks for what stands behind a text, or the name that it is given. */
function deciding(text: string): true | string | undefined {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  if (/^\s*(el)?if\b/.test(line)) return true;
  const statement = text.slice(Math.max(0, text.lastIndexOf('=') - 80));
  return /(?:^|\n)\s*(\w+)\s*=\s*[^=\n]*(?:\n[^\n=]*)?$/.exec(statement)?.[1] ?? /^\s*(\w+)\s*=/.exec(line)?.[1];
}

function isAskedFor(name: string, text: string): boolean {
  return new RegExp(`^\\s*(?:el)?if\\s+(?:not\\s+)?(?:bool\\()?${name}\\b(?:\\s+is\\s+(?:not\\s+)?None)?(?:\\.(?:first|exists|scalar\\w*)\\(\\))?(?:\\s*[>!=]=?\\s*0)?\\s*\\)?\\s*:`, 'm').test(text.slice(0, 600));
}

function isCovered(model: Lookup['table']['model'], columns: readonly string[], project: Project): boolean {
  const names = new Set(columns.flatMap((each) => { const column = model.columns.find((one) => one.name === each); return [each, `${each}_id`, each.replace(/_id$/, ''), ...(column?.column ? [column.column] : [])]; }));
  if (columns.some((each) => isUnique(model, each, project))) return true;
  const keys = model.columns.filter((each) => each.primaryKey);
  return (keys.length > 0 && keys.every((each) => names.has(each.name))) || coveredBy(model, project).some((each) => each.unique && each.columns.length > 0 && each.columns.every((one) => names.has(one)));
}
