/** What a token is for, by the names around the place that makes or reads it. */
import type { Module } from './module';
import type { Span } from './place';
import { functionsAround } from './scopes';

/** Tokens that open an account to whoever holds them, in the order they are looked for. */
const PURPOSES: readonly (readonly [pattern: RegExp, purpose: string])[] = [
  [/reset|forgot|recover/i, 'password reset'], [/magic|passwordless|log_?in_?(link|url|token)|sign_?in_?(link|url|token)/i, 'login link'], [/invit/i, 'invitation'],
  [/change_?e?_?mail|e?_?mail_?change/i, 'e-mail change'], [/confirm|verif\w*_?(e_?mail|account|token|link|url|user)|(e_?mail|account|user)_?verif|activat/i, 'confirmation'],
];
/** Links that give away no account: they may work for ever. */
const HARMLESS = /unsub|opt_?out|newsletter|csrf|xsrf|preview|download|share|cursor|paginat|captcha|flash|cart|cache|tracking|bounce|webhook|feed|calendar|ical|pixel|badge|qr|(^|_)state(_|$)/i;

export type TokenPurpose = { readonly purpose: string } | 'harmless' | undefined;

/** By names and short texts such as a salt, the nearest first. */
export function tokenPurpose(...names: readonly string[]): TokenPurpose {
  for (const name of names) {
    if (HARMLESS.test(name)) return 'harmless';
    const found = PURPOSES.find(([pattern]) => pattern.test(name));
    if (found) return { purpose: found[1] };
  }
  return undefined;
}

/** The text of the outermost function around a place, comments left out; undefined at module level. */
export function bodyAround(module: Module, at: Span, text: string): string | undefined {
  const func = functionsAround(module, at).at(-1);
  return func && withoutComments(text.slice(func.at.start, func.at.end));
}

export function withoutComments(text: string): string {
  return text.replace(/(^|[\s,;)\]}])#[^\n]*/g, '$1').replace(/^([ \t]*)[rRuU]?("""[\s\S]*?"""|'''[\s\S]*?''')[ \t]*$/gm, '$1');
}
