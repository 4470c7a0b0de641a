import type { CallMatch, Context, Edit, Selector, Value, Variation, Way } from '../kit';
import { PATHS, alongWay, call, functionAt, importing, isContained, lastName, options, passageOf, placesOf, readBy, replace, rule, taintIn, wayTo } from '../kit';

/** The positions of their paths. */
const FUNCTIONS: Readonly<Record<string, readonly number[]>> = {
  open: [0], 'io.open': [0], 'codecs.open': [0], 'aiofiles.open': [0], 'gzip.open': [0], 'zipfile.ZipFile': [0], 'tarfile.open': [0],
  'flask.send_file': [0], 'flask.helpers.send_file': [0], 'quart.send_file': [0], 'werkzeug.utils.send_file': [0],
  'fastapi.responses.FileResponse': [0], 'starlette.responses.FileResponse': [0],
  'os.remove': [0], 'os.unlink': [0], 'os.rename': [0, 1], 'os.replace': [0, 1], 'os.makedirs': [0], 'os.mkdir': [0], 'os.rmdir': [0], 'os.listdir': [0], 'os.scandir': [0],
  'shutil.copy': [0, 1], 'shutil.copy2': [0, 1], 'shutil.copyfile': [0, 1], 'shutil.move': [0, 1], 'shutil.rmtree': [0], 'shutil.copytree': [0, 1],
};
/** Methods of a path. */
const METHODS = ['read_text', 'read_bytes', 'write_text', 'write_bytes', 'unlink', 'rmdir', 'open', 'iterdir', 'touch', 'glob', 'rglob'] as const;
interface Access extends CallMatch { readonly target: Value }

