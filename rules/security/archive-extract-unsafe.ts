import type { Call, CallMatch, Module, Project, Selector, Value, Variation } from '../kit';
import { call, functionAt, lastName, onlyInDevelopment, options, replace, rule, withArgument } from '../kit';

const OWNERS = ['tarfile.open', 'tarfile.TarFile', 'tarfile.TarFile.open'] as const;
const UNPACK = 'shutil.unpack_archive';

export default rule<CallMatch>({
  id: 'archive-extract-unsafe',
  title: 'Archives are extracted with member checks',
  severity: 'medium', points: 6, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'A member named ../../etc/cron.d/x or a symlink writes outside the target folder. Extracting an upload then means writing anywhere the process may.',
  how: 'Use the data filter and also cap the number and size of members.',
  links: ['https://docs.python.org/3/library/tarfile.html#extraction-filters', 'https://cwe.mitre.org/data/definitions/22.html'],
  anchors: ['bandit B202', 'ruff S202', 'CWE-22'],

  on: extractions(),
  check: (match, { project, source }) => {
    if (isFiltered(match) || isChecked(match, source.text) || hasSafeDefault(project)) return false;
    return comesFromOutside(match, project) ? { severity: 'high', because: 'the archive is an upload or was downloaded' } satisfies Variation : true;
  },
  message: ({ call: one }) => `${one.written}() writes members wherever their names and links point.`,
  underline: ({ call: one }) => one.keywords.find((each) => each.name === 'filter')?.at ?? one.calleeAt,
  holds: (match) => isFiltered(match) ? 'Members are filtered' : undefined,
  nothing: 'No tar archives are extracted.',

  fix: {
    title: 'Add filter="data"',
    safety: 'safe',
    edit: ({ call: one }, { source }) => {
      const given = one.keywords.find((each) => each.name === 'filter');
      return given ? [replace(given.at, 'filter="data"')] : withArgument(one, 'filter="data"', source);
    },
  },

  examples: () => ({
    'a restore': {
      bad: 'import tarfile\ndef restore(path, dest):\n    with tarfile.open(path) as t:\n        t.extractall(dest)\n', good: 'import tarfile\ndef restore(path, dest):\n    with tarfile.open(path) as t:\n        t.extractall(dest, filter="data")\n',
    },
    'any archive': {
      bad: 'import shutil\ndef unpack(upload, dest):\n    shutil.unpack_archive(upload, dest, "gztar")\n', good: 'import shutil\ndef unpack(upload, dest):\n    shutil.unpack_archive(upload, dest, "gztar", filter="data")\n',
    },
    'with a filter': { good: 'import tarfile\ndef restore(path, dest):\n    with tarfile.open(path) as t:\n        t.extractall(dest, filter="data")\n' },
    'a zip': { good: 'import shutil\nimport zipfile\ndef unpack(path, dest):\n    shutil.unpack_archive("site.zip", dest)\n    with zipfile.ZipFile(path) as z:\n        z.extractall(dest)\n' },
    'an upload': {
      bad: 'import tarfile\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/restore")\ndef restore():\n    tar = tarfile.open(fileobj=request.files["backup"].stream, mode="r:gz")\n    tar.extractall("/srv/data")\n    return "ok"\n',
      good: 'import tarfile\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/restore")\ndef restore():\n    tar = tarfile.open(fileobj=request.files["backup"].stream, mode="r:gz")\n    tar.extractall("/srv/data", filter="data")\n    return "ok"\n', severity: 'high',
    },
    'a download': { bad: 'import io\nimport tarfile\nimport requests\n\ndef fetch(url, dest):\n    body = requests.get(url, timeout=5).content\n    with tarfile.open(fileobj=io.BytesIO(body)) as tar:\n        tar.extractall(path=dest)\n', severity: 'high' },
    'a single member': { bad: 'import tarfile\n\ndef first(path, dest):\n    tar = tarfile.open(path)\n    tar.extract(tar.next(), dest)\n' },
    'a filter that lets everything through': { bad: 'import tarfile\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest, filter="fully_trusted")\n', good: 'import tarfile\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest, filter="data")\n' },
    'all members are no filter': { bad: 'import tarfile\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest, members=tar.getmembers())\n' },
    'members that a function chooses': { good: 'import tarfile\n\ndef safe(members):\n    return [each for each in members if ".." not in each.name]\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest, members=safe(tar))\n' },
    'members that are looked at before': { good: 'import os\nimport tarfile\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        for member in tar.getmembers():\n            if os.path.commonpath([dest, os.path.realpath(os.path.join(dest, member.name))]) != dest:\n                raise ValueError(member.name)\n        tar.extractall(dest)\n' },
    'an archive of its own making': { good: 'import tarfile\n\ndef copy(src, dest):\n    with tarfile.open("/tmp/a.tar", "w") as tar:\n        tar.add(src)\n    with tarfile.open("/tmp/a.tar") as tar:\n        tar.extractall(dest)\n' },
    'a version that filters by itself': { good: { 'pyproject.toml': '[project]\nname = "shop"\nrequires-python = ">=3.14"\n', 'app.py': 'import tarfile\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest)\n' } },
    'a filter for the whole program': { good: 'import tarfile\n\ntarfile.TarFile.extraction_filter = staticmethod(tarfile.data_filter)\n\ndef restore(path, dest):\n    with tarfile.open(path) as tar:\n        tar.extractall(dest)\n' },
    'other things that extract': { good: 'def read(page, extractor):\n    # tar.extractall(dest)\n    extractor.extract(page)\n    extractor.extractall(page)\n' },
    'tests': { path: 'tests/test_backup.py', good: 'import tarfile\n\ndef test_it(tmp_path):\n    tarfile.open("a.tar").extractall(tmp_path)\n' },
  }),
});

