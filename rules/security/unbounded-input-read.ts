import type { CallMatch, Context, Edit, Leg, Passage, Project, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, classesNamed, edgeLines, forAdministrators, functionAt, isUpload, lastName, placesOf, replace, rule, wayTo } from '../kit';

const READS = ['fastapi.UploadFile.read', 'fastapi.UploadFile.file.read', 'starlette.datastructures.UploadFile.read', 'flask.request.files.read', 'quart.request.files.read', 'request.FILES.read', 'list.read', 'typing.List.read'] as const;
const DECODES = ['base64.b64decode', 'base64.standard_b64decode', 'base64.decodebytes'] as const;
const LARGEST = 32 * 1024 * 1024;

export default rule<CallMatch>({
  id: 'unbounded-input-read',
  title: 'Uploads and encoded payloads are read with a cap',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'Decoding or rendering a payload multiplies its size in memory, so one request can end the process. Streaming frameworks put no limit of their own.',
  how: 'Bound the read, set max_length on text fields, and check dimensions before rendering.',
  links: ['https://fastapi.tiangolo.com/tutorial/request-files/', 'https://cheatsheetseries.owasp.org/cheatsheets/Denial_of_Service_Cheat_Sheet.html'],
  anchors: ['CWE-770', 'CWE-400'],

  on: reads(),
  check: (it, context) => {
    const way = unbounded(it, context);
    return way && !way.legs.some((leg) => forAdministrators(leg.module, leg.at, context.project)) ? alongWay(way, isMeasuredAfter(it, context) ? AFTER : true) : false;
  },
  message: (it, context) => `${it.call.written}() ${isDecoding(it) ? 'decodes' : 'reads'} ${unbounded(it, context)?.read ?? 'an upload'} without a size limit.`,
  underline: ({ call: one }) => one.at,
  related: (it, context) => placesOf(unbounded(it, context), { path: context.unit.path, ...it.call.at, text: 'all of it is taken into memory' }),
  nothing: 'No upload is read into memory.',
  summary: (count) => count === 1 ? 'The only upload or payload that is read has a limit' : `${count} uploads and payloads are read, all of them within a limit`,

  fix: { title: 'Read with a bound and answer 413', safety: 'review', edit: bounded },

  examples: () => ({
    'an upload of FastAPI': {
      bad: 'from fastapi import UploadFile\nasync def up(file: UploadFile):\n    data = await file.read()\n    return len(data)\n', path: 'main.py',
    },
    'with a limit': {
      bad: 'from fastapi import FastAPI, HTTPException, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    data = await file.read()\n    return store(data)\n',
      good: 'from fastapi import FastAPI, HTTPException, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    data = await file.read(10_000_000 + 1)\n    if len(data) > 10_000_000:\n        raise HTTPException(413)\n    return store(data)\n',
    },
    'a text that is decoded': { path: 'main.py', bad: 'import base64\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\nclass Scan(BaseModel):\n    image: str\n\n@app.post("/scan")\ndef scan(body: Scan):\n    return len(base64.b64decode(body.image))\n' },
    'a file of Flask': { bad: 'from flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/up")\ndef up():\n    file = request.files["doc"]\n    return store(file.read())\n' },
    'by way of a function': { bad: { 'app.py': 'from fastapi import FastAPI, UploadFile\nfrom store import keep\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    return await keep(file)\n', 'store.py': 'from fastapi import UploadFile\n\nasync def keep(file: UploadFile):\n    return parse(await file.read())\n' } },
    'measured when it is too late': { bad: 'from fastapi import HTTPException, UploadFile\nasync def up(file: UploadFile):\n    data = await file.read()\n    if len(data) > 5_000_000:\n        raise HTTPException(413)\n    return data\n', severity: 'low' },
    'a bound': { path: 'main.py', good: 'from fastapi import HTTPException, UploadFile\nLIMIT = 5_000_000\nasync def up(file: UploadFile):\n    data = await file.read(LIMIT + 1)\n    if len(data) > LIMIT:\n        raise HTTPException(413)\n    return len(data)\n' },
    'a longest text': { path: 'main.py', good: 'import base64\nfrom fastapi import FastAPI\nfrom pydantic import BaseModel, Field\n\napp = FastAPI()\n\nclass Scan(BaseModel):\n    image: str = Field(max_length=4_000_000)\n\n@app.post("/scan")\ndef scan(body: Scan):\n    return len(base64.b64decode(body.image))\n' },
    'its size is asked first': { good: 'from fastapi import HTTPException, UploadFile\nasync def up(file: UploadFile):\n    if file.size > 5_000_000:\n        raise HTTPException(413)\n    return await file.read()\n' },
    'the length of the body is asked in front of everything': { good: 'from fastapi import FastAPI, Request, UploadFile\nfrom fastapi.responses import Response\n\napp = FastAPI()\n\n@app.middleware("http")\nasync def limit(request: Request, call_next):\n    if int(request.headers.get("content-length", 0)) > 5_000_000:\n        return Response(status_code=413)\n    return await call_next(request)\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    return store(await file.read())\n' },
    'Flask has a limit': { good: 'from flask import Flask, request\n\napp = Flask(__name__)\napp.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024\n\n@app.post("/up")\ndef up():\n    return store(request.files["doc"].read())\n' },
    'the proxy has a limit': { good: { 'app.py': 'from fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/up")\nasync def up(file: UploadFile):\n    return store(await file.read())\n', 'nginx.conf': 'http {\n    server {\n        client_max_body_size 10m;\n        location / { proxy_pass http://app:8000; }\n    }\n}\n' } },
    'chunks that are counted': { good: 'from fastapi import HTTPException, UploadFile\nasync def up(file: UploadFile):\n    size = 0\n    while chunk := await file.read(65536):\n        size += len(chunk)\n        if size > 5_000_000:\n            raise HTTPException(413)\n' },
    'an administrator': { good: 'from flask import Flask, request\nfrom auth import admins_only\n\napp = Flask(__name__)\n\n@app.post("/import")\n@admins_only\ndef load():\n    return store(request.files["csv"].read())\n' },
    'a file of the project, a header': { good: 'import base64\nfrom flask import request\n\ndef show():\n    with open("template.html") as handle:\n        text = handle.read()\n    user = base64.b64decode(request.headers["Authorization"].split()[1])\n    session = base64.b64decode(request.cookies["session"])\n    return text, user, session\n' },
    'tests': { path: 'tests/test_up.py', good: 'from fastapi import UploadFile\nasync def up(file: UploadFile):\n    return await file.read()\n' },
  }),
});

