import type { Func, Module, Project, Route, Selector, Span } from '../kit';
import { lastName, onlyInDevelopment, rule, spokenIn } from '../kit';

/** A handler that looks an account up for somebody who has not signed in. */
interface Lookup {
  readonly func: Func;
  readonly kind: 'login' | 'reset';
  /** What it says when there is no such account, where it says something else otherwise. */
  readonly told?: { readonly at: Span; readonly text: string };
}

export default rule<Lookup>({
  id: 'user-enumeration',
  title: 'Login and reset answer alike for known and unknown users',
  severity: 'low', confidence: 'possible', blocks: 'never', effort: 'S', since: '1',
  why: `Attackers build a list of valid accounts, and then try leaked passwords on those only. For some services membership itself is private.`,
  how: `Give one answer for both cases, and do the same work.`,
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html', 'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html', 'https://cwe.mitre.org/data/definitions/204.html'],
  anchors: ['CWE-203', 'CWE-204', 'CWE-208'],

  on: lookups(),
  check: ({ told, kind }) => told !== undefined && (kind === 'login' || { severity: 'medium', points: 4, because: 'whoever forgot a password is told whether there is an account' }),
  message: ({ func, told }) => `${nameOf(func)}() reveals whether an account exists: it answers “${shortened(told?.text ?? '')}” where there is none.`,
  underline: ({ told, func }) => told?.at ?? func.nameAt,
  holds: ({ func, told }) => told === undefined ? `${nameOf(func)}() gives one answer` : undefined,
  nothing: 'No login and no reset of passwords is written here.',

  examples: () => ({
    'a forgotten password': { severity: 'medium', path: 'auth.py', bad: 'from flask import flash, request\ndef forgot(User):\n    user = User.query.filter_by(email=request.form["email"]).first()\n    if not user:\n        flash("No account with that address")\n        return "again"\n    flash("Mail sent")\n    return "sent"\n' },
    'a form that knows': { severity: 'medium', path: 'forms.py', bad: 'from flask_wtf import FlaskForm\nfrom wtforms import StringField, ValidationError\n\nclass RequestResetForm(FlaskForm):\n    email = StringField()\n\n    def validate_email(self, email):\n        if find(email.data) is None:\n            raise ValidationError("There is no account with that email. You must register first.")\n\ndef find(email):\n    return None\n' },
    'FastAPI': { severity: 'medium', bad: 'from fastapi import APIRouter, HTTPException\n\nrouter = APIRouter()\n\n@router.post("/password-recovery/{email}")\ndef recover_password(email: str, users):\n    user = users.by_email(email)\n    if not user:\n        raise HTTPException(status_code=404, detail="The user with this email does not exist in the system.")\n    return {"message": "Password recovery email sent"}\n' },
    'a login with two answers': { bad: 'from flask import Flask, flash, request\nfrom werkzeug.security import check_password_hash\n\napp = Flask(__name__)\n\n@app.post("/login")\ndef login():\n    user = find(request.form["name"])\n    if user is None:\n        flash("User not found.")\n    elif not check_password_hash(user.password, request.form["password"]):\n        flash("Wrong password.")\n    return "ok"\n\ndef find(name):\n    return None\n' },
    'a login by a class': { bad: 'from rest_framework.response import Response\nfrom rest_framework.views import APIView\n\nclass LoginView(APIView):\n    def post(self, request):\n        user = find(request.data["email"])\n        if user is None:\n            return Response({"error": "Email is not registered"}, status=404)\n        if not user.check_password(request.data["password"]):\n            return Response({"error": "Incorrect password"}, status=401)\n        return Response({})\n\ndef find(email):\n    return None\n' },
    'one answer for both': { path: 'auth.py', good: 'from flask import flash, request\ndef forgot(User, send):\n    user = User.query.filter_by(email=request.form["email"]).first()\n    if user:\n        send(user)\n    flash("If the address is known, a mail is on its way")\n    return "sent"\n' },
    'same work on both branches': { path: 'auth.py', good: 'from werkzeug.security import check_password_hash\nDUMMY = "scrypt:32768:8:1$x$y"\ndef login(user, password):\n    if not check_password_hash(user.password_hash if user else DUMMY, password) or not user:\n        return "wrong name or password"\n    return "ok"\n' },
    'one message': { good: 'from flask import flash\n\ndef login(user, password):\n    if user is None or not user.check_password(password):\n        flash("Invalid username or password")\n    elif not user.active:\n        flash("Your account is not active")\n    return "ok"\n' },
    'one answer that names both': { good: 'from fastapi import HTTPException\n\ndef login_user(user, given):\n    if user and user.verify(given.password):\n        return {"token": user.token}\n    raise HTTPException(\n        status_code=422,\n        detail=[\n            {"msg": "Invalid username.", "loc": ["username"]},\n            {"msg": "Invalid password.", "loc": ["password"]},\n        ],\n    )\n' },
    'told to the log only': { good: 'import logging\n\nlogger = logging.getLogger(__name__)\n\ndef login(user, password):\n    """Says user not found and wrong password to nobody."""\n    if user is None:\n        logger.info("User not found")\n        return "wrong name or password"\n    # "User not found" would tell\n    if not user.check_password(password):\n        logger.info("Wrong password")\n        return "wrong name or password"\n    return "ok"\n' },
    'the second leg of a reset': { good: 'from fastapi import APIRouter, HTTPException\n\nrouter = APIRouter()\n\n@router.post("/reset-password/")\ndef reset_password(token: str, new_password: str, users):\n    user = users.by_token(token)\n    if not user:\n        raise HTTPException(status_code=404, detail="User not found")\n    return {}\n' },
    'for administrators': { good: 'from fastapi import APIRouter, Depends, HTTPException\nfrom app.deps import get_current_active_superuser\n\nrouter = APIRouter()\n\n@router.post("/password-recovery-preview/{email}", dependencies=[Depends(get_current_active_superuser)])\ndef recover_password_preview(email: str, users):\n    user = users.by_email(email)\n    if not user:\n        raise HTTPException(status_code=404, detail="The user with this email does not exist.")\n    return {}\n' },
    'an account that changes its own password': { good: 'from flask import flash\nfrom flask_login import login_required\n\n@login_required\ndef reset_password(user, old):\n    if not user:\n        flash("User not found")\n    flash("Password changed")\n' },
    'elsewhere': { good: 'from flask import abort\n\ndef profile(user):\n    if user is None:\n        abort(404, "User not found")\n    return "Wrong password"\n' },
  }),
});

