import type { CallMatch, Context, Func, Module, Project, Selector, Value, Variation, Way } from '../kit';
import { STORING, alongWay, call, forAdministrators, functionAt, isUpload, lastName, placesOf, rule, storedBy, wayTo } from '../kit';

export default rule<CallMatch>({
  id: 'upload-type-unchecked',
  title: 'Uploads are checked by type and content before they are stored',
  severity: 'high', points: 15, confidence: 'likely', blocks: { when: 'uploads from users are stored', holds: () => true }, effort: 'M', since: '1',
  why: 'An accepted .html, .svg or .php becomes a page on your own origin, and a renamed archive or script reaches whoever downloads it. The extension alone is the sender\'s claim.',
  how: 'Check the extension against an allow-list, then the content with a parser or magic bytes, and serve uploads from another origin or as attachments.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/File_Upload_Cheat_Sheet.html', 'https://flask.palletsprojects.com/en/stable/patterns/fileuploads/'],
  anchors: ['CWE-434', 'ASVS 5.2.2'],

  on: stores(),
  check: (it, context) => {
    const way = uploaded(it, context);
    if (!way) return false;
    const checks = checksOn(way, it, context);
    if (checks.content && checks.type) return false;
    if (way.legs.some((leg) => forAdministrators(leg.module, leg.at, context.project))) return alongWay(way, ADMIN);
    return alongWay(way, checks.type ? TYPE : checks.content ? CONTENT : true);
  },
  message: (it, context) => {
    const way = uploaded(it, context);
    const checks = way ? checksOn(way, it, context) : { type: false, content: false };
    return `${lastName(it.call.scope) || it.module.path}() stores an upload without ${checks.type ? 'looking at its content' : checks.content ? 'an allow-list of types' : 'a check of its type or its content'}.`;
  },
  underline: ({ call: one }) => one.calleeAt,
  related: (it, context) => placesOf(uploaded(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `stored by ${it.call.written}()` }),
  holds: (it, context) => uploaded(it, context) ? 'Type and content are checked' : undefined,
  nothing: 'No upload is seen to be stored.',

  examples: () => ({
    'as it comes': { bad: 'from flask import request\ndef up():\n    f = request.files["photo"]\n    f.save("uploads/photo.bin")\n' },
    'only the extension': { bad: 'from flask import request\nALLOWED = {"png", "jpg"}\ndef up():\n    f = request.files["photo"]\n    if f.filename.rsplit(".", 1)[-1].lower() not in ALLOWED:\n        return "no", 400\n    f.save("uploads/photo.img")\n', severity: 'medium' },
    'only what the client says it is': { bad: 'import shutil\nfrom fastapi import FastAPI, HTTPException, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    if file.content_type not in ("image/png", "image/jpeg"):\n        raise HTTPException(415)\n    with open("uploads/photo", "wb") as out:\n        shutil.copyfileobj(file.file, out)\n', severity: 'medium' },
    'bytes that are written': { bad: 'from fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    data = await file.read()\n    with open("uploads/x", "wb") as out:\n        out.write(data)\n' },
    'into a bucket': { bad: 'import boto3\nfrom flask import Flask, request\n\napp = Flask(__name__)\ns3 = boto3.client("s3")\n\n@app.post("/up")\ndef up():\n    s3.upload_fileobj(request.files["doc"], "bucket", "key")\n    return ""\n' },
    'by way of a function': { bad: { 'app.py': 'from flask import Flask, request\nfrom store import keep\n\napp = Flask(__name__)\n\n@app.post("/up")\ndef up():\n    keep(request.files["doc"])\n    return ""\n', 'store.py': 'import uuid\n\ndef keep(file):\n    file.save(f"uploads/{uuid.uuid4().hex}")\n' } },
    'Django\'s storage': { bad: 'from django.core.files.storage import default_storage\nfrom django.http import HttpResponse\n\ndef up(request):\n    default_storage.save("docs/x", request.FILES["doc"])\n    return HttpResponse("ok")\n', path: 'shop/views.py' },
    'Django\'s storage, by way of bytes': { bad: 'from django.core.files.base import ContentFile\nfrom django.core.files.storage import default_storage\nfrom django.http import HttpResponse\n\ndef up(request):\n    doc = request.FILES["doc"]\n    default_storage.save("docs/x", ContentFile(doc.read()))\n    return HttpResponse("ok")\n', path: 'shop/views.py' },
    'for administrators': { bad: 'from flask import Flask, request\nfrom auth import admin_required\n\napp = Flask(__name__)\n\n@app.post("/admin/logo")\n@admin_required\ndef logo():\n    request.files["logo"].save("static/logo.png")\n    return ""\n', severity: 'medium' },
    'the extension and the content': { good: 'from flask import request\nfrom PIL import Image\nALLOWED = {"png", "jpg"}\ndef up():\n    f = request.files["photo"]\n    if f.filename.rsplit(".", 1)[-1].lower() not in ALLOWED:\n        return "no", 400\n    Image.open(f.stream).verify()\n    f.stream.seek(0)\n    f.save("uploads/photo.img")\n' },
    'a helper of the project checks': { good: { 'app.py': 'from flask import Flask, abort, request\nfrom files import check_upload\n\napp = Flask(__name__)\n\n@app.post("/up")\ndef up():\n    f = request.files["photo"]\n    check_upload(f)\n    f.save("uploads/x")\n    return ""\n', 'files.py': 'import magic\nfrom flask import abort\n\nALLOWED = {"image/png"}\n\ndef check_upload(file):\n    kind = magic.from_buffer(file.read(2048), mime=True)\n    file.seek(0)\n    if kind not in ALLOWED or not file.filename.endswith(".png"):\n        abort(415)\n' } },
    'parsed, never stored': { good: 'import csv, io\nfrom flask import request\ndef imp():\n    text = request.files["rows"].read(1_000_000).decode()\n    return {"rows": len(list(csv.reader(io.StringIO(text))))}\n' },
    'a temporary file': { good: 'import tempfile\nfrom flask import request\nfrom imports import load\n\ndef up():\n    f = request.files["backup"]\n    with tempfile.NamedTemporaryFile() as temporary:\n        f.save(temporary.name)\n        temporary.write(f.read())\n        return load(temporary.name)\n' },
    'what is stored is no upload': { good: 'from flask import request\n\ndef note(user, form, Model):\n    user.name = request.form["name"]\n    user.save()\n    form.save(commit=False)\n    Model(name=request.form["name"]).save()\n    with open("log.txt", "a") as out:\n        out.write(request.form["name"])\n' },
    'an image that is made anew': { good: 'from flask import request\nfrom PIL import Image\n\nALLOWED_EXTENSIONS = {"png"}\n\ndef up():\n    f = request.files["photo"]\n    image = Image.open(f)\n    image.thumbnail((200, 200))\n    image.save("uploads/x.png")\n' },
    'tests': { path: 'tests/test_up.py', good: 'from flask import request\ndef up():\n    request.files["photo"].save("x")\n' },
  }),
});