function extractions(): Selector<CallMatch> {
  const all = call(...OWNERS.flatMap((each) => [`${each}.extractall`, `${each}.extract`]), UNPACK);
  return {
    kinds: all.kinds, callees: [...all.callees, ...OWNERS],
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python' || setsFilter(unit)) return;
      for (const match of all.select(unit, project)) {
        if (onlyInDevelopment(match.call) || match.call.open || (match.call.callee === UNPACK && !isTar(match))) continue;
        yield match;
      }
    },
  };
}

function setsFilter(module: Module): boolean {
  return module.assignments.some((each) => each.target.endsWith('.extraction_filter'));
}

/** `shutil.unpack_archive` of a format, or a file name, that is a tar's. */
function isTar(match: CallMatch): boolean {
  const format = match.argument('format', 2);
  if (format?.kind === 'text') return /tar$/.test(format.value);
  const name = match.argument('filename', 0);
  const last = name?.kind === 'joined' ? name.parts.at(-1) : name;
  return last?.kind === 'text' && /\.(tar(\.\w+)?|tgz|tbz2?|txz)$/i.test(last.value);
}

/** A filter is given, or members that somebody chose. */
function isFiltered(match: CallMatch): boolean {
  const filter = match.argument('filter');
  if (filter) return !(filter.kind === 'text' && filter.value === 'fully_trusted') && !(filter.kind === 'reference' && filter.name.endsWith('fully_trusted_filter'));
  const members = match.argument('members', lastName(match.call.callee) === 'extractall' ? 1 : 9);
  return members !== undefined && members.kind !== 'none' && !(members.kind === 'result' && /\.getmembers$/.test(members.callee));
}

/** The function looks at the names first, or made the archive itself. */
function isChecked({ call: one, module }: CallMatch, text: string): boolean {
  const body = bodyOf(one, module);
  const written = body ? text.slice(body.start, body.end) : '';
  if (/commonpath|commonprefix|is_relative_to|is_within|safe_|isabs|realpath\(|\.resolve\(|["']\.\.["']|startswith\(/.test(written)) return true;
  return module.calls.some((each) => each.scope === one.scope && OWNERS.some((owner) => each.callee === owner) && modeOf(each).startsWith('w') && each.at.start < one.at.start);
}

function bodyOf(one: Call, module: Module) {
  return functionAt(module, one)?.body;
}

function modeOf(one: Call): string {
  const mode = one.keywords.find((each) => each.name === 'mode')?.value ?? one.args[1];
  return mode?.kind === 'text' ? mode.value : 'r';
}

/** Python 3.14 filters by itself. */
function hasSafeDefault(project: Project): boolean {
  return project.of('manifest').some((each) => { const least = /^(?:>=|~=|\^|==)?\s*3\.(\d+)/.exec(each.pythonVersion ?? '')?.[1]; return least !== undefined && Number(least) >= 14; });
}

const DOWNLOADS = /^(requests|httpx|aiohttp|urllib3)\.|^urllib\.request\.(urlopen|urlretrieve)$|(^|\.)(download_file|download_fileobj|get_object)$/;

/** An upload, or something that the same function fetches. */
function comesFromOutside(match: CallMatch, project: Project): boolean {
  const { call: one, module } = match;
  const opened = module.calls.filter((each) => each.scope === one.scope && OWNERS.some((owner) => each.callee === owner));
  const archives = one.callee === UNPACK ? one.args.slice(0, 1) : opened.flatMap((each) => [...each.args.slice(0, 1), ...each.keywords.filter((keyword) => /^(name|fileobj)$/.test(keyword.name)).map((keyword) => keyword.value)]);
  if (archives.some((each) => options(project.resolve(each, module)).some(isSent))) return true;
  const func = functionAt(module, one);
  return func !== undefined && (func.does.some((each) => DOWNLOADS.test(each)) || func.reads.some((each) => /\.(files|FILES)(\.|$)/.test(each)));
}

function isSent(value: Value): boolean {
  return value.kind === 'tainted' || (value.kind === 'result' && [...value.args, ...(value.of ? [value.of] : [])].some(isSent));
}
