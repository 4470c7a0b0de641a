import type { Call, Context, Module, Project, Selector, Source, Variation } from '../kit';
import { DOCUMENTS, functionsAround, lastName, onlyInDevelopment, rule, runningOf, sleepSeconds, stepsFromRequest } from '../kit';

type Work = 'mail' | 'document' | 'program' | 'pause';
interface Slow { readonly call: Call; readonly module: Module; readonly work: Work; readonly what: string }

const MAIL = ['flask_mail.Mail.send', 'flask_mailman.Mail.send', 'flask_mail.Mail.send_message', 'django.core.mail.send_mail', 'django.core.mail.send_mass_mail', 'django.core.mail.mail_admins', 'django.core.mail.mail_managers', 'django.core.mail.EmailMessage.send', 'django.core.mail.EmailMultiAlternatives.send', 'smtplib.SMTP', 'smtplib.SMTP_SSL', 'sendgrid.SendGridAPIClient.send', 'fastapi_mail.FastMail.send_message', '*.mail.send', 'django.contrib.auth.models.User.email_user'] as const;
const PROGRAMS = ['subprocess.run', 'subprocess.call', 'subprocess.check_call', 'subprocess.check_output', 'os.system'] as const;

export default rule<Slow>({
  id: 'slow-work-in-request',
  title: 'Mail, rendering and waits happen outside the request',
  severity: 'medium', points: 4, confidence: 'likely', blocks: 'never', effort: 'M', since: '1',
  why: 'The visitor waits for the mail server, and a few slow ones occupy all workers. A failure after the commit shows an error for an order that exists.',
  how: 'Hand the work to a queue or a background task, and answer at once.',
  links: ['https://fastapi.tiangolo.com/tutorial/background-tasks/', 'https://docs.celeryq.dev/en/stable/getting-started/first-steps-with-celery.html'],

  on: slow(),
  check: (it, context) => isFirst(it, context.project) && gradeOf(it, context),
  message: ({ call: one, what, module }) => `${one.written}() ${what} while a visitor of ${functionsAround(module, one.at)[0]?.name ?? 'this page'}() waits.`,
  underline: ({ call: one }) => one.calleeAt,
  nothing: 'No mail is sent and no document made while a visitor waits.',

  examples: () => ({
    'mail in a route': { bad: 'from flask import Flask, request\nfrom flask_mail import Mail, Message\napp = Flask(__name__)\nmail = Mail(app)\n@app.post("/order")\ndef order():\n    mail.send(Message("thanks", recipients=[request.form["email"]]))\n    return "ok"\n' },
    'mail in a helper of a route': { bad: { 'mailer.py': 'from flask_mail import Mail, Message\nmail = Mail()\ndef thank(address):\n    mail.send(Message("thanks", recipients=[address]))\n', 'app.py': 'from flask import Flask, request\nfrom mailer import mail, thank\napp = Flask(__name__)\nmail.init_app(app)\n@app.post("/order")\ndef order():\n    thank(request.form["email"])\n    return "ok"\n' } },
    'a mail server by hand': { bad: 'import smtplib\nfrom flask import Flask\napp = Flask(__name__)\n@app.post("/order")\ndef order():\n    with smtplib.SMTP("mail.example.com", 587) as server:\n        server.send_message(message())\n    return "ok"\n' },
    'a mail server with a timeout': { bad: 'import smtplib\nfrom flask import Flask\napp = Flask(__name__)\n@app.post("/order")\ndef order():\n    with smtplib.SMTP("mail.example.com", 587, timeout=5) as server:\n        server.send_message(message())\n    return "ok"\n', severity: 'low' },
    'a view of Django': { bad: { 'shop/views.py': 'from django.core.mail import send_mail\ndef contact(request):\n    send_mail("hello", "text", None, ["a@example.com"])\n    return redirect("/")\n' } },
    'a view of Django, with a timeout for mail': { bad: { 'shop/views.py': 'from django.core.mail import send_mail\ndef contact(request):\n    send_mail("hello", "text", None, ["a@example.com"])\n    return redirect("/")\n', 'shop/settings.py': 'EMAIL_TIMEOUT = 5\nINSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\n' }, severity: 'low' },
    'a backend of Django that queues': { good: { 'shop/views.py': 'from django.core.mail import send_mail\ndef contact(request):\n    send_mail("hello", "text", None, ["a@example.com"])\n    return redirect("/")\n', 'shop/settings.py': 'EMAIL_BACKEND = "djcelery_email.backends.CeleryEmailBackend"\nINSTALLED_APPS = []\nROOT_URLCONF = "shop.urls"\n' } },
    'a document': { bad: 'from flask import Flask, render_template\nfrom weasyprint import HTML\napp = Flask(__name__)\n@app.get("/invoice")\ndef invoice():\n    return HTML(string=render_template("invoice.html")).write_pdf()\n' },
    'a converter': { bad: 'import subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post("/video")\ndef video(path: str):\n    subprocess.run(["ffmpeg", "-i", path, "out.mp4"], check=True)\n    return {}\n' },
    'a small program': { good: 'import subprocess\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/version")\ndef version():\n    return subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True).stdout\n' },
    'a pause': { bad: 'import time\nfrom flask import Flask\napp = Flask(__name__)\n@app.get("/report")\ndef report():\n    time.sleep(5)\n    return "done"\n' },
    'a short pause': { good: 'import time\nfrom flask import Flask\napp = Flask(__name__)\n@app.post("/login")\ndef login():\n    time.sleep(0.2)\n    return "no"\n' },
    'work of the framework': { path: 'main.py', good: 'from fastapi import BackgroundTasks, FastAPI\nimport smtplib\napp = FastAPI()\ndef send_mail(to):\n    with smtplib.SMTP("mail.example.com") as server:\n        server.send_message(to)\n@app.post("/order")\ndef order(tasks: BackgroundTasks):\n    tasks.add_task(send_mail, "a@example.com")\n    return {}\n' },
    'a queue': { good: { 'tasks.py': 'import smtplib\nfrom celery import shared_task\n@shared_task\ndef send_receipt(to):\n    with smtplib.SMTP("mail.example.com") as server:\n        server.send_message(to)\n', 'app.py': 'from flask import Flask\nfrom tasks import send_receipt\napp = Flask(__name__)\n@app.post("/order")\ndef order():\n    send_receipt.delay("a@example.com")\n    return "ok"\n' } },
    'a thread': { good: 'from threading import Thread\nfrom flask import Flask\nfrom flask_mail import Mail\napp = Flask(__name__)\nmail = Mail(app)\ndef deliver(message):\n    mail.send(message)\ndef send(message):\n    Thread(target=deliver, args=(message,)).start()\n@app.post("/order")\ndef order():\n    send("thanks")\n    return "ok"\n' },
    'async mail': { path: 'main.py', good: 'from fastapi import FastAPI\nfrom fastapi_mail import FastMail\napp = FastAPI()\nmail = FastMail(None)\n@app.post("/order")\nasync def order():\n    await mail.send_message("thanks")\n    return {}\n' },
    'a command': { good: 'import time\nfrom flask import Flask\nfrom flask_mail import Mail\napp = Flask(__name__)\nmail = Mail(app)\n@app.cli.command()\ndef remind():\n    mail.send("hello")\n    time.sleep(5)\n' },
    'tests': { path: 'tests/test_a.py', good: 'import time\nfrom app import app\n@app.get("/x")\ndef x():\n    time.sleep(5)\n' },
  }),
});