export default rule<Access>({
  id: 'path-traversal',
  title: 'User-given paths stay inside their folder',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'always', effort: 'S', since: '1',
  why: '../ or an absolute path in the value reads or deletes any file the process may touch. That includes keys, settings and the database.',
  how: 'Use the framework\'s containment helper, or resolve the path and check it lies under the base folder.',
  links: ['https://werkzeug.palletsprojects.com/en/stable/utils/', 'https://owasp.org/www-community/attacks/Path_Traversal'],
  anchors: ['semgrep path-traversal-open', 'semgrep express-res-sendfile', 'njsscan generic_path_traversal', 'CWE-22'],

  on: accesses(),
  check: (it, context) => {
    const way = escaping(it, context);
    return way ? alongWay(way, gradeOf(it, way, context)) : false;
  },
  message: (it, context) => `${readBy(escaping(it, context)?.legs.at(-1)?.value, context.source)} reaches ${sinkOf(it)} without a containment check.`,
  related: (it, context) => placesOf(escaping(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `opened by ${sinkOf(it)}` }),
  underline: (it) => it.call.args.includes(it.target) || it.call.keywords.some((each) => each.value === it.target) ? it.target.at : it.call.calleeAt,
  holds: (it, context) => !escaping(it, context) ? 'The path is checked' : undefined,
  nothing: 'No handler opens files by a name that a visitor sends.',

  fix: { title: 'Serve from a fixed folder', safety: 'review', edit: fromFolder },

  examples: () => ({
    'a joined path': {
      bad: 'import os\nfrom flask import request, send_file\ndef get():\n    return send_file(os.path.join("uploads", request.args["f"]))\n',
      good: 'import os\nfrom flask import request, send_file\nfrom flask import send_from_directory\ndef get():\n    return send_from_directory("uploads", request.args["f"])\n',
    },
    'a path in the address': { bad: 'from fastapi import FastAPI\nfrom fastapi.responses import FileResponse\napp = FastAPI()\n@app.get("/files/{name:path}")\ndef get(name: str):\n    return FileResponse("uploads/" + name)\n', path: 'main.py' },
    'the framework\'s helper': { good: 'from flask import request, send_from_directory\ndef get():\n    return send_from_directory("uploads", request.args["f"])\n' },
    'a resolved path': { good: 'from pathlib import Path\nBASE = Path("uploads").resolve()\ndef get(name):\n    p = (BASE / name).resolve()\n    if not p.is_relative_to(BASE):\n        raise ValueError("outside")\n    return p.read_bytes()\n' },
    'a resolved path of a request': { good: 'from pathlib import Path\nfrom fastapi import FastAPI, HTTPException\n\napp = FastAPI()\nBASE = Path("uploads").resolve()\n\n@app.get("/file")\ndef get(name: str):\n    p = (BASE / name).resolve()\n    if not p.is_relative_to(BASE):\n        raise HTTPException(404)\n    return p.read_bytes()\n' },
    'pathlib, by way of a name': { bad: 'from pathlib import Path\nfrom fastapi import FastAPI\n\napp = FastAPI()\nBASE = Path("uploads")\n\n@app.get("/file")\ndef get(name: str):\n    path = BASE / name\n    return path.read_text()\n' },
    'a pattern': { bad: 'from pathlib import Path\nfrom flask import request\n\ndef holder():\n    key = request.headers["X-Key"]\n    for found in Path("/srv/keys").glob("*." + key):\n        return found.name\n    return None\n' },
    'a pattern of the last part alone': { good: 'import os\nfrom pathlib import Path\nfrom flask import request\n\ndef holder():\n    key = os.path.basename(request.headers["X-Key"])\n    return [found.name for found in Path("/srv/keys").glob("*." + key)]\n' },
    'open, in a with statement': { bad: 'from flask import request\n\ndef page():\n    name = request.args.get("page", "index")\n    with open(f"pages/{name}.html") as f:\n        return f.read()\n' },
    'a file that is deleted': { bad: 'import os\n\ndef delete(request):\n    os.remove(os.path.join("media", request.POST["name"]))\n', path: 'shop/views.py' },
    'a path converter': { bad: 'from flask import Flask, send_file\n\napp = Flask(__name__)\n\n@app.route("/raw/<path:name>")\ndef raw(name):\n    return send_file("/srv/data/" + name)\n' },
    'one segment of the address': { bad: 'from flask import Flask, send_file\n\napp = Flask(__name__)\n\n@app.route("/raw/<name>")\ndef raw(name):\n    return send_file(f"/srv/data/{name}")\n', severity: 'high' },
    'a number of the address': { good: 'from flask import Flask, send_file\n\napp = Flask(__name__)\n\n@app.route("/raw/<int:number>")\ndef raw(number):\n    return send_file(f"/srv/data/{number}.pdf")\n' },
    'a prefix compared without a separator': { bad: 'import os\nfrom flask import abort, request, send_file\n\nBASE = "/srv/data"\n\ndef get():\n    path = os.path.join(BASE, request.args["f"])\n    if not path.startswith(BASE):\n        abort(404)\n    return send_file(path)\n', severity: 'medium' },
    'a prefix compared with one': { good: 'import os\nfrom flask import abort, request, send_file\n\nBASE = "/srv/data"\n\ndef get():\n    path = os.path.realpath(os.path.join(BASE, request.args["f"]))\n    if not path.startswith(BASE + os.sep):\n        abort(404)\n    return send_file(path)\n' },
    'a common path': { good: 'import os\nfrom flask import abort, request, send_file\n\nBASE = "/srv/data"\n\ndef get():\n    path = os.path.realpath(os.path.join(BASE, request.args["f"]))\n    if os.path.commonpath([path, BASE]) != BASE:\n        abort(404)\n    return send_file(path)\n' },
    'the last part alone': { good: 'import os\nfrom flask import request\nfrom werkzeug.utils import secure_filename, safe_join\n\ndef get():\n    a = open("data/" + os.path.basename(request.args["f"])).read()\n    b = open(os.path.join("data", secure_filename(request.args["f"]))).read()\n    name = request.args["g"]\n    name = os.path.basename(name)\n    c = open(f"data/{name}").read()\n    return a + b + c + open(safe_join("data", request.args["f"])).read()\n' },
    'one of a list': { good: 'import os\nfrom flask import abort, request, send_file\n\ndef get():\n    name = request.args["f"]\n    if name not in os.listdir("data"):\n        abort(404)\n    return send_file(os.path.join("data", name))\n' },
    'dots are refused': { good: 'from flask import abort, request, send_file\n\ndef get():\n    name = request.args["f"]\n    if ".." in name or name.startswith("/"):\n        abort(400)\n    return send_file("data/" + name)\n' },
    'a check of the project\'s own': { good: 'from flask import request, send_file\nfrom storage import resolve_inside\n\ndef get():\n    return send_file(resolve_inside("data", request.args["f"]))\n' },
    'a name that the server makes': { good: 'import uuid\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/files")\nasync def save(file: UploadFile):\n    with open(f"uploads/{uuid.uuid4()}.bin", "wb") as f:\n        f.write(await file.read())\n' },
    'an own choice of names': { good: 'from enum import Enum\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\nclass Page(str, Enum):\n    about = "about"\n\n@app.get("/page")\ndef page(name: Page):\n    return open(f"pages/{name}.html").read()\n' },
    'a path of unknown origin': { good: 'def read(path):\n    return open(path).read()\n' },
    'the content of a request': { good: 'import io\nfrom flask import request, send_file\n\ndef echo():\n    with open("last.bin", "wb") as f:\n        f.write(request.data)\n    return send_file(io.BytesIO(request.data), download_name=request.args["name"])\n' },
    'an upload is no path': { good: 'import zipfile\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/zip")\ndef names(file: UploadFile):\n    return zipfile.ZipFile(file).namelist() + zipfile.ZipFile(file.file).namelist()\n' },
    'what a dependency gives': { good: { 'deps.py': 'from typing import Annotated\nfrom fastapi import Depends\n\nSettingsDep = Annotated[dict, Depends(dict)]\n', 'app.py': 'from typing import Annotated\nfrom fastapi import Depends, FastAPI\nfrom deps import SettingsDep\n\napp = FastAPI()\nReader = Annotated[dict, Depends(dict)]\n\n@app.get("/a")\ndef a(reader: Reader, settings: SettingsDep):\n    return open(reader.folder).read() + open(settings.path).read()\n' } },
    'tests': { path: 'tests/test_files.py', good: 'from flask import request\n\ndef test_it():\n    open(request.args["f"])\n' },
    'by way of a store': {
      bad: {
        'app.py': 'from flask import Flask, request\nfrom store import Store\n\napp = Flask(__name__)\nstore = Store("/srv/files")\n\n@app.get("/file")\ndef download():\n    return store.read(request.args["name"])\n',
        'store.py': 'import os\n\nclass Store:\n    def __init__(self, base):\n        self.base = base\n\n    def read(self, name):\n        with open(os.path.join(self.base, name)) as handle:\n            return handle.read()\n',
      },
    },
    'a store that looks where the path leads': {
      good: {
        'app.py': 'from flask import Flask, request\nfrom store import Store\n\napp = Flask(__name__)\nstore = Store("/srv/files")\n\n@app.get("/file")\ndef download():\n    return store.read(request.args["name"])\n',
        'store.py': 'import os\nfrom werkzeug.utils import safe_join\n\nclass Store:\n    def __init__(self, base):\n        self.base = base\n\n    def read(self, name):\n        path = safe_join(self.base, name)\n        with open(path) as handle:\n            return handle.read()\n',
      },
    },
    'bytes of an upload, read elsewhere': {
      good: {
        'app.py': 'import io\nfrom flask import Flask, request\nfrom store import restore\n\napp = Flask(__name__)\n\n@app.post("/restore")\ndef upload():\n    file = request.files["backup"]\n    restore(io.BytesIO(file.read()))\n    return "", 204\n',
        'store.py': 'import zipfile\n\ndef restore(stream):\n    with zipfile.ZipFile(stream) as archive:\n        return archive.namelist()\n',
      },
    },
  }),
});