const AFTER: Variation = { severity: 'low', because: 'its size is looked at once all of it is in memory' };

function reads(): Selector<CallMatch> {
  const all = call(...READS, ...DECODES);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const one of unit.calls) {
        const isRead = lastName(one.callee) === 'read' && one.args.length === 0 && one.keywords.length === 0 && one.receiver !== undefined;
        if (isRead || DECODES.some((each) => each === one.callee)) yield { call: one, module: unit, argument: (keyword, position) => one.keywords.find((each) => each.name === keyword)?.value ?? (position === undefined ? undefined : project.resolve(one.args[position] ?? { kind: 'none', at: one.at }, unit)) };
      }
    },
  };
}

function isDecoding({ call: one }: CallMatch): boolean {
  return DECODES.some((each) => each === one.callee);
}

/** The way of an upload, or of a long text of the body, that nothing keeps small. */
function unbounded(it: CallMatch, context: Context): Way | undefined {
  const value = isDecoding(it) ? it.call.args[0] : it.call.receiver;
  const way = value && wayTo(value, it, context, { checked: isMeasured });
  if (!way || isLimited(context.project)) return undefined;
  if (!isDecoding(it)) return isUpload(way) ? way : undefined;
  return isLongText(way, value, context) ? way : undefined;
}

/** Its size, or that of the body, is asked before. */
function isMeasured(passage: Passage): boolean {
  return /\.size\b|content[-_]length|\.seek\(\s*0\s*,\s*(2|os\.SEEK_END|io\.SEEK_END)|max_(upload|file|content)_?size|MAX_\w*(SIZE|BYTES|LENGTH)/i.test(passage.before);
}

function isMeasuredAfter({ call: one, module }: CallMatch, { source }: Context): boolean {
  const func = functionAt(module, one);
  return func !== undefined && /\blen\(\s*\w+\s*\)\s*[>/]|getbuffer\(\)\.nbytes/.test(source.slice({ start: one.at.end, end: func.body.end }));
}

/** The application or what stands before it takes no longer bodies: Flask's setting, a proxy, a middleware. */
function isLimited(project: Project): boolean {
  return project.once('bodiesAreLimited', () => project.settings('MAX_CONTENT_LENGTH').some((each) => each.value.kind !== 'none' && !(each.value.kind === 'number' && each.value.value > LARGEST))
    || project.modules.some((module) => module.functions.some((func) => func.reads.some((each) => /content[-_]length/i.test(each))))
    || isLimitedByProxy(project));
}

/** nginx takes one megabyte unless it is told otherwise. */
function isLimitedByProxy(project: Project): boolean {
  const lines = edgeLines(project);
  const said = lines.flatMap((each) => /^client_max_body_size\s+(\d+)([kmg]?)/i.exec(each.text) ?? []);
  if (said.length > 0) return lines.flatMap((each) => { const found = /^client_max_body_size\s+(\d+)([kmg]?)/i.exec(each.text); return found ? [Number(found[1]) * ({ k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[found[2]?.toLowerCase() ?? ''] ?? 1)] : []; }).every((each) => each > 0 && each <= LARGEST);
  return lines.some((each) => /^proxy_pass\b/.test(each.text)) || lines.some((each) => /max[-_]?(request)?[-_]?body/i.test(each.text));
}

const LONG = /(image|photo|picture|file|content|data|pdf|document|payload|audio|video|attachment|base64|b64|body|scan|upload|signature)\w*$/i;

/** A field of the body that holds a document, without a longest length. */
function isLongText(way: Way, value: Value, context: Context): boolean {
  const name = /[\w]+$/.exec(way.taint.source.replace(/\(\)$|["'\]]+$/g, ''))?.[0] ?? '';
  if (!LONG.test(name) || /headers|cookies|COOKIES|META|args|GET|query_params|view_args/.test(`${way.read} ${way.taint.source}`)) return false;
  const [first] = way.legs;
  if (!first || value.kind === 'result') return false;
  if (/request\./.test(way.read)) return true;
  const model = modelOf(first, way, context.project);
  return model !== undefined && !new RegExp(`^[ \\t]*${name}[ \\t]*:[^\\n]*(max_length|MaxLen|constr|Field\\([^)]*max)`, 'm').test(model) && new RegExp(`^[ \\t]*${name}[ \\t]*:`, 'm').test(model);
}

/** The text of the class that says what a parameter holds. */
function modelOf(leg: Leg, way: Way, project: Project): string | undefined {
  const annotation = functionAt(leg.module, leg)?.parameters.find((each) => each.name === way.taint.source.split('.')[0])?.annotation;
  const home = annotation === undefined ? undefined : classesNamed(lastName(annotation), project)[0];
  return home && project.written(home.module.path, home.class.body);
}

// ---- the fix

/** `data = await file.read()` with a bound, and an answer for what is longer. */
function bounded(it: CallMatch, context: Context): readonly Edit[] | undefined {
  const { source } = context;
  const line = source.slice({ start: source.lineStart(it.call.at.start), end: source.lineEnd(it.call.at.end) });
  const name = /^\s*(\w+)\s*=\s*await\s+[\w.]+\.read\(\)[ \t]*$/.exec(line)?.[1];
  if (name === undefined || !it.module.imports.some((each) => each.name === 'HTTPException') || isMeasuredAfter(it, context)) return undefined;
  const indentation = source.indentation(it.call.at.start);
  return [replace(it.call.argumentsAt, '(10_000_000 + 1)'), { start: source.lineEnd(it.call.at.end), end: source.lineEnd(it.call.at.end), text: `\n${indentation}if len(${name}) > 10_000_000:\n${indentation}    raise HTTPException(413)` }];
}
