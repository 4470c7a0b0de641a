import type { Evidence, Gap, Hook, Judgement, Module, Project, Route } from '../kit';
import { BY_COOKIE_READ, closure, functionNamedAt, functionsWithin, hasOwnHandler, idleModules, isWrite, lastName, projectRule, withoutComments } from '../kit';

export default projectRule({
  id: 'webhook-signature-missing',
  title: 'Webhooks verify their sender',
  severity: 'high', points: 15, confidence: 'likely', effort: 'M', since: '1',
  blocks: { when: 'the event changes payments, orders or accounts', holds: (project) => project.deployable !== undefined },
  why: `The address is public, so anyone can mark an order as paid. Providers sign their events exactly for this.`,
  how: `Verify the signature over the raw body before parsing it, and refuse old timestamps. Refuse events without a signature too.`,
  links: ['https://docs.stripe.com/webhooks', 'https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries'],
  anchors: ['CWE-345', 'CWE-347'],

  applies: (project) => receivers(project).length > 0 ? true : 'It receives no webhooks.',
  project: judge,

  examples: () => ({
    'the body is believed': { bad: 'from flask import Blueprint, request\nbp = Blueprint("pay", __name__)\n@bp.post("/webhook/stripe")\ndef hook():\n    event = request.get_json()\n    mark_paid(event["data"]["object"]["id"])\n    return "ok"\ndef mark_paid(i):\n    pass\n' },
    'FastAPI': { bad: 'from fastapi import APIRouter, Request\n\nrouter = APIRouter(prefix="/payments")\n\n@router.post("/webhook")\nasync def payment_webhook(request: Request):\n    event = await request.json()\n    await settle(event["order"])\n    return {"ok": True}\n\nasync def settle(order):\n    pass\n' },
    'Django': {
      bad: {
        'shop/settings.py': 'ROOT_URLCONF = "shop.urls"\nINSTALLED_APPS = ["pay"]\n',
        'shop/urls.py': 'from django.urls import path\nfrom pay import views\n\nurlpatterns = [path("pay/webhook/", views.webhook)]\n',
        'pay/views.py': 'import json\nfrom django.http import HttpResponse\nfrom django.views.decorators.csrf import csrf_exempt\nfrom django.views.decorators.http import require_POST\nfrom pay.models import Order\n\n@csrf_exempt\n@require_POST\ndef webhook(request):\n    event = json.loads(request.body)\n    Order.objects.filter(id=event["order"]).update(paid=True)\n    return HttpResponse()\n',
      },
    },
    'only when a signature is sent': { bad: 'from flask import Flask, abort, request\n\napp = Flask(__name__)\n\n@app.post("/webhooks/github")\ndef github():\n    signature = request.headers.get("X-Hub-Signature-256")\n    if signature:\n        if not verify(request.data, signature):\n            abort(400)\n    deploy(request.get_json())\n    return "ok"\n\ndef verify(body, signature):\n    return False\n\ndef deploy(event):\n    pass\n' },
    'only when a secret is set': { severity: 'medium', bad: 'import hmac\nfrom flask import Flask, abort, current_app, request\n\napp = Flask(__name__)\n\n@app.post("/webhooks/github")\ndef github():\n    secret = current_app.config.get("GITHUB_SECRET")\n    if secret:\n        digest = hmac.new(secret, request.data, "sha256").hexdigest()\n        if not hmac.compare_digest(digest, request.headers["X-Hub-Signature-256"]):\n            abort(400)\n    deploy(request.get_json())\n    return "ok"\n\ndef deploy(event):\n    pass\n' },
    'a payment\'s call back': { bad: 'import json\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/mpesa/callback/")\ndef mpesa_callback():\n    settle(json.loads(request.data)["Body"])\n    return ""\n\ndef settle(body):\n    pass\n' },
    'a provider\'s call back': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/paypal/ipn")\ndef paypal():\n    credit(request.form["custom"], request.form["mc_gross"])\n    return ""\n\ndef credit(user, amount):\n    pass\n' },
    'the library verifies': { good: 'import os, stripe\nfrom flask import Blueprint, request\nbp = Blueprint("pay", __name__)\n@bp.post("/webhook/stripe")\ndef hook():\n    event = stripe.Webhook.construct_event(request.data, request.headers["Stripe-Signature"], os.environ["STRIPE_WEBHOOK_SECRET"])\n    return event["id"]\n' },
    'a function of its own verifies': { good: 'import hashlib, hmac, os\nfrom fastapi import APIRouter, HTTPException, Request\n\nrouter = APIRouter()\n\ndef is_genuine(body, given):\n    digest = hmac.new(os.environ["KEY"].encode(), body, hashlib.sha256).hexdigest()\n    return hmac.compare_digest(digest, given)\n\n@router.post("/webhook")\nasync def webhook(request: Request):\n    body = await request.body()\n    if not is_genuine(body, request.headers["X-Sig"]):\n        raise HTTPException(400)\n    return {}\n' },
    'a dependency verifies': { good: 'from fastapi import APIRouter, Depends, Request\nfrom app.github import verified_body\n\nrouter = APIRouter()\n\n@router.post("/webhooks/github")\nasync def github(body: bytes = Depends(verified_body)):\n    return len(body)\n' },
    'a decorator verifies': { good: 'from flask import Flask, request\nfrom twilio_tools import validate_twilio_request\n\napp = Flask(__name__)\n\n@app.post("/webhook/sms")\n@validate_twilio_request\ndef sms():\n    return request.form["Body"]\n' },
    'a secret in the path': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/webhook/<token>")\ndef hook(token):\n    handle(token, request.get_json())\n    return "ok"\n\ndef handle(token, event):\n    pass\n' },
    'a secret in a header': { good: 'import hmac\nfrom flask import Flask, abort, current_app, request\n\napp = Flask(__name__)\n\n@app.post("/telegram/webhook")\ndef telegram():\n    if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), current_app.config["BOT_SECRET"]):\n        abort(403)\n    return str(request.get_json())\n' },
    'refused without a signature': { good: 'from flask import Flask, abort, request\n\napp = Flask(__name__)\n\n@app.post("/webhooks/github")\ndef github():\n    signature = request.headers.get("X-Hub-Signature-256")\n    if not signature:\n        abort(400)\n    if signature:\n        verify(request.data, signature)\n    return str(request.get_json())\n\ndef verify(body, signature):\n    pass\n' },
    'the provider is asked again': { good: 'from flask import Flask, request\nfrom mollie_tools import client\n\napp = Flask(__name__)\n\n@app.post("/mollie/webhook")\ndef mollie():\n    payment = client.payments.get(request.form["id"])\n    if payment.is_paid():\n        settle(payment)\n    return ""\n\ndef settle(payment):\n    pass\n' },
    'webhooks that are set up here': { good: 'from fastapi import APIRouter, Depends\nfrom app.auth import current_user\n\nrouter = APIRouter()\n\n@router.post("/webhooks")\ndef create_webhook(url: str, user=Depends(current_user)):\n    return {"url": url}\n\n@router.post("/webhooks/{id}/test")\ndef send_test(id: int):\n    return {"id": id}\n' },
    'a login by OAuth, and reports of browsers': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.get("/oauth/callback")\ndef callback():\n    return request.args["code"]\n\n@app.post("/csp-report")\ndef report():\n    return str(request.get_json())\n\n@app.post("/events")\ndef create_event():\n    return request.form["title"]\n' },
    'a framework for bots verifies': { good: 'from flask import Flask, request\nfrom slack_bolt import App\nfrom slack_bolt.adapter.flask import SlackRequestHandler\n\napp = Flask(__name__)\nhandler = SlackRequestHandler(App())\n\n@app.post("/slack/events")\ndef slack_events():\n    return handler.handle(request)\n' },
    'nothing is done with it': { good: 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.post("/webhook/ping")\ndef ping():\n    return "pong"\n' },
  }),
});

interface Receiver { readonly module: Module; readonly route: Route }

const PROVIDERS = /stripe|paypal|braintree|adyen|mollie|square|paddle|lemon_?squeezy|razorpay|paystack|flutterwave|mercado_?pago|payu|klarna|checkout_?com|coinbase|nowpayments|bitpay|gocardless|paytm|phonepe|cashfree|xendit|midtrans|momo|vnpay|iyzico|m_?pesa|daraja|sslcommerz|payhere|khalti|esewa|zarinpal|moyasar|ecpay|toss_?payments|dodo_?payments|polar|chargebee|recurly|plaid|shopify|woocommerce|bigcommerce|github|gitlab|bitbucket|gitea|slack|discord|telegram|whatsapp|twilio|vonage|nexmo|messagebird|sendgrid|mailgun|postmark|mailchimp|mandrill|resend|brevo|ses|sns|pagerduty|sentry|jira|trello|asana|hubspot|salesforce|intercom|zendesk|zoom|calendly|typeform|clerk|auth0|docusign|easypost|shippo|facebook|line_?bot/i;
/** Webhooks that are set up, listed or tried here, by their handler or the end of their path. */
const ADMINISTERS = /^(create|add|new|edit|update|delete|remove|destroy|list|get|configure|set|test|send|register|subscribe|enable|disable|toggle|save|manage|trigger|retry|resend|replay|rotate|fire|deliver)_|_(create|add|update|delete|edit|new|list|test|settings|config)$|webhooks?_(settings|config|form)$/i;

function receivers(project: Project): readonly Receiver[] {
  return project.once('webhookReceivers', () => {
    const idle = idleModules(project);
    return project.routes.filter(({ module, route }) => module.language === 'python' && module.role === 'production' && !idle.has(module.path) && hasOwnHandler(route) && receives(route, project.text(module.path) ?? ''));
  });
}

function receives(route: Route, text: string): boolean {
  const name = lastName(route.handler);
  const said = `${route.path} ${name}`;
  const posts = isWrite(route) || (route.framework === 'django' && !/^GET$/.test(route.methods.join()));
  if (!posts || /oauth|csp|csrf|login|logout|sso|saml|openid/i.test(said) || ADMINISTERS.test(name) || /\/(test|settings|config|new|add|create|edit|delete|\{?<?\w*id\w*>?\}?)\/?$/i.test(route.path)) return false;
  const isHook = /webhook|(^|[/_ .-])ipn([/_ .-]|$)/i.test(said) || (/(^|[/_ .-])(hooks?|callback|notify|notifications?|events?|postback|incoming|inbound)([/_ .-]|$)/i.test(said) && PROVIDERS.test(said));
  // Webhooks of its own users are a resource: their list is posted to by those who are signed in.
  return isHook && !isForSignedIn(route) && readsBody(route, text);
}

/** Somebody must have signed in, by a gate or by what the body reads. */
function isForSignedIn(route: Route): boolean {
  return route.gates.some((each) => /login|logged|auth|user|admin|permi|jwt|session|staff|member|account|principal|OAuth2/i.test(lastName(each)) && !/basic|webhook|signature/i.test(each)) || route.reads.some((each) => BY_COOKIE_READ.test(each));
}

/** The handler takes an event in: it reads the request, or has it as a parameter. */
function readsBody(route: Route, text: string): boolean {
  const written = text.slice(route.handlerAt.start, route.body.end);
  return route.reads.some((each) => /json|data|body|form|stream|POST|files|values|content/i.test(lastName(each))) || /\brequest\b|\breq\b|\bpayload\b|\bevent\b|\bself\.request\b/.test(written.replace(/^[^\n]*:\s*$/m, ''));
}

// ---- what verifies

const VERIFIES = /construct_event|compare_digest|(^|[._])hmac\b|verif(y|ies|ied|ication)|validat\w*_?(webhook|signature|request|hash|token|hmac|ipn|notification|payload)|(webhook|signature|request|hash|ipn)\w*_?valid|check\w*_?(signature|hash|token|secret|hmac|auth|sender)|signature|RequestValidator|^svix\.|standardwebhooks|^slack_bolt\.|^slackeventsapi\.|^linebot\.|^anymail\.|^djstripe\.|^botbuilder\.|^aiogram\.|^discord_interactions\.|github_webhook|unwrap|SignatureVerif|is_genuine|is_trusted|authentic|require_\w*(secret|token|key)|api_key|basic_auth|HTTPBasic|HTTPBearer/i;
/** In the text of the handler and of what it calls. */
const TEXT = /compare_digest|\bhmac\b|construct_event|signature|_notify-validate|webhook_?(secret|token|key)|secret_?token|X-\w[\w-]*-(Token|Secret|Key|Signature)|\b\w*(secret|SECRET|api_?key|API_?KEY)\w*["'\])]*\s*(==|!=|not in\b|in\b)|(==|!=)\s*[\w.[\]"'()]*(secret|SECRET|api_?key|API_?KEY)|remote_addr|client\.host\s*(not\s+)?in|allowed_?ips|ip_address|headers?(\.get)?[([]["']Authorization/i;
/** What it is sent is only a name: the provider itself is asked for the rest. */
const ASKS = /\.(retrieve|fetch)$|(payments?|orders?|transactions?|invoices?|charges?|sessions?)\.(get|find|retrieve|fetch|verify)$|(^|[._])(fetch|get|retrieve|verify|confirm|check|query|sync)_(payment|transaction|order|status|charge|invoice|event)\w*$/i;

interface Verdict { readonly how: 'verified' | 'missing' | 'if sent' | 'if set'; readonly at?: Evidence }

function verdictOf({ module, route }: Receiver, project: Project): Verdict {
  if (/[<{][\w:]*(token|secret|key|hash|signature|sig)[\w]*[>}]/i.test(route.path)) return { how: 'verified' };
  const own = functionNamedAt(module, route.handlerAt.start);
  const start: readonly Hook[] = [...(own ? [{ module, func: own }] : methodsOf(module, route)), ...[...route.gates, ...(own?.depends ?? [])].flatMap((each) => project.func(each) ?? [])];
  const all = closure(project, start);
  if ([...route.gates, ...route.hooks.filter((each) => /webhook|signature/i.test(each)), ...(own?.depends ?? [])].some((each) => VERIFIES.test(each) || /webhook/i.test(lastName(each)))) return { how: 'verified' };
  const texts = all.map((each) => ({ ...each, text: withoutComments(project.written(each.module.path, each.func.at)) }));
  const found = texts.find(({ func, text }) => func.does.some((each) => VERIFIES.test(each) || ASKS.test(each)) || TEXT.test(text) || func.reads.some((each) => /signature|[-_.](secret|token)$|x-hub|authorization/i.test(each)));
  if (!found) return { how: 'missing' };
  const condition = conditionOf(found.text);
  const at = { path: found.module.path, ...found.func.nameAt, text: `${found.func.name}() looks who sends it` };
  return condition === undefined ? { how: 'verified', at } : { how: condition, at };
}

function methodsOf(module: Module, route: Route): readonly Hook[] {
  return functionsWithin(module, route.body).map((func) => ({ module, func }));
}

/** `if signature:` or `if secret:` around the check, and nothing that refuses without. */
function conditionOf(text: string): 'if sent' | 'if set' | undefined {
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [, indentation = '', name] = /^([ \t]*)if[ \t]+([\w.]*(?:signature|secret|sig|hmac|SECRET)\w*)(?:[ \t]+is[ \t]+not[ \t]+None)?[ \t]*:[ \t]*$/i.exec(line) ?? [];
    if (name === undefined || /verif|valid|check|is_|debug/i.test(name)) continue;
    const end = lines.findIndex((each, at) => at > index && each.trim() !== '' && (/^[ \t]*/.exec(each)?.[0].length ?? 0) <= indentation.length);
    const block = blockAfter(lines, index, indentation.length);
    if (!/verif|compare_digest|construct_event|valid|hmac|signature/i.test(block)) continue;
    const alternative = end >= 0 && /^[ \t]*(else|elif\b[^:]*):/.test(lines[end] ?? '') ? blockAfter(lines, end, indentation.length) : '';
    const exact = name.replace(/\./g, '\\.');
    const refused = REFUSES.test(alternative) || new RegExp(`(\\bnot[ \\t]+${exact}\\b(?![(.])|\\b${exact}[ \\t]+is[ \\t]+None|\\b${exact}[ \\t]*==[ \\t]*["']{2})[^\\n]*\\n(?:[^\\n]*\\n){0,6}?[ \\t]*(raise|return|abort)`).test(text);
    if (!refused) return /secret/i.test(name) ? 'if set' : 'if sent';
  }
  return undefined;
}

