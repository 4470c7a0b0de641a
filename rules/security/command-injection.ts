import type { Call, CallMatch, Context, Edit, Harmless, Joined, Project, Selector, Source, Value, Variation, Way } from '../kit';
import { alongWay, call, functionAt, importing, isConfined, isOwn, lastName, onlyAsProgram, options, passageOf, placesOf, readBy, replace, rule, taintIn, wayTo, withoutArgument } from '../kit';

const SHELLS = ['os.system', 'os.popen', 'commands.getoutput', 'commands.getstatusoutput', 'subprocess.getoutput', 'subprocess.getstatusoutput', 'asyncio.create_subprocess_shell', 'asyncio.subprocess.create_subprocess_shell'] as const;
const RUNNERS = ['subprocess.run', 'subprocess.call', 'subprocess.check_call', 'subprocess.check_output', 'subprocess.Popen'] as const;
/** Clients whose one argument is a command line for a shell at the other end. */
const REMOTE = ['paramiko.SSHClient.exec_command', 'paramiko.client.SSHClient.exec_command', 'fabric.Connection.run', 'fabric.Connection.sudo', 'fabric.connection.Connection.run'] as const;
const PROGRAMS = ['asyncio.create_subprocess_exec', 'os.execv', 'os.execvp', 'os.spawnv'] as const;

interface Start extends CallMatch {
  readonly command: Value;
  /** A shell reads the command. */
  readonly shell: boolean;
}