const TIMED: Variation = { severity: 'low', because: 'a timeout bounds the wait' };

function slow(): Selector<Slow> {
  return {
    kinds: ['module'], callees: [...MAIL, ...DOCUMENTS, ...PROGRAMS, 'time.sleep'],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const call of unit.calls) {
        const work = workOf(call);
        if (!work || onlyInDevelopment(call) || call.awaited) continue;
        const steps = stepsFromRequest(project, unit, call);
        // What a function further away does, or one that jobs and commands call too, may be for somebody else.
        const when = runningOf(project, unit, call);
        if (steps !== undefined && steps <= 2 && !when.has('job') && !when.has('program')) yield { call, module: unit, ...work };
      }
    },
  };
}

function workOf(call: Call): { readonly work: Work; readonly what: string } | undefined {
  const { callee } = call;
  if ((MAIL as readonly string[]).includes(callee) || /^(django\.core\.mail\.(\w+\.)?(EmailMessage|EmailMultiAlternatives)\.send|flask_mail\w*\.(Mail|Message)\.send\w*)$|(^|\.)mail\.send$/.test(callee)) return { work: 'mail', what: 'sends mail' };
  if ((DOCUMENTS as readonly string[]).includes(callee)) return { work: 'document', what: DOCUMENT[lastName(callee)] ?? 'makes a document' };
  if (callee === 'time.sleep') return (sleepSeconds(call) ?? 0) >= 1 && !call.onLoop ? { work: 'pause', what: 'sleeps' } : undefined;
  if ((PROGRAMS as readonly string[]).includes(callee)) {
    const program = programOf(call);
    return program && !call.onLoop ? { work: 'program', what: `runs ${program}` } : undefined;
  }
  return undefined;
}

