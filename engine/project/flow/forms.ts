/** Fields of forms and serializers: text that a visitor typed, once the form has taken it. */
import type { Module } from '../../../rules/kit';
import { lastName } from '../../../rules/kit';
import type { ProjectNames } from '../names';

const FORM = /(^|\.)(FlaskForm|Form|BaseForm|ModelForm|SecureForm|StarletteForm|Serializer|ModelSerializer)$/;
/** Types of fields that take whatever is typed. */
const TEXT = /(String|TextArea|Text|Search|URL|Url|Char|JSON|Hidden|Tel|FieldList|List|Dict)Field$/;

/** `shop.forms.Search.q.data`, `shop.forms.Search.cleaned_data.q`: what was typed into a field of free text. */
export function fieldOfForm(name: string, from: Module, names: ProjectNames): boolean {
  if (!/\.(data|cleaned_data|validated_data)(\.|$)/.test(name)) return false;
  const expanded = names.expand(name, from);
  const found = names.definition(expanded, from);
  if (found?.definition.kind !== 'class') return false;
  const [, before, after] = /^(?:(\w+)\.data|(?:cleaned|validated)_data(?:\.(\w+))?)$/.exec(found.rest) ?? [];
  const field = before ?? after;
  return field !== undefined && isForm(found.definition, names, 0) && isTextField(field, found.definition, names, 0);
}

interface Home { readonly module: Module; readonly class: { readonly scope: string; readonly name: string; readonly bases: readonly string[] } }

function isForm(home: Home, names: ProjectNames, depth: number): boolean {
  return home.class.bases.some((base) => FORM.test(base) || (depth < 5 && above(base, home, names, (one) => isForm(one, names, depth + 1))));
}

function isTextField(field: string, home: Home, names: ProjectNames, depth: number): boolean {
  const path = [home.class.scope, home.class.name].filter(Boolean).join('.');
  const own = home.module.assignments.find((each) => each.scope === path && each.target === field);
  if (own) return own.value.kind === 'result' && TEXT.test(lastName(own.value.callee));
  return depth < 5 && home.class.bases.some((base) => above(base, home, names, (one) => isTextField(field, one, names, depth + 1)));
}

function above(base: string, home: Home, names: ProjectNames, ask: (one: Home) => boolean): boolean {
  const found = names.definition(base, home.module);
  return found?.definition.kind === 'class' && found.rest === '' && ask(found.definition);
}