const TYPE: Variation = { severity: 'medium', because: 'only the name or the stated type is checked, which the client chooses' };
const CONTENT: Variation = { severity: 'medium', because: 'its content is read by a parser, and its name may still be that of a page' };
const ADMIN: Variation = { severity: 'medium', because: 'only administrators may upload' };

function stores(): Selector<CallMatch> {
  const all = call(...STORING);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      const seen = new Set<string>();
      for (const match of all.select(unit, project)) {
        const { call: { scope, at } } = match;
        if (seen.has(scope) || !storedBy(match).some((each) => project.flow.ways(each, { module: unit, scope, at }).some((way) => isUpload(way)))) continue;
        seen.add(scope);
        yield match;
      }
    },
  };
}

/** The way of the upload that is stored: the file, or its bytes. */
function uploaded(it: CallMatch, context: Context): Way | undefined {
  if (isTemporary(it)) return undefined;
  for (const value of storedBy(it)) {
    const way = wayTo(value, it, context);
    if (way && isUpload(way) && !isName(way, value)) return way;
  }
  return undefined;
}

/** Into a file that is gone when it has been looked at. */
function isTemporary({ call: one }: CallMatch): boolean {
  const [target] = one.args;
  return /^tempfile\./.test(one.callee) || (target?.kind === 'reference' && /^tempfile\./.test(target.name)) || (target?.kind === 'result' && /^tempfile\./.test(target.callee));
}

/** The file's name, not the file. */
function isName(way: Way, value: Value): boolean {
  return /(^|\.)(filename|content_type|mimetype|headers|size)$/.test(way.taint.source) || value.kind === 'text';
}

// ---- what is looked at on the way

const BY_TYPE = /filename[^\n]*(rsplit|splitext|endswith|suffix|\bin\b)|\bsplitext\(|\.suffix\b|content_type|mime_?type|\ballowed_\w*(file|ext|type|image)\w*\(|\bALLOWED_\w+|VALID_\w*(EXT|TYPE)\w*|FileAllowed|FileExtensionValidator|guess_(type|extension)\(|file_?ext\w*\b/i;
const BY_CONTENT = /\bImage\.open\(|\bmagic\.|filetype\.(guess|is_)|puremagic|imghdr|from_buffer\(|from_file\(|startswith\(\s*\(?\s*b["']|Pdf(File)?Reader\(|pdfplumber|fitz\.open|openpyxl|load_workbook|read_(csv|excel|parquet)\(|csv\.(reader|DictReader)\(|json\.loads?\(|cv2\.imdecode|ZipFile\(|is_zipfile|ffprobe|clamd|docx\.|soundfile|librosa|mutagen|(?:verify|validate|check|is_valid)_(?:image|content|magic|signature|file_?(?:type|content))\w*\(/;
/** The project's own functions that may look at a file. */
const LOOKS = /allow|valid|check|verify|is_|sniff|detect|scan|ensure|type|image|mime|upload|file|save|store/i;

interface Checks { readonly type: boolean; readonly content: boolean }

/** What the functions on the way look at, and the functions of the project that they call for it. */
function checksOn(way: Way, it: CallMatch, { project }: Context): Checks {
  const functions = [...way.legs, { module: it.module, scope: it.call.scope, at: it.call.at }].flatMap(({ module, ...spot }) => { const func = functionAt(module, spot); return func ? [{ module, func }] : []; });
  const called = functions.flatMap(({ func }) => func.does.flatMap((name) => LOOKS.test(lastName(name)) ? project.func(name) ?? [] : []));
  const texts = [...functions, ...called].map(({ module, func }) => textOf(module, func, project));
  return { type: texts.some((each) => BY_TYPE.test(each)), content: texts.some((each) => BY_CONTENT.test(each)) };
}

function textOf(module: Module, func: Func, project: Project): string {
  return project.written(module.path, func.body).replace(/(^|\s)#[^\n]*/g, '$1');
}
