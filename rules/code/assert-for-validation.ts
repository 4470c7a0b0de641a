import type { Context, Edit, Module, Refusal, Selector, Source, Span } from '../kit';
import { functionsAround, importing, isProgram, lastName, onlyAsProgram, onlyInDevelopment, replace, routesServedBy, rule } from '../kit';

/** A check that refuses by assert, or by a test of its own; `what` it decides, and its condition on one line. */
interface Asserted { readonly module: Module; readonly refusal: Refusal; readonly assert: boolean; readonly what: What; readonly condition: string }
type What = 'access' | 'input';

/** What a visitor sends. What the router has already decided (path, method) is an invariant. */
const INPUT = /\brequest\.(args|form|values|json|get_json|data|files|GET|POST|body|query_params|params|headers|cookies|FILES|view_args|query|content_length)\b|\bform\.(\w+\.)?(data|cleaned_data)\b|\bform\[/;
const AMOUNT = /\b(\w+_)?(amount|quantity|qty)\b/;
const ACCESS = /\b(current_user|request\.user|g\.user|(?:\w+[._])?user|user_id|(?:\w+_)?role|roles|permissions?|(?:\w+_)?is_admin|is_staff|is_superuser|is_owner|owner|owner_id|(?:access_|auth_|api_|csrf_|refresh_|reset_)?token|(?:\w+_)?password)\b/;
/** Calls and attributes that say yes or no about access. */
const PREDICATE = /(^|[._])((is|has|can|may)_\w+|admin|staff|superuser|allowed|authori[sz]ed|verified|\w*(check|verify|validate|compare|authenticate)\w*\(.*\))$/is;
/** What only tells a type checker what is known. */
const NARROWS = /\bis (not )?None$|[!=]= ?None$|^(not )?(isinstance|issubclass|hasattr|callable)\(|^type\(|\bis (not )?(True|False)$/;

export default rule<Asserted>({
  id: 'assert-for-validation',
  title: 'Access and input checks do not rely on assert',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'python -O removes asserts, and with them the check. Without -O the user gets a 500 instead of a 403.',
  how: 'Use an explicit test and a proper status.',
  links: ['https://docs.python.org/3/reference/simple_stmts.html#the-assert-statement', 'https://cwe.mitre.org/data/definitions/617.html'],
  anchors: ['bandit B101', 'ruff S101', 'CWE-617', 'CWE-703'],

  on: asserts(),
  check: (it, { project }) => it.assert && !isKnown(it) && !onlyInDevelopment(it.refusal) && !onlyAsProgram(it.refusal) && !isProgram(it.module, project),
  message: ({ what, refusal }) => `assert ${what === 'input' ? 'checks what was sent' : 'decides about access'} in ${lastName(refusal.scope)}(); python -O removes it.`,
  underline: ({ refusal }) => ({ start: refusal.at.start, end: refusal.at.start + 'assert'.length }),
  holds: (it) => it.assert ? undefined : 'An explicit test',
  nothing: 'No check of access or input is written out.',
  summary: (count) => count === 1 ? 'The only check of access and input raises or aborts explicitly' : `${count} checks of access and input raise or abort explicitly`,

  fix: { title: 'Test it, and refuse', safety: 'review', edit: refusing },

  examples: () => ({
    'access': {
      bad: 'from flask import request\nfrom flask_login import current_user\ndef delete(item):\n    assert current_user.is_admin\n    item.delete()\n',
      good: 'from flask import abort\nfrom flask import request\nfrom flask_login import current_user\ndef delete(item):\n    if not current_user.is_admin:\n        abort(403)\n    item.delete()\n',
    },
    'input': {
      bad: 'from flask import abort, request\ndef pay():\n    assert request.json["amount"] > 0\n    return "ok"\n',
      good: 'from flask import abort, request\ndef pay():\n    if not (request.json["amount"] > 0):\n        abort(400)\n    return "ok"\n',
    },
    'an owner, in FastAPI': {
      bad: 'from fastapi import APIRouter, Depends\n\nrouter = APIRouter()\n\n@router.delete("/items/{i}")\ndef delete(i: int, user=Depends(login)):\n    item = load(i)\n    assert item.owner_id == user.id, "not yours"\n    item.delete()\n',
      good: 'from fastapi import APIRouter, Depends\nfrom fastapi import HTTPException\n\nrouter = APIRouter()\n\n@router.delete("/items/{i}")\ndef delete(i: int, user=Depends(login)):\n    item = load(i)\n    if not (item.owner_id == user.id):\n        raise HTTPException(403, "not yours")\n    item.delete()\n',
    },
    'a permission, in Django': {
      bad: 'from django.shortcuts import redirect\n\ndef close(request, shop):\n    assert request.user.has_perm("shop.close")\n    shop.close()\n    return redirect("/")\n',
      good: 'from django.core.exceptions import PermissionDenied\nfrom django.shortcuts import redirect\n\ndef close(request, shop):\n    if not request.user.has_perm("shop.close"):\n        raise PermissionDenied\n    shop.close()\n    return redirect("/")\n',
    },
    'a service that knows no framework': {
      path: 'services/account.py',
      bad: 'def withdraw(account, amount):\n    assert amount > 0 and amount <= account.balance\n    account.balance -= amount\n',
      good: 'def withdraw(account, amount):\n    if not (amount > 0 and amount <= account.balance):\n        raise ValueError\n    account.balance -= amount\n',
    },
    'a negation': {
      path: 'services/account.py', bad: 'def close(account, user):\n    assert not user.is_guest, f"{user.id} is a guest"\n    account.close()\n',
      good: 'def close(account, user):\n    if user.is_guest:\n        raise PermissionError(f"{user.id} is a guest")\n    account.close()\n',
    },
    'a password': { path: 'services/account.py', bad: 'def change(user, password):\n    assert len(password) >= 12\n    user.password = password\n' },
    'an explicit test': { good: 'from flask import abort\nfrom flask_login import current_user\ndef delete(item):\n    if not current_user.is_admin:\n        abort(403)\n    item.delete()\n' },
    'type narrowing': { good: 'def show(item, user, request, token):\n    assert item is not None\n    assert user is not None and isinstance(token, str)\n    assert user\n    assert user.team\n    assert request.user is not None, "login_required"\n    assert hasattr(user, "team")\n    return item.name\n' },
    'known from the decorator': { good: 'from django.contrib.auth.decorators import login_required\n\n@login_required\ndef show(request):\n    assert request.user.is_authenticated\n    return request.user.name\n' },
    'known to the caller': { good: 'def shop_of(request, code):\n    assert request.user.is_authenticated\n    return request.user.shops.get(code=code)\n' },
    'in a route that nothing else guards': { bad: 'from flask import Flask\nfrom flask_login import current_user\napp = Flask(__name__)\n\n@app.get("/me")\ndef me():\n    assert current_user.is_authenticated\n    return current_user.name\n' },
    'what the router decided': { good: 'def index(request):\n    assert request.path.endswith("index/")\n    assert request.method == "GET"\n' },
    'an invariant of its own': { good: 'def pop(stack):\n    assert len(stack) > 0\n    assert stack.kind == "list"\n    return stack.pop()\n' },
    'at the top of a file': { good: 'import settings\n\nassert settings.role in ("web", "worker")\n' },
    'a script': { path: 'check_users.py', good: 'def main(user):\n    assert user.role == "admin"\n\nif __name__ == "__main__":\n    main(load())\n' },
    'tests': { path: 'tests/test_pay.py', good: 'def test_pay(user):\n    assert user.role == "admin"\n' },
  }),
});

function asserts(): Selector<Asserted> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const refusal of unit.refusals) {
        const [, keyword, rest = ''] = /^(assert|if)\b\s*([^]*)$/.exec(project.written(unit.path, refusal.at)) ?? [];
        if (refusal.scope === '' || !keyword) continue;
        const condition = rest.slice(0, end(rest, keyword === 'assert' ? ',' : ':')).replace(/\s+/g, ' ').trim();
        const what = decided(condition);
        if (what) yield { module: unit, refusal, assert: keyword === 'assert', what, condition };
      }
    },
  };
}