export default rule<Start>({
  id: 'command-injection',
  title: 'External commands run without a shell and with fixed words',
  severity: 'critical', points: 40, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'A shell reads ; | $( ) in the value as commands, so a form field becomes a remote terminal. Quoting by hand is regularly wrong.',
  how: 'Pass a list of arguments and no shell; put -- before values that may begin with a dash.',
  links: ['https://docs.python.org/3/library/subprocess.html#security-considerations', 'https://cheatsheetseries.owasp.org/cheatsheets/OS_Command_Injection_Defense_Cheat_Sheet.html'],
  anchors: ['bandit B602', 'bandit B604', 'bandit B605', 'bandit B609', 'ruff S602', 'ruff S604', 'ruff S605', 'ruff S609', 'semgrep dangerous-subprocess-use', 'eslint-plugin-security detect-child-process', 'CWE-78'],

  on: starts(),
  check: (it, context) => {
    const danger = dangerIn(it, context);
    if (!danger) return false;
    if (danger.way) return alongWay(danger.way);
    return isOperators(it) ? OPERATOR : UNPROVED;
  },
  message: (it, context) => {
    const danger = dangerIn(it, context)?.value;
    const sink = `${it.call.written}()`;
    return it.shell ? `${sink} runs a shell command built from ${readBy(danger, context.source)}.` : `${sink} starts a program that a visitor names: ${readBy(danger, context.source)}.`;
  },
  underline: ({ call: one }) => commandOf(one)?.at ?? one.calleeAt,
  related: (it, context) => placesOf(dangerIn(it, context)?.way, { path: context.unit.path, ...it.call.calleeAt, text: `run by ${it.call.written}()` }),
  holds: (it) => it.shell ? undefined : 'Arguments are a list and no shell reads them',
  nothing: 'The code starts no processes.',
  summary: (count) => count === 1 ? 'The only process call has a list of arguments and no shell' : `${count} process calls with a list of arguments and no shell`,

  fix: { title: 'Run the program without a shell', safety: 'review', edit: withoutShell },

  examples: () => ({
    'a form field in a shell command': {
      bad: 'import subprocess\nfrom flask import request\ndef convert():\n    subprocess.run("convert " + request.form["name"] + " out.png", shell=True)\n',
      good: 'import subprocess\nfrom flask import request\ndef convert():\n    subprocess.run(["convert", request.form["name"], "out.png"])\n',
    },
    'a list of arguments': { good: 'import subprocess\ndef convert(name):\n    subprocess.run(["convert", "--", name, "out.png"], check=True, timeout=30)\n' },
    'constant command': { good: 'import subprocess\nsubprocess.run("git rev-parse HEAD", shell=True)\n' },
    'an f-string of unknown origin': {
      bad: 'import subprocess\n\ndef convert(name):\n    subprocess.run(f"convert {name} out.png", shell=True, check=True)\n', severity: 'medium',
      good: 'import subprocess\n\ndef convert(name):\n    subprocess.run(["convert", name, "out.png"], check=True)\n',
    },
    'os.system': {
      bad: 'import os\nfrom flask import request\n\ndef ping():\n    host = request.args.get("host")\n    os.system(f"ping -c 1 {host}")\n',
      good: 'import os\nimport subprocess\nfrom flask import request\n\ndef ping():\n    host = request.args.get("host")\n    subprocess.run(["ping", "-c", "1", host])\n',
    },
    'by way of a name': { bad: 'import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get("/dns")\ndef lookup(host: str):\n    command = "nslookup %s" % host\n    return os.popen(command).read()\n' },
    'the whole command': { bad: 'import subprocess\nfrom flask import request\n\ndef console():\n    return subprocess.check_output(request.form["command"], shell=True)\n' },
    'a list for a shell': { bad: 'import subprocess\n\ndef ping(request):\n    subprocess.call(["sh", "-c", "ping " + request.GET["host"]])\n', path: 'shop/views.py' },
    'the program itself': { bad: 'import subprocess\nfrom flask import request\n\ndef tool():\n    return subprocess.run([request.json["tool"], "--version"])\n' },
    'another machine\'s shell': { bad: 'import paramiko\nfrom flask import request\n\ndef tail():\n    client = paramiko.SSHClient()\n    client.exec_command(f"tail /var/log/{request.args[\'log\']}")\n' },
    'an asynchronous shell': { bad: 'import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n@app.post("/render")\nasync def render(source: str):\n    await asyncio.create_subprocess_shell("pandoc " + source)\n' },
    'a pipe stays a shell': { bad: 'import subprocess\n\ndef dump(name):\n    subprocess.run(f"pg_dump {name} | gzip > dump.gz", shell=True)\n', severity: 'medium' },
    'quoted': { good: 'import shlex\nimport subprocess\nfrom flask import request\n\ndef convert():\n    subprocess.run(f"convert {shlex.quote(request.form[\'name\'])} out.png | cat", shell=True)\n' },
    'made of constants and settings': { good: 'import os\nimport subprocess\n\nROOT = os.path.dirname(__file__)\nTOOL = os.environ.get("TOOL", "make")\n\ndef build():\n    subprocess.run(f"cd {ROOT} && {TOOL} all", shell=True)\n    subprocess.run("%s -C %s -j%d" % (TOOL, os.path.join(ROOT, "docs"), 4), shell=True)\n' },
    'names and times that the program makes': { good: 'import os\nimport subprocess\nimport tempfile\nfrom datetime import datetime\n\ndef backup(rows):\n    stamp = datetime.now().strftime("%Y")\n    with tempfile.NamedTemporaryFile() as made:\n        subprocess.run(f"sort {made.name} > /backups/{stamp}-{len(rows)}.sql", shell=True)\n    os.system("kill %d" % os.getpid())\n' },
    'one of a list': { good: 'import os\nfrom flask import request\n\ndef service():\n    name = request.args["name"]\n    if name not in ("web", "worker"):\n        return "no", 400\n    os.system(f"systemctl status {name}")\n' },
    'a number': { good: 'import os\nfrom flask import request\n\ndef stop():\n    os.system(f"kill {int(request.args[\'pid\'])}")\n' },
    'a loop over constants': { good: 'import os\n\ndef build():\n    for name in ("web", "worker"):\n        os.system(f"docker build {name}")\n' },
    'the operator\'s own arguments': { bad: 'import subprocess\nfrom django.core.management.base import BaseCommand\n\nclass Command(BaseCommand):\n    def handle(self, *args, **options):\n        subprocess.run("cd %s && make" % options["folder"], shell=True)\n', path: 'shop/management/commands/build.py', severity: 'low' },
    'a helper that is given constants': { good: 'import subprocess\n\ndef run(cmd):\n    return subprocess.run(cmd, shell=True, check=True)\n\ndef deploy():\n    run("git pull")\n    run("make assets")\n' },
    'a helper that is given more': { bad: 'import subprocess\n\ndef run(cmd):\n    return subprocess.run(cmd, shell=True, check=True)\n\ndef deploy(branch):\n    run("git fetch")\n    run("git checkout " + branch)\n', severity: 'medium' },
    'a shell that is not asked for': { good: 'import subprocess\nfrom flask import request\n\ndef find():\n    subprocess.run(["grep", request.args["q"], "index.txt"], shell=False)\n' },
    'tests': { path: 'tests/test_run.py', good: 'import os\n\ndef test_it(name):\n    os.system(f"rm {name}")\n' },
    'only in a comment': { good: '# os.system("rm " + request.args["f"])\ndef nothing():\n    return "os.system(name)"\n' },
    'by way of a task': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom jobs import convert\n\napp = Flask(__name__)\n\n@app.post("/convert")\ndef start():\n    convert.delay(request.form["name"])\n    return "", 202\n',
        'jobs.py': 'import subprocess\nfrom celery import shared_task\n\n@shared_task\ndef convert(name):\n    subprocess.run(f"convert {name} out.png", shell=True, check=True)\n',
      },
      severity: 'critical',
    },
    'quoted before it is handed on': {
      good: {
        'app.py': 'import shlex\nfrom flask import Flask, request\nfrom jobs import convert\n\napp = Flask(__name__)\n\n@app.post("/convert")\ndef start():\n    convert(shlex.quote(request.form["name"]))\n    return "", 202\n',
        'jobs.py': 'import subprocess\n\ndef convert(name):\n    subprocess.run(f"convert {name} out.png", shell=True, check=True)\n',
        'Procfile': 'web: gunicorn app:app\n',
      },
    },
  }),
});