const SEGMENT: Variation = { confidence: 'possible', because: 'one segment of the address holds no slash' };
const PREFIX: Variation = { severity: 'medium', because: 'a prefix is compared, without a separator or before the path is resolved' };

function accesses(): Selector<Access> {
  const all = call(...Object.keys(FUNCTIONS), ...METHODS.map((name) => `*.${name}`));
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) {
        const { module, call: { scope, at } } = match;
        const target = pathsOf(match).find((each) => taintIn(each, PATHS) ?? project.flow.ways(each, { module, scope, at }, PATHS)[0]);
        if (target) yield { ...match, target };
      }
    },
  };
}

function pathsOf({ call: one }: CallMatch): readonly Value[] {
  const positions = FUNCTIONS[one.callee];
  if (positions) return [...positions.flatMap((at) => one.args[at] ?? []), ...one.keywords.filter((each) => /^(path|path_or_file|filename_or_fp|file|src|dst)$/.test(each.name)).map((each) => each.value)];
  const { receiver } = one;
  // Methods of these names belong to other things too: only what is known to be a path.
  if (!receiver || !options(receiver).some(isPath)) return [];
  // A pattern leads as far as a path does, and its stars find what nobody named.
  return [receiver, ...(/\.r?glob$/.test(one.callee) ? one.args.slice(0, 1) : [])];
}

