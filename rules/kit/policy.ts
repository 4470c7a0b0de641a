/** Content security policies as they are written: headers in code, options of libraries, Django's settings, proxies, pages. */
import { edgeLines } from './edge';
import type { Unit } from './files';
import type { Call, Module } from './module';
import type { Span } from './place';
import type { Project } from './project';
import { lastName } from './select';
import { mayServeProduction, onlyInDevelopment } from './standing';
import type { Value } from './value';
import { options } from './value';

export interface Policy {
  readonly at: Span;
  /** Lower-case directives with their sources, quotes included: `'self'`, `https:`. What only the running program knows is `{}`. */
  readonly directives: readonly PolicyDirective[];
  readonly reportOnly: boolean;
  /** Directives that are given a nonce elsewhere. */
  readonly nonces: readonly string[];
}
export interface PolicyDirective { readonly name: string; readonly sources: readonly string[]; readonly at: Span }

/** Names of calls these answers are made from: what a rule that asks must list. */
export const POLICY_CALLS: readonly string[] = ['flask_talisman.Talisman', 'flask_talisman.talisman.Talisman', 'talisman.Talisman', '*.init_app'];

const HEADER = /^content-security-policy(-report-only)?$/i;
const KEY = /(?:^|\.)(content-security-policy(?:-report-only)?)$/i;

/** The policies written in one file. */
export function policiesOf(unit: Unit, project: Project): readonly Policy[] {
  switch (unit.kind) {
    case 'module': return unit.language === 'python' ? project.once(`policies of ${unit.path}`, () => ofModule(unit, project)) : [];
    case 'template': return unit.headers.filter((each) => HEADER.test(each.name) && each.value !== undefined).map((each) => written(each.value ?? '', each.valueAt ?? each.at, /report-only/i.test(each.name)));
    case 'nginx': case 'plain': case 'compose': case 'platform': case 'kubernetes': case 'ini': return ofLines(unit.path, project);
    default: return [];
  }
}

function ofLines(path: string, project: Project): readonly Policy[] {
  return edgeLines(project).filter((line) => line.path === path).flatMap((line) => {
    const [, header, text] = /^(?!proxy_hide_header|more_clear|proxy_set_header|header_up).*?\b(content-?security-?policy(?:-report-only)?)\b["']?\s*[:=]?\s*(?:value\s+)?["']?(.*?)["']?(?:\s+always)?$/i.exec(line.text) ?? [];
    return header && text && /\b(\w+-src|frame-ancestors|base-uri)\b/i.test(text) ? [written(text, line, /report-only/i.test(header))] : [];
  });
}

/** A policy as one text. */
function written(text: string, at: Span, reportOnly: boolean, nonces: readonly string[] = []): Policy {
  const directives = text.split(';').flatMap((each): PolicyDirective[] => {
    const [name, ...sources] = each.trim().split(/\s+/);
    return name === undefined || !/^[a-z-]+$/i.test(name) ? [] : [{ name: name.toLowerCase(), sources: sources.map(keyword), at }];
  });
  return { at, directives, reportOnly, nonces };
}

/** A keyword whose outer quotes went with those around the policy. */
function keyword(source: string): string {
  return source.replace(/^'?(self|none|unsafe-inline|unsafe-eval|strict-dynamic)'?$/, "'$1'");
}

// ---- code

function ofModule(module: Module, project: Project): readonly Policy[] {
  return [...module.assignments.flatMap((one) => {
    if ((one.value.kind !== 'dict' && !one.target.includes('-')) || onlyInDevelopment(one)) return [];
    const header = KEY.exec(one.target)?.[1];
    if (header) return ofValue(one.value, /report-only/i.test(header), module, project);
    return one.value.kind === 'dict' ? inTable(one.value, module, project) : [];
  }), ...module.calls.flatMap((call) => onlyInDevelopment(call) ? [] : [...ofWrite(call, module, project), ...ofTalisman(call, module, project)]), ...ofDjango(module, project)];
}

/** `response.headers.setdefault("Content-Security-Policy", …)`, `headers.update({…})`. */
function ofWrite(call: Call, module: Module, project: Project): readonly Policy[] {
  const [name, value] = call.args;
  if (name?.kind === 'text' && value && HEADER.test(name.value)) return ofValue(value, /report-only/i.test(name.value), module, project);
  return call.args.flatMap((each) => each.kind === 'dict' ? inTable(each, module, project) : []);
}

function inTable(table: Value, module: Module, project: Project): readonly Policy[] {
  return table.kind !== 'dict' ? [] : table.entries.flatMap((each) => each.key.kind === 'text' && HEADER.test(each.key.value) ? ofValue(each.value, /report-only/i.test(each.key.value), module, project) : []);
}

function ofTalisman(call: Call, module: Module, project: Project): readonly Policy[] {
  if (!/(^|\.)Talisman(\.init_app)?$/.test(call.callee)) return [];
  const given = call.keywords.find((each) => each.name === 'content_security_policy')?.value;
  if (!given) return [];
  const nonces = call.keywords.find((each) => each.name === 'content_security_policy_nonce_in')?.value;
  const reportOnly = call.keywords.some((each) => each.name === 'content_security_policy_report_only' && each.value.kind === 'bool' && each.value.value);
  return ofValue(given, reportOnly, module, project, nonces ? texts(project.resolve(nonces, module)) : []);
}