const DOCUMENT: Readonly<Record<string, string>> = { image_to_string: 'reads text off an image', readtext: 'reads text off an image', write_videofile: 'writes a video', transcribe: 'transcribes sound', convert_text: 'converts a document', convert_file: 'converts a document' };
const HEAVY = /^(.*\/)?(ffmpeg|pandoc|wkhtmltopdf|libreoffice|soffice|convert|magick|gs|tesseract|pdflatex|xelatex|chromium|google-chrome|mysqldump|pg_dump|tar|rsync|yt-dlp)$/;

/** The converter a command line begins with. */
function programOf(call: Call): string | undefined {
  const [first] = call.args;
  const word = first?.kind === 'list' ? first.items[0] : first?.kind === 'joined' ? first.parts[0] : first;
  const text = word?.kind === 'text' ? word.value.trim().split(/\s/)[0] ?? '' : '';
  return HEAVY.exec(text)?.[2];
}

/** One finding for a function, at its first call of a kind. */
function isFirst({ call, module, work }: Slow, project: Project): boolean {
  return module.calls.find((each) => each.scope === call.scope && workOf(each)?.work === work && stepsFromRequest(project, module, each) !== undefined) === call;
}

function gradeOf({ call, work }: Slow, { project, source }: Context): boolean | Variation {
  if (work !== 'mail') return call.keywords.some((each) => each.name === 'timeout' && each.value.kind === 'number' && each.value.value < 10) ? TIMED : true;
  if (queues(project) || isBackground(call, source)) return false;
  const timeout = call.keywords.find((each) => each.name === 'timeout')?.value;
  return (timeout?.kind === 'number' && timeout.value <= 10) || (call.callee.startsWith('django.') && project.settings('EMAIL_TIMEOUT').some((each) => !each.development)) ? TIMED : true;
}

/** A mail backend that hands messages to a queue, or only prints them. */
function queues(project: Project): boolean {
  return project.settings('EMAIL_BACKEND').some((each) => each.selected && !each.development && each.value.kind === 'text' && /celery|queue|mailer|rq|post_office|async|dramatiq|huey/i.test(each.value.value));
}

/** The helper says that it may be told to wait: `if sync: mail.send(…)`. */
function isBackground(call: Call, source: Source): boolean {
  return call.guards.some((each) => /\b(sync|synchronous|block|blocking|wait|testing|eager)\w*\b/i.test(source.slice(each.at)));
}
