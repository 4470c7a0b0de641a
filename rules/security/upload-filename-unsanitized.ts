import type { CallMatch, Context, Edit, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, importing, isContained, isUpload, lastName, options, PATHS, placesOf, readBy, replace, rule, wayTo } from '../kit';

interface Saved extends CallMatch { readonly target: Value }

const OPENS = ['open', 'io.open', 'aiofiles.open', 'codecs.open'] as const;
const METHODS = ['save', 'write_bytes', 'write_text', 'open'] as const;

export default rule<Saved>({
  id: 'upload-filename-unsanitized',
  title: 'Uploads are stored under a name the server made safe',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: 'The client\'s name may hold ../ or overwrite another user\'s file. A name that ends in .html or .svg is then served as a page.',
  how: 'Generate the stored name; keep the original only as metadata.',
  links: ['https://flask.palletsprojects.com/en/stable/patterns/fileuploads/', 'https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html'],
  anchors: ['semgrep path-traversal-open', 'CWE-22', 'CWE-434'],
  hides: ['path-traversal'],

  on: stores(),
  check: (it, context) => {
    const way = clientsName(it, context);
    if (!way) return false;
    if (/\.name$/.test(way.taint.source)) return alongWay(way, DJANGO);
    return alongWay(way, isBehindText(it.target) ? BEHIND : true);
  },
  message: (it, context) => `An upload is saved under the name that the client gives it, ${readBy(clientsName(it, context)?.legs.at(-1)?.value, context.source)}.`,
  underline: (it) => it.call.args.includes(it.target) ? it.target.at : it.call.calleeAt,
  related: (it, context) => placesOf(clientsName(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `saved by ${it.call.written}()` }),
  nothing: 'No upload is seen to be stored.',

  fix: { title: 'Wrap in secure_filename', safety: 'safe', edit: secured },

  examples: () => ({
    'the name of the file': {
      bad: 'import os\nfrom flask import request\ndef up():\n    f = request.files["doc"]\n    f.save(os.path.join("uploads", f.filename))\n',
      good: 'import os\nfrom flask import request\nfrom werkzeug.utils import secure_filename\ndef up():\n    f = request.files["doc"]\n    f.save(os.path.join("uploads", secure_filename(f.filename)))\n',
    },
    'by way of names': { bad: 'import os\nfrom flask import current_app, request\n\ndef up():\n    file = request.files.get("doc")\n    filename = file.filename\n    path = os.path.join(current_app.config["UPLOADS"], filename)\n    file.save(path)\n' },
    'FastAPI': { bad: 'import shutil\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    with open(f"uploads/{file.filename}", "wb") as out:\n        shutil.copyfileobj(file.file, out)\n' },
    'pathlib': { bad: 'from pathlib import Path\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\nUPLOADS = Path("uploads")\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    (UPLOADS / file.filename).write_bytes(await file.read())\n' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom store import keep\n\napp = Flask(__name__)\n\n@app.post("/up")\ndef up():\n    return keep(request.files["doc"])\n', 'store.py': 'import os\n\ndef keep(file):\n    path = os.path.join("uploads", file.filename)\n    file.save(path)\n    return path\n' } },
    'behind a text': { bad: 'from flask import request\n\ndef up(user):\n    f = request.files["doc"]\n    f.save(f"uploads/{user.id}_{f.filename}")\n', severity: 'medium' },
    'Django cuts folders off': { bad: 'import os\n\ndef up(request):\n    f = request.FILES["doc"]\n    with open(os.path.join("uploads", f.name), "wb") as out:\n        out.write(f.read())\n', path: 'shop/views.py', severity: 'medium' },
    'a generated name': { good: 'import os, uuid\nfrom flask import request\ndef up():\n    f = request.files["doc"]\n    f.save(os.path.join("uploads", f"{uuid.uuid4().hex}.pdf"))\n' },
    'a generated name and the extension': { good: 'import os\nimport uuid\nfrom flask import request\n\ndef up():\n    f = request.files["doc"]\n    extension = f.filename.rsplit(".", 1)[-1].lower()\n    f.save(os.path.join("uploads", f"{uuid.uuid4().hex}.{extension}"))\n    f.save(os.path.join("uploads", str(uuid.uuid4()) + os.path.splitext(f.filename)[1]))\n' },
    'a generated part in front': { good: 'import secrets\nfrom flask import request\n\ndef up():\n    f = request.files["doc"]\n    f.save(f"uploads/{secrets.token_hex(8)}_{f.filename}")\n' },
    'made safe': { good: 'import os\nfrom flask import request\nfrom werkzeug.utils import secure_filename\ndef up():\n    f = request.files["doc"]\n    f.save(os.path.join("uploads", secure_filename(f.filename)))\n' },
    'made safe under another name': { good: 'import os\nfrom pathlib import Path\nfrom fastapi import FastAPI, UploadFile\nfrom names import sanitize_filename\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    name = sanitize_filename(file.filename)\n    with open(os.path.join("uploads", name), "wb") as out:\n        out.write(await file.read())\n    with open(Path("uploads") / Path(file.filename).name, "wb") as out:\n        out.write(await file.read())\n' },
    'Django\'s own storage': { path: 'shop/views.py', good: 'from django.core.files.storage import FileSystemStorage, default_storage\nfrom shop.models import Document\n\ndef up(request):\n    f = request.FILES["doc"]\n    FileSystemStorage().save(f.name, f)\n    default_storage.save(f"docs/{f.name}", f)\n    Document(file=f, name=f.name).save()\n' },
    'the name as data': { good: 'from flask import request\nfrom models import Document, db\n\ndef up(logger):\n    f = request.files["doc"]\n    logger.info("got %s", f.filename)\n    db.session.add(Document(name=f.filename))\n' },
    'tests': { path: 'tests/test_up.py', good: 'from flask import request\ndef up():\n    f = request.files["doc"]\n    f.save("uploads/" + f.filename)\n' },
  }),
});

const DJANGO: Variation = { severity: 'medium', because: 'Django cuts folders off the name, and a file of the same name is still replaced' };
const BEHIND: Variation = { severity: 'medium', because: 'what stands before the name keeps it in the folder, and its ending is still the client\'s' };

function stores(): Selector<Saved> {
  const all = call(...OPENS, ...METHODS.map((each) => `*.${each}`));
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) {
        const target = targetOf(match);
        const { module, call: { scope, at } } = match;
        if (target && project.flow.ways(target, { module, scope, at }, PATHS).length > 0) yield { ...match, target };
      }
    },
  };
}