const UNPROVED: Variation = { severity: 'medium', points: 6, confidence: 'possible', because: 'nothing here shows that the value comes from a visitor' };
const OPERATOR: Variation = { severity: 'low', points: 2, confidence: 'likely', because: 'its inputs are the own arguments of whoever starts the program' };

function starts(): Selector<Start> {
  const all = call(...SHELLS, ...RUNNERS, ...REMOTE, ...PROGRAMS);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) {
        const found = startOf(match, project);
        if (found) yield found;
      }
    },
  };
}

function startOf(match: CallMatch, project: Project): Start | undefined {
  const { call: one, module } = match;
  const written = commandOf(one);
  if (!written) return undefined;
  const command = project.resolve(written, module);
  if ([...SHELLS, ...REMOTE].some((each) => each === one.callee)) return { ...match, command, shell: true };
  if (one.keywords.some((each) => each.name === 'shell' && each.value.kind === 'bool' && each.value.value)) return { ...match, command, shell: true };
  const script = command.kind === 'list' ? shellScript(command.items) : undefined;
  return script ? { ...match, command: script, shell: true } : { ...match, command: command.kind === 'list' ? command.items[0] ?? command : command, shell: false };
}

/** The script of `["sh", "-c", script]`. */
function shellScript(items: readonly Value[]): Value | undefined {
  const [program, flag, script] = items;
  return program?.kind === 'text' && /(^|\/)(sh|bash|zsh|dash|cmd|cmd\.exe)$/.test(program.value) && flag?.kind === 'text' && /^(-\w*c|\/c)$/i.test(flag.value) ? script : undefined;
}

function commandOf(one: Call): Value | undefined {
  return one.args[0] ?? one.keywords.find((each) => each.name === 'args' || each.name === 'command' || each.name === 'cmd')?.value;
}

/** What in the command is neither constant nor quoted, a visitor's value first. */
function dangerIn(it: Start, context: Context): { readonly value: Value; readonly way?: Way } | undefined {
  const parts = it.shell ? partsOf(it.command) : options(it.command);
  const open = parts.filter((each) => !isOwn(each, context.project) && !isQuoted(each) && !isChecked(each, it, context) && !(each.kind === 'parameter' && context.project.flow.givenOwn(each, QUOTED)));
  for (const value of open) {
    const way = wayTo(value, it, context);
    if (way) return { value, way };
  }
  const [value] = open;
  return it.shell && value && !isGivenConstants(it, context) ? { value } : undefined;
}

/** The whole command is the parameter of a function that this file alone calls, each time with a text. */
function isGivenConstants({ command, call: one, module }: Start, { source, project }: Context): boolean {
  const func = command.kind === 'parameter' ? functionAt(module, one) : undefined;
  if (func?.parameters.filter((each) => each.name !== 'self')[0]?.name !== (command.kind === 'parameter' ? command.name : undefined)) return false;
  if (!func || project.modules.some((each) => each !== module && each.imports.some((own) => own.target.endsWith(`.${func.name}`) || lastName(own.target) === lastName(module.name)))) return false;
  const uses = [...source.text.matchAll(new RegExp(`(?<!def )(?:(?<![\\w.])|(?<=\\bself\\.))${func.name}\\((\\s*["'][^\\n"']*["']\\s*[,)])?`, 'g'))];
  return uses.length > 0 && uses.every((each) => each[1] !== undefined);
}

function partsOf(value: Value): readonly Value[] {
  if (value.kind === 'choice') return value.options.flatMap(partsOf);
  if (value.kind === 'list') return value.items.flatMap(partsOf);
  return value.kind === 'joined' ? value.parts.flatMap(partsOf) : [value];
}

function isQuoted(value: Value): boolean {
  return value.kind === 'result' && (/(^|\.)(shlex\.(quote|join)|pipes\.quote|quote|subprocess\.list2cmdline)$/.test(value.callee) || (/^map$/.test(value.callee) && value.args[0]?.kind === 'reference' && /quote$/.test(value.args[0].name)));
}

