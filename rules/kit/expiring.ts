/** Records that are of use for a while only: sign-ins, tokens, codes, cached answers. Where they are kept, and what takes them away. */
import { isUnique } from './columns';
import { classesNamed, idleModules } from './loading';
import type { Model } from './model';
import type { Call, Func, Module } from './module';
import type { Place, Span } from './place';
import type { Project } from './project';
import { wordsOf } from './purpose';
import { functionsAround } from './scopes';
import { lastName } from './select';
import { onlyInDevelopment } from './standing';
import { withoutComments } from './token-purpose';
import type { Value } from './value';
import { lookup } from './value';

export const EXPIRING_CALLS = ['*.insert_one', '*.insert_many', '*.create_index', '*.ensure_index'] as const;

/** A table or a collection of records that expire. */
export interface ExpiringStore extends Place {
  /** As the code calls it: `PasswordResetToken`, `user_sessions`. */
  readonly name: string;
  /** When a record's time is over. */
  readonly field: string;
  /** Words by which the rest of the project speaks of it. */
  readonly names: readonly string[];
  readonly module: Module;
  /** The functions that add to it. */
  readonly adders: readonly Func[];
  /** The call that stores a document; absent for tables. */
  readonly insert?: Call;
  /** What `field` is given there, as far as it is known. */
  readonly value?: Value;
}

const EXPIRY = /(^|_)(expires?_?(at|on|date|time)?|expiry(_?(at|date|time))?|expiration(_?(at|date|time))?|valid_?(until|to|till)|ttl|delete_?after)$/i;

/** Tables first, then collections, each once. */
export function expiringStores(project: Project): readonly ExpiringStore[] {
  return project.once('stores of expiring records', () => [...tablesThatExpire(project), ...collectionsThatExpire(project)]);
}

// ---- names

const ABOUT_PEOPLE = ['user', 'users', 'login', 'signin', 'auth', 'account', 'accounts', 'admin', 'member', 'customer', 'vendor', 'staff', 'client', 'app', 'web', 'browser', 'http', 'active', 'db', 'server', 'store', 'stored', 'email', 'phone', 'sms', 'pending', 'registration', 'signup', 'request', 'requests', 'portal'];
const PEOPLE: ReadonlySet<string> = new Set(ABOUT_PEOPLE);
/** Made by people or by the trade, kept for its own sake, or one for each connection to another service. */
const LASTING = /^(api|personal|coupons?|promos?|promotion|discounts?|vouchers?|gift|licen[cs]es?|referrals?|invites?|invitations?|subscriptions?|push|fcm|apns|oauth|oauth2|social|provider|google|github|integration|connection|connected|external|linked|service|deploy|bot|zip|postal|country|currency|contract|share|shared|download)$/;
const CODE_OF = /^(otp|otps|login|signin|verification|verify|auth|authorization|reset|mfa|2fa|tfa|factor|sms|email|phone|confirm|confirmation|pairing|magic|activation|security|passcode|onetime|access|signup|registration)$/;
const SIGN_IN = /^(login|signin|auth|password|otp|reset|mfa|2fa|webauthn|passkey|fido2?|captcha)$/;

/** Whether records of this name are worth nothing once their time is over. `proof`: each holds a credential. */
function isShortLived(name: string, proof: boolean): boolean {
  const words = wordsOf(name.replace(/(_?(collection|coll|col|table|model|entity|entry|entries|record|records|row|item|doc|document)s?)+$/i, ''));
  const has = (...wanted: readonly string[]) => words.some((word) => wanted.includes(word));
  const others = (...known: readonly string[]) => words.every((word) => known.includes(word) || PEOPLE.has(word));
  if (words.some((word) => LASTING.test(word))) return false;
  if (has('session', 'sessions')) return proof || others('session', 'sessions', 'refresh');
  if (has('token', 'tokens', 'otp', 'otps', 'nonce', 'nonces', 'passcode', 'passcodes', 'cache', 'caches', 'cached', 'captcha', 'captchas', 'blacklist', 'blocklist', 'denylist', 'ratelimit', 'ratelimits', 'throttle', 'throttles', 'idempotency')) return true;
  if (has('code', 'codes')) return words.some((word) => CODE_OF.test(word));
  if (has('attempt', 'attempts', 'challenge', 'challenges')) return words.some((word) => SIGN_IN.test(word));
  if (has('reset', 'resets')) return has('password', 'pw') || others('reset', 'resets');
  if (has('rate')) return has('limit', 'limits', 'hit', 'hits', 'limiter');
  if (has('magic')) return has('link', 'links');
  return has('verification', 'verifications', 'confirmation', 'confirmations') && others('verification', 'verifications', 'confirmation', 'confirmations');
}

// ---- tables

const CREDENTIAL = /^(\w*token\w*|jti|session_?key|sid|token_?hash)$/i;