/** That somebody is logged in is a decision in a route alone; elsewhere the assert tells a type checker what the caller has made sure of. */
function isKnown({ module, refusal, condition }: Asserted): boolean {
  if (/^_*(test|check_invariants|self_check)/.test(lastName(refusal.scope))) return true;
  const asks = /is_(authenticated|anonymous|active)$/.test(condition);
  return asks && !functionsAround(module, refusal.at).some((func) => routesServedBy(func, module).length > 0
    && func.depends.length === 0 && !func.decorators.some((each) => /login|auth|permission|require|member|staff/i.test(each.name)));
}

/** What the condition decides about; undefined where it only states what is known. */
function decided(condition: string): What | undefined {
  const parts = condition.split(/\s+(?:and|or)\s+/).map((part) => part.replace(/^\(|\)$/g, '').trim()).filter((part) => !NARROWS.test(part));
  for (const part of parts) {
    const plain = part.replace(/^not\s+/, '');
    // That something is there is told to the type checker; that it may is a decision.
    if (/^[\w.]+$/.test(plain) && !PREDICATE.test(plain)) continue;
    if (INPUT.test(plain) || AMOUNT.test(plain)) return 'input';
    if (ACCESS.test(plain)) return 'access';
  }
  return undefined;
}

/** Where a character stands outside of brackets and texts; else the end. */
function end(text: string, sought: string): number {
  let depth = 0;
  for (const found of text.matchAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[([{]|[)\]}]|[,:]/g)) {
    if (/^[([{]$/.test(found[0])) depth++;
    else if (/^[)\]}]$/.test(found[0])) depth--;
    else if (found[0] === sought && depth === 0) return found.index;
  }
  return text.length;
}