function isChecked(value: Value, it: Start, { project, source }: Context): boolean {
  const taint = taintIn(value);
  return taint !== undefined && isConfined(passageOf(value, taint, it, source), it, project);
}

const QUOTED: Harmless = { name: 'quoted', is: isQuoted };

/** Commands of a terminal: management commands, click and argparse programs. */
function isOperators({ call: one, module }: Start): boolean {
  if (onlyAsProgram(one) || (module.routes.length === 0 && (/(^|\/)(management\/commands|cli|scripts?|bin)(\/|\.py$)/.test(module.path) || module.imports.some((each) => /^(click|typer|argparse)(\.|$)/.test(each.target))))) return true;
  return functionAt(module, one)?.decorators.some((decorator) => /(^|\.)(command|task)$/.test(decorator.name) && /click|typer|cli|invoke|fabric/.test(decorator.name)) ?? false;
}

// ---- the fix

/** The words of one simple command as a list; undefined where only a shell understands them. */
function withoutShell(it: Start, { source }: Context): readonly Edit[] | undefined {
  const { call: one, module } = it;
  const written = commandOf(one);
  const words = written?.kind === 'joined' ? wordsOf(written, source) : undefined;
  if (!written || !words || one.open) return undefined;
  const list = `[${words.join(', ')}]`;
  const shell = one.keywords.find((each) => each.name === 'shell');
  if (shell) {
    const without = withoutArgument(one, shell.at, source);
    return without && [replace(written.at, list), ...without];
  }
  const alone = one.callee === 'os.system' && /^[ \t]*$/.test(source.slice({ start: source.lineStart(one.at.start), end: one.at.start })) && /^[ \t]*(#.*)?$/.test(source.slice({ start: one.at.end, end: source.lineEnd(one.at.end) }));
  return alone ? [replace(one.calleeAt, 'subprocess.run'), replace(written.at, list), ...importing(module, source, 'subprocess')] : undefined;
}

type Piece = { readonly text: string } | { readonly code: string };

function wordsOf(joined: Joined, source: Source): readonly string[] | undefined {
  const pieces = joined.how === 'f-string' ? interpolated(joined, source) : joined.how === 'concatenation' ? concatenated(joined, source) : undefined;
  if (!pieces) return undefined;
  const words: Piece[][] = [[]];
  for (const piece of pieces) {
    if ('code' in piece) { words.at(-1)?.push(piece); continue; }
    if (!/^[\w\s./:=@,+%-]*$/.test(piece.text)) return undefined;
    for (const [index, text] of piece.text.split(/\s+/).entries()) {
      if (index > 0) words.push([]);
      if (text !== '') words.at(-1)?.push({ text });
    }
  }
  const written = words.filter((word) => word.length > 0).map(wordCode);
  return written.every((each) => each !== undefined) && written[0]?.startsWith('"') ? written : undefined;
}

function wordCode(word: readonly Piece[]): string | undefined {
  const [only] = word;
  if (word.length === 1 && only) return 'code' in only ? only.code : `"${only.text}"`;
  if (word.some((each) => 'code' in each && /["\\\n{}]/.test(each.code))) return undefined;
  return `f"${word.map((each) => 'code' in each ? `{${each.code}}` : each.text).join('')}"`;
}

function interpolated(joined: Joined, source: Source): readonly Piece[] | undefined {
  const [, open = '', quote = ''] = /^(f)("|')/i.exec(source.slice(joined.at)) ?? [];
  const holes = joined.parts.filter((each) => source.at(each.at.start - 1) === '{' && source.at(each.at.end) === '}');
  if (open === '' || joined.parts.some((each) => each.kind !== 'text' && !holes.includes(each))) return undefined;
  const pieces: Piece[] = [];
  let at = joined.at.start + open.length + quote.length;
  for (const hole of holes) {
    pieces.push({ text: source.slice({ start: at, end: hole.at.start - 1 }) }, { code: source.slice(hole.at) });
    at = hole.at.end + 1;
  }
  return [...pieces, { text: source.slice({ start: at, end: joined.at.end - quote.length }) }];
}

function concatenated(joined: Joined, source: Source): readonly Piece[] | undefined {
  const pieces = joined.parts.map((each): Piece | undefined => {
    if (each.kind !== 'text') return { code: source.slice(each.at) };
    const text = /^(["'])([^"'\\\n]*)\1$/.exec(source.slice(each.at))?.[2];
    return text === undefined ? undefined : { text };
  });
  return pieces.every((each) => each !== undefined) ? pieces : undefined;
}