function tablesThatExpire(project: Project): readonly ExpiringStore[] {
  return project.models.flatMap(({ module, model }): ExpiringStore[] => {
    const column = model.foreign ? undefined : model.columns.find((each) => EXPIRY.test(each.name));
    if (!column || !isShortLived(model.name, model.columns.some((each) => CREDENTIAL.test(each.name))) || isKept(model, project)) return [];
    const adders = addersOf(model.name, project);
    const at = column.from ? model.nameAt : column.nameAt;
    return adders.length === 0 ? [] : [{ path: module.path, ...at, name: model.name, field: column.name, names: [model.name, ...(model.table ? [model.table] : [])], module, adders }];
  });
}

/** Described by a person, one for each of them, tokens of another service, or taken away by the database. */
function isKept(model: Model, project: Project): boolean {
  const names = model.columns.map((each) => each.name);
  if (names.some((each) => /^(description|label|title|display_name)$/.test(each)) || (names.includes('access_token') && names.includes('refresh_token'))) return true;
  if (model.constraints.some((each) => each.expires)) return true;
  return model.columns.some((each) => /^(user|owner|account|member|customer|email|phone)(_id|_email|_number)?$/.test(each.name) && (each.type?.name === 'OneToOneField' || isUnique(model, each.name, project)));
}

function addersOf(name: string, project: Project): readonly Func[] {
  const makes = project.once('makers by class', () => {
    const found = new Map<string, Func[]>();
    for (const module of project.modules) {
      if (idleModules(project).has(module.path)) continue;
      for (const func of module.functions) for (const callee of func.does) for (const key of madeBy(callee)) found.set(key, [...(found.get(key) ?? []), func]);
    }
    return found;
  });
  return (makes.get(name) ?? []).filter((func) => !onlyInDevelopment(func));
}

/** The class a callee makes an object of: `models.Token`, `Token.objects.create`, `Token.create`. */
function madeBy(callee: string): readonly string[] {
  const parts = callee.split('.');
  const last = parts.at(-1) ?? '';
  if (/^[A-Z]/.test(last)) return [last];
  if (!/^(create|acreate|insert|save)$/.test(last)) return [];
  const owner = parts.findLast((each) => /^[A-Z]/.test(each));
  return owner === undefined ? [] : [owner];
}

// ---- collections

function collectionsThatExpire(project: Project): readonly ExpiringStore[] {
  const found = new Map<string, ExpiringStore>();
  const idle = idleModules(project);
  for (const { module, call } of project.calls('*.insert_one', '*.insert_many')) {
    const name = collectionOf(call, project, module);
    const first = call.args[0] && project.resolve(call.args[0], module);
    const document = first?.kind === 'list' ? first.items[0] : first;
    if (name === undefined || !document || idle.has(module.path) || onlyInDevelopment(call)) continue;
    const entry = document.kind === 'dict' ? document.entries.find((each) => each.key.kind === 'text' && EXPIRY.test(each.key.value)) : undefined;
    const field = entry?.key.kind === 'text' ? entry.key.value : fieldOfClass(document, project);
    if (field === undefined || !isShortLived(name, document.kind === 'dict' && document.entries.some((each) => each.key.kind === 'text' && CREDENTIAL.test(each.key.value)))) continue;
    const adders = functionsAround(module, call.at).slice(0, 1);
    const value = entry ? lookup(document, field) : writtenOver(call, field, module);
    const known = found.get(name);
    if (known) found.set(name, { ...known, adders: [...known.adders, ...adders] });
    else found.set(name, { path: module.path, ...call.at, name, field, names: [...new Set([name, plain(name), call.written.split('.').at(-2) ?? name])], module, adders, insert: call, ...(value && { value }) });
  }
  return [...found.values()];
}

/** `user_sessions` of `db.user_sessions.insert_one`, `db["user_sessions"].insert_one` and `db.get_collection("user_sessions").insert_one`. */
export function collectionOf(call: Call, project: Project, module: Module): string | undefined {
  const receiver = call.receiver && project.resolve(call.receiver, module);
  const [argument] = receiver?.kind === 'result' && /(^|\.)get_(\w+_)?collection$/.test(receiver.callee) ? receiver.args : [];
  if (argument) return argument.kind === 'text' ? argument.value : undefined;
  const owner = call.callee.split('.').at(-2);
  return owner !== undefined && /^[A-Za-z]\w*$/.test(owner) && !/^(self|db|database|collection|coll|client|get_collection)$/.test(owner) ? owner : undefined;
}

/** The name without what says that it is a collection. */
export function plain(name: string): string {
  return name.replace(/_?(collection|coll|col)$/i, '').replace(/^_+/, '');
}