const DJANGO = /^(CSP_(?!REPORT|INCLUDE|EXCLUDE|NONCE|PERCENT)[A-Z_]+|CONTENT_SECURITY_POLICY|CONTENT_SECURITY_POLICY_REPORT_ONLY|SECURE_CSP|SECURE_CSP_REPORT_ONLY)$/;

function ofDjango(module: Module, project: Project): readonly Policy[] {
  const names = new Set(module.assignments.filter((one) => one.scope === '' && DJANGO.test(one.target)).map((one) => one.target));
  if (names.size === 0) return [];
  const settings = project.settings(...names).filter((each) => each.path === module.path && mayServeProduction(each, project));
  const nonces = project.settings('CSP_INCLUDE_NONCE_IN').flatMap((each) => texts(each.value));
  const reportOnly = project.settings('CSP_REPORT_ONLY').some((each) => each.value.kind === 'bool' && each.value.value && mayServeProduction(each, project));
  const single = settings.filter((each) => each.name.startsWith('CSP_')).map(({ name, value, assignment }): PolicyDirective => ({ name: name.slice('CSP_'.length).toLowerCase().replace(/_/g, '-'), sources: sourcesOf(value), at: assignment.at }));
  const [first] = single;
  return [...(first ? [{ at: first.at, directives: single, reportOnly, nonces }] : []), ...settings.filter((each) => !each.name.startsWith('CSP_')).flatMap(({ name, assignment }) => ofValue(assignment.value, name.endsWith('REPORT_ONLY'), module, project))];
}

function ofValue(value: Value, reportOnly: boolean, module: Module, project: Project, nonces: readonly string[] = []): readonly Policy[] {
  const known = project.resolve(value, module);
  return options(known).flatMap((each): readonly Policy[] => {
    // What a name of another file stands for is judged at the place that uses it.
    const elsewhere = value.kind === 'reference' || each.at.path !== undefined;
    const text = textOf(each);
    const found = each.kind === 'dict' ? ofTable(each, reportOnly, nonces) : text === undefined ? [] : [written(text, each.at, reportOnly, nonces)];
    return elsewhere ? found.map((policy) => ({ ...policy, at: value.at, directives: policy.directives.map((one) => ({ ...one, at: value.at })) })) : found;
  });
}

/** `{"default-src": "'self'", "script-src": ["'self'"]}`; django-csp nests it under `DIRECTIVES`. */
function ofTable(table: Value, reportOnly: boolean, nonces: readonly string[]): readonly Policy[] {
  if (table.kind !== 'dict') return [];
  const nested = table.entries.find((each) => each.key.kind === 'text' && each.key.value === 'DIRECTIVES')?.value;
  if (nested) return ofTable(nested, reportOnly, nonces);
  const directives = table.entries.flatMap((each): PolicyDirective[] => {
    const name = each.key.kind === 'text' ? each.key.value : '';
    return /^[a-z]+(?:[-_][a-z]+)*$/i.test(name) ? [{ name: name.toLowerCase().replace(/_/g, '-'), sources: sourcesOf(each.value), at: { start: each.key.at.start, end: each.value.at.end } }] : [];
  });
  return directives.length === 0 ? [] : [{ at: table.at, directives, reportOnly, nonces }];
}

function sourcesOf(value: Value): readonly string[] {
  if (value.kind === 'list') return value.items.flatMap(sourcesOf);
  const constant = value.kind === 'reference' ? CONSTANTS[lastName(value.name)] : undefined;
  return constant ? [constant] : (textOf(value) ?? '{}').split(/\s+/).filter(Boolean);
}

/** Constants of django-csp and of Django itself. */
const CONSTANTS: Readonly<Record<string, string>> = { SELF: "'self'", NONE: "'none'", NONCE: "'nonce-{}'", UNSAFE_INLINE: "'unsafe-inline'", UNSAFE_EVAL: "'unsafe-eval'", STRICT_DYNAMIC: "'strict-dynamic'" };

function textOf(value: Value): string | undefined {
  switch (value.kind) {
    case 'text': return value.value;
    case 'joined': return value.parts.flatMap((each) => each.kind === 'list' ? each.items : [each]).map((each) => textOf(each) ?? '{}').join(value.how === 'join' ? '; ' : '');
    case 'result': return value.of?.kind === 'text' && /\.(replace|strip|format|join)$/.test(value.callee) ? (/\.join$/.test(value.callee) ? value.args.flatMap((each) => each.kind === 'list' ? each.items : [each]).map((each) => textOf(each) ?? '{}').join(value.of.value) : value.of.value) : undefined;
    case 'environment': return value.fallback && textOf(value.fallback);
    default: return undefined;
  }
}

function texts(value: Value): readonly string[] {
  if (value.kind === 'text') return [value.value];
  return value.kind === 'list' ? value.items.flatMap(texts) : [];
}