function isPath(value: Value): boolean {
  return (value.kind === 'joined' && value.how === 'join' && value.parts[0]?.kind === 'text' && value.parts[0].value === '/') || (value.kind === 'result' && (/(^|\.)(Path|PurePath)$/.test(value.callee) || (/\.(resolve|absolute|joinpath|expanduser|with_suffix)$/.test(value.callee) && value.of !== undefined && isPath(value.of))));
}

/** The way of the visitor's value in the path, when nothing keeps it inside a folder. */
function escaping(it: Access, context: Context): Way | undefined {
  for (const option of options(it.target)) {
    const way = isBuffer(option) ? undefined : wayTo(option, it, context, { through: PATHS, checked: isContained, of: it.target });
    if (way && !isContent(way)) return way;
  }
  return undefined;
}

function isBuffer(value: Value): boolean {
  return value.kind === 'result' && /BytesIO|StringIO/.test(value.callee);
}

/** An upload itself, a body: no path. */
function isContent({ taint, legs: [first] }: Way): boolean {
  const taken = first && functionAt(first.module, first)?.parameters.find((each) => each.name === taint.source)?.annotation;
  if (taken !== undefined && /(^|\.)(UploadFile|bytes|Request|FileStorage)$/.test(taken)) return true;
  if (/\.(read|getvalue|getbuffer)(\(\))?$/.test(taint.source)) return true;
  return /\.(files|data|body|stream|FILES|file)(\.|$)/.test(taint.source) && !/filename|\.name$/.test(taint.source);
}

function gradeOf(it: Access, way: Way, context: Context): true | Variation {
  const { before } = passageOf(it.target, way.legs.at(-1)?.value ?? it.target, it, context.source);
  if (/\.startswith\(/.test(before) && /if\s[^\n]*\.startswith\(\s*(?!["'])/.test(before)) return PREFIX;
  return isSegment(way) ? SEGMENT : true;
}

/** The value is one segment of the route's path, and the only one of a visitor in it. */
function isSegment({ taint, legs: [first] }: Way): boolean {
  const route = first?.module.routes.find((each) => lastName(each.handler) === lastName(first.scope));
  return route !== undefined && new RegExp(`<(?:string:)?${lastName(taint.source)}>|\\{${lastName(taint.source)}\\}`).test(route.path);
}

function sinkOf({ call: one }: Access): string {
  return `${one.written.startsWith('…') ? `Path${one.written.slice(1)}` : one.written}()`;
}

// ---- the fix

/** `send_file(os.path.join(base, name))` becomes `send_from_directory(base, name)`. */
function fromFolder(it: Access, { source }: Context): readonly Edit[] | undefined {
  const { call: one, module, target } = it;
  if (one.callee !== 'flask.send_file' || one.args[0] !== target) return undefined;
  const [, base, name] = /^(?:os\.path\.|path\.)?join\(\s*([^,()]+|[\w.]+\([^()]*\)),\s*([^,()]+(?:\([^()]*\))?)\s*\)$/.exec(source.slice(target.at)) ?? [];
  if (!base || !name) return undefined;
  const owner = /^(\w+)\.send_file$/.exec(one.written)?.[1];
  const edits = [replace(one.calleeAt, `${owner ? `${owner}.` : ''}send_from_directory`), replace(target.at, `${base}, ${name}`)];
  return owner ? edits : [...edits, ...importing(module, source, 'send_from_directory', 'flask')];
}