/** `session.model_dump()`, `session.dict()`: the field of that class. */
function fieldOfClass(document: Value, project: Project): string | undefined {
  if (document.kind !== 'result' || !/\.(model_dump|dict)$/.test(document.callee)) return undefined;
  const name = lastName(document.callee.replace(/\.(model_dump|dict)$/, ''));
  const [home] = classesNamed(name, project);
  const body = home && project.text(home.module.path)?.slice(home.class.body.start, home.class.body.end);
  return body === undefined ? undefined : [...body.matchAll(/^[ \t]*([A-Za-z_]\w*)[ \t]*:/gm)].map((each) => each[1] ?? '').find((each) => EXPIRY.test(each));
}

/** `doc["expires_at"] = doc["expires_at"].isoformat()` before the call. */
function writtenOver(call: Call, field: string, module: Module): Value | undefined {
  return module.assignments.findLast((each) => each.scope === call.scope && each.at.end <= call.at.start && lastName(each.target) === field && each.target.includes('.'))?.value;
}

// ---- what takes them away

export interface Removal extends Place { readonly text: string }
const DELETES = /\.(delete|delete_many|delete_one|find_one_and_delete|remove|adelete|bulk_delete|_raw_delete|hard_delete)\s*\(|\bdelete\s*\(|\bDELETE\s+FROM\b/i;
const FORGETS = /expireAfterSeconds|pg_cron|cron\.schedule|CREATE\s+EVENT|TimeToLive/i;

/** `expired`: it deletes records whose time is over. Else `idle` names a function that would, which nothing calls, and `used` says that records are deleted once they are used. */
export interface Removals { readonly expired?: Removal; readonly replaced?: true; readonly idle?: string; readonly used?: true }

/** What deletes records of a store: a function that speaks of it, of its time and of deleting, an index that forgets, a file of SQL or of jobs. */
export function removalOf(store: ExpiringStore, project: Project): Removals {
  const word = new RegExp(`\\b(?:${store.names.flatMap((each) => [escaped(each), `${escaped(plain(each))}_?(?:collection|coll|col)`]).join('|')})\\b`);
  const time = new RegExp(`\\b${store.field}\\b|expir|cutoff|older_?than|stale`, 'i');
  let used = false;
  let idle: string | undefined;
  for (const unit of project.units) {
    if (/^(test|example|vendored|generated)$/.test(unit.role) || unit.kind === 'markdown' || unit.kind === 'manifest') continue;
    const text = project.text(unit.path);
    if (text === undefined || !word.test(text)) continue;
    if (unit.kind !== 'module') {
      if (FORGETS.test(text) || (DELETES.test(text) && time.test(text))) return { expired: { path: unit.path, start: 0, end: 0, text: `${unit.path} deletes expired ${store.name}` } };
      continue;
    }
    const index = forgettingIndex(unit, text, word);
    if (index) return { expired: { path: unit.path, ...index, text: `an index deletes expired ${store.name}` } };
    for (const func of unit.functions) {
      const body = withoutComments(text.slice(func.at.start, func.at.end));
      // A manager or a service beside the store speaks of it as `self`.
      if (!DELETES.test(body) || !(word.test(body) || (unit === store.module && func.scope !== '' && !store.insert))) continue;
      if (store.adders.some((each) => each.name === func.name)) return { replaced: true };
      if (time.test(body.replace(word, '')) && isNeverCalled(func, project)) { idle = func.name; continue; }
      if (time.test(body.replace(word, ''))) return { expired: { path: unit.path, ...func.nameAt, text: `${func.name} deletes expired ${store.name}` } };
      used = true;
    }
  }
  return { ...(idle !== undefined && { idle }), ...(used && { used }) };
}

function escaped(name: string): string {
  return name.replace(/[^\w]/g, '\\$&');
}

/** Its name stands nowhere but where it is defined, and no framework finds it by a decorator or its class. */
function isNeverCalled(func: Func, project: Project): boolean {
  if (func.decorators.length > 0 || /^(handle|run|execute|main|__\w+__)$/.test(func.name)) return false;
  const name = new RegExp(`\\b${func.name}\\b`, 'g');
  let count = 0;
  for (const unit of project.units) {
    if (unit.role !== 'test') count += project.text(unit.path)?.match(name)?.length ?? 0;
    if (count > 1) return false;
  }
  return true;
}

/** Near `expireAfterSeconds`, the same call or list speaks of the store: 400 characters on either side. */
function forgettingIndex(module: Module, text: string, word: RegExp): Span | undefined {
  for (const found of text.matchAll(/expireAfterSeconds|expire_after_seconds/g)) {
    const func = functionsAround(module, { start: found.index, end: found.index })[0];
    const around = text.slice(Math.max(func?.at.start ?? 0, found.index - 400), found.index + 400);
    if (word.test(around) || (func && word.test(text.slice(func.at.start, func.at.end)))) return { start: found.index, end: found.index + found[0].length };
  }
  return undefined;
}