/** The lines under a clause, which are indented further than it. */
function blockAfter(lines: readonly string[], clause: number, indentation: number): string {
  const end = lines.findIndex((each, at) => at > clause && each.trim() !== '' && (/^[ \t]*/.exec(each)?.[0].length ?? 0) <= indentation);
  return lines.slice(clause + 1, end < 0 ? undefined : end).join('\n');
}

const REFUSES = /\b(raise|abort)\b|return\b[^\n]*(40[013]|Forbidden|BadRequest|Unauthorized)/;

// ---- the judgement

function judge(project: Project): Judgement {
  const gaps: Gap[] = [];
  const holds: Evidence[] = [];
  const seen = new Set<string>();
  for (const receiver of receivers(project)) {
    const { module, route } = receiver;
    const key = `${module.path} ${route.handlerAt.start}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { how, at } = verdictOf(receiver, project);
    const place = { path: module.path, start: route.handlerAt.start, end: route.handlerAt.end };
    const path = route.path || lastName(route.handler);
    if (how === 'verified') holds.push(at ?? { ...place, text: `${path} looks who sends it` });
    else if (how === 'missing') gaps.push({ at: place, message: `${path} accepts events without checking a signature or secret.` });
    else if (how === 'if sent') gaps.push({ at: place, message: `${path} checks a signature only when one is sent: an event without one is believed.`, related: at ? [at] : [] });
    else gaps.push({ at: place, message: `${path} checks a signature only when a secret is set: without it every event is believed.`, related: at ? [at] : [], variation: { severity: 'medium', because: 'it is verified where the secret is set' } });
  }
  return gaps.length > 0 ? { open: gaps } : { holds };
}