const UNKNOWN = /\b(no|unknown|non-?existent) (such |registered |matching )?(accounts?|users?|e-?mails?|email address|username|member)\b(?! ?(or|and|\/|,))|\b(accounts?|users?|e-?mails?|address|username|member)\b( [\w'@{}.]+){0,5}? (not|was not|is not|does not|do not|could not be|cannot be|can't be|doesn't|isn't|wasn't|couldn't be)( \w+)? ?(found|exists?|registered|recogni[sz]ed|known|associated|in our)\b|\b(not|n't|cannot) (find|found|recogni[sz]e)( \w+){0,3} (account|user|e-?mail)|\b(incorrect|wrong|invalid) (e-?mail|username|user name|user)( address)?\b(?! ?(or|and|\/|,|format))|\bnot registered\b|\bno account\b/i;
const WRONG = /\b(incorrect|wrong|invalid|bad) (password|passphrase|credentials|login)\b|\bpassword\b( \w+){0,2} (incorrect|wrong|invalid|not match|does not match|doesn't match|mismatch)\b|\blogin failed\b|\bauthentication failed\b/i;

const LOGIN = /^(\w+_)?(log_?in|sign_?in|authenticate)(_\w+)?$|^(get_token|create_token|token)$/i;
const RESET = /forgot|recover(_|$)?.*(password|account|$)|(password|pwd)_?(reset|recover\w*)|reset_?(password|pwd|request)|request_?\w*reset|lost_?password/i;
const SECOND_LEG = /(^|_)(confirm|complete|verify|done|finish|change|update|set|with_token|by_token)(_|$)/i;

function lookups(): Selector<Lookup> {
  return {
    kinds: ['module'], callees: [],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || !unit.functions.some((each) => kindOf(each) !== undefined)) return;
      const text = project.text(unit.path);
      if (text === undefined) return;
      for (const func of unit.functions) {
        const kind = onlyInDevelopment(func) ? undefined : kindOf(func);
        if (kind === undefined || isForOthers(func, unit, project)) continue;
        const told = toldIn(func, kind, text);
        if (told !== 'nothing') yield { func, kind, ...(told && { told }) };
      }
    },
  };
}

/** By its own name; a method of a view, a form or a serializer by its class's. */
function kindOf(func: Func): Lookup['kind'] | undefined {
  const isMethod = /^(post|validate|validate_\w*(email|user|name|login)\w*|clean|clean_\w*(email|user|name|login)\w*|form_valid|create|dispatch_request|handle)$/.test(func.name);
  const owner = lastName(func.scope);
  const name = isMethod && owner !== '' ? owner : func.name;
  if (RESET.test(name) && !SECOND_LEG.test(name) && !func.parameters.some((each) => /token|uid|code|key|new_password|signature/i.test(each.name))) return 'reset';
  return isMethod && owner !== '' ? /log_?in|sign_?in/i.test(owner) && !/^(login)?required/i.test(owner) ? 'login' : undefined : LOGIN.test(name) && !/required|link|url|form$|page|user_loader|logged/i.test(name) ? 'login' : undefined;
}

/** A method is named with its class. */
function nameOf({ name, scope }: Func): string {
  return /^[A-Z]/.test(lastName(scope)) ? `${lastName(scope)}.${name}` : name;
}

/** Only somebody who is signed in gets there. */
function isForOthers(func: Func, module: Module, project: Project): boolean {
  const gates = [...func.decorators.map((each) => each.name), ...func.depends, ...routesAt(func, module, project).flatMap((each) => each.gates)];
  return gates.some((each) => /login_required|current_\w*user|superuser|jwt_required|permission_required|admin|staff|IsAuthenticated/i.test(each) && !/anonymous|logout/i.test(each));
}

function routesAt(func: Func, module: Module, project: Project): readonly Route[] {
  return project.routesOf(module).filter((each) => each.handlerAt.start === func.nameAt.start);
}

/** The telling text; undefined where all answers are alike, `nothing` where it says nothing to anybody. */
function toldIn(func: Func, kind: Lookup['kind'], text: string): { readonly at: Span; readonly text: string } | undefined | 'nothing' {
  const body = text.slice(func.body.start, func.body.end);
  if (kind === 'reset' && /["'.](new_password|new_password1|token|reset_token)\b/.test(body) && !/send|mail/i.test(body)) return 'nothing';
  const texts = spokenIn(text, func.body).filter((each) => /\s/.test(each.text) && each.text.length < 300);
  const unknown = texts.find((each) => UNKNOWN.test(each.text) && !/^if\b/i.test(each.text));
  const other = texts.filter((each) => each !== unknown && each.text !== unknown?.text);
  const isForm = /^(validate|clean)/.test(func.name);
  if (unknown) return kind === 'reset' || isForm || other.some((each) => WRONG.test(each.text) && standApart(unknown.at, each.at, text)) ? { at: unknown.at, text: unknown.text } : 'nothing';
  return texts.some((each) => WRONG.test(each.text) || /\b(user ?name|name|e-?mail|user|login) ?(or|and|\/|,) ?password\b|^if\b.*(account|address|e-?mail|user)/i.test(each.text)) ? undefined : 'nothing';
}

/** One answer may name both; two answers stand in branches of their own. */
function standApart(a: Span, b: Span, text: string): boolean {
  return /\n[ \t]*(if|elif|else|except|return|raise|abort)\b/.test(text.slice(Math.min(a.end, b.end), Math.max(a.start, b.start)));
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