// ---- the fix

function refusing(it: Asserted, { source }: Context): readonly Edit[] | undefined {
  const { module, what, refusal: { at } } = it;
  const text = source.slice(at).replace(/^assert\s+/, '');
  const condition = text.slice(0, end(text, ',')).trim();
  const reason = text.slice(end(text, ',') + 1).trim();
  if (/[\n#]/.test(text) || !alone(at, source)) return undefined;
  const { call, edits } = refusalBy(what, reason, module, source);
  const negated = /^not [\w.]+$/.test(condition) ? condition.slice('not '.length) : /^[\w.]+(\([^()]*\))?$/.test(condition) ? `not ${condition}` : `not (${condition})`;
  return [...edits, replace(at, `if ${negated}:\n${source.indentation(at.start)}    ${call}`)];
}

function alone(at: Span, source: Source): boolean {
  return source.lineStart(at.start) + source.indentation(at.start).length === at.start && source.slice({ start: at.end, end: source.lineEnd(at.end) }).trim() === '';
}

/** How this file's framework refuses. */
function refusalBy(what: What, reason: string, module: Module, source: Source): { readonly call: string; readonly edits: readonly Edit[] } {
  const from = (root: string) => module.imports.some((each) => each.target === root || each.target.startsWith(`${root}.`));
  const status = what === 'input' ? 400 : 403;
  const raising = (name: string, package_: string) => ({ call: `raise ${name}${reason && `(${reason})`}`, edits: importing(module, source, name, package_) });
  if (from('fastapi')) return { call: `raise HTTPException(${status}${reason && `, ${reason}`})`, edits: importing(module, source, 'HTTPException', 'fastapi') };
  if (from('flask')) return { call: `abort(${status}${reason && `, ${reason}`})`, edits: importing(module, source, 'abort', 'flask') };
  if (from('django')) return raising(what === 'input' ? 'BadRequest' : 'PermissionDenied', 'django.core.exceptions');
  return { call: `raise ${what === 'input' ? 'ValueError' : 'PermissionError'}${reason && `(${reason})`}`, edits: [] };
}