function targetOf({ call: one }: CallMatch): Value | undefined {
  if (OPENS.some((each) => each === one.callee)) return isWritten(one.args[1] ?? one.keywords.find((each) => each.name === 'mode')?.value) ? one.args[0] : undefined;
  const last = lastName(one.callee);
  if (last === 'save') return one.args[0] ?? one.keywords.find((each) => each.name === 'dst')?.value;
  return last !== 'open' || isWritten(one.args[0]) ? one.receiver : undefined;
}

function isWritten(mode: Value | undefined): boolean {
  return mode?.kind === 'text' && /[wax]/.test(mode.value);
}

/** The way of the client's own name for the file into the path. */
function clientsName(it: Saved, context: Context): Way | undefined {
  if (lastName(it.call.callee) === 'save' && !isUploaded(it, context)) return undefined;
  for (const option of options(it.target)) {
    if (hasGeneratedStart(option)) continue;
    const way = wayTo(option, it, context, { through: PATHS, checked: isContained, of: it.target });
    if (way && /(^|\.)(filename|file_name|name)$/.test(way.taint.source) && (/filename|file_name/.test(way.taint.source) || isUpload(way))) return way;
  }
  return undefined;
}

/** `upload.save(path)`: what is saved is the upload itself, no form and no storage. */
function isUploaded({ call: one, module }: Saved, { project }: Context): boolean {
  return one.receiver !== undefined && project.flow.ways(one.receiver, { module, scope: one.scope, at: one.at }).length > 0;
}

/** A name made here stands right before the client's, so that the two cannot lead anywhere else. */
function hasGeneratedStart(value: Value): boolean {
  if (value.kind === 'joined' && value.how === 'join') return value.parts.some((each) => each.kind !== 'text' && hasGeneratedStart(each));
  return startOf(value).some(isGenerated);
}

/** What stands before the client's name in its own segment, text up to the last slash left out. */
function startOf(value: Value): readonly Value[] {
  if (value.kind !== 'joined') return [];
  const tainted = value.parts.findLastIndex((each) => each.kind === 'tainted');
  const end = tainted < 0 ? value.parts.findIndex((each) => each.kind === 'parameter') : tainted;
  const start: Value[] = [];
  for (const part of value.parts.slice(0, Math.max(0, end)).reverse()) {
    if (part.kind === 'text' && part.value.includes('/')) return part.value.endsWith('/') ? start : [...start, part];
    start.push(part);
  }
  return start;
}

function isGenerated(value: Value): boolean {
  if (value.kind === 'generated') return true;
  return value.kind === 'result' && (/(^|\.)(uuid\d?|token_\w+|hexdigest|urandom|time|time_ns|timestamp|now|utcnow|strftime|isoformat|getrandbits|ObjectId)$/.test(value.callee) || (value.of !== undefined && isGenerated(value.of)) || (/^(str|int|hex)$/.test(value.callee) && value.args.some(isGenerated)));
}

function isBehindText(value: Value): boolean {
  if (value.kind === 'joined' && value.how === 'join') return value.parts.slice(1).some(isBehindText);
  return options(value).some((each) => startOf(each).length > 0);
}

// ---- the fix

/** The name in the path goes through secure_filename, where Werkzeug is there. */
function secured(it: Saved, context: Context): readonly Edit[] | undefined {
  const way = clientsName(it, context);
  const value = way?.legs.at(-1)?.value;
  if (!value || !(context.project.frameworks.has('flask') || it.module.imports.some((each) => /^(flask|werkzeug)(\.|$)/.test(each.target)))) return undefined;
  const written = context.source.slice(value.at);
  if (!/^[\w.]+\.filename$/.test(written) || value.at.start < it.call.argumentsAt.start || value.at.end > it.call.argumentsAt.end) return undefined;
  return [replace(value.at, `secure_filename(${written})`), ...importing(it.module, context.source, 'secure_filename', 'werkzeug.utils')];
}
