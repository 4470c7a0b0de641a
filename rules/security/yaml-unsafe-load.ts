import type { CallMatch, Context, Edit, Selector, Span, Value, Variation } from '../kit';
import { call, importing, lastName, onlyInDevelopment, options, replace, rule, withoutArgument } from '../kit';

const FUNCTIONS = ['load', 'load_all', 'unsafe_load', 'unsafe_load_all', 'full_load', 'full_load_all', 'safe_load', 'safe_load_all'] as const;
const CALLEES = [...['yaml', 'ruamel.yaml'].flatMap((owner) => FUNCTIONS.map((each) => `${owner}.${each}`)), 'ruamel.yaml.YAML'];

export default rule<CallMatch>({
  id: 'yaml-unsafe-load',
  title: 'YAML is read with a safe loader',
  severity: 'high', points: 15, confidence: 'confirmed', blocks: 'never', effort: 'S', since: '1',
  why: 'The full loaders build arbitrary Python objects named in the document. A configuration upload then runs code.',
  how: 'Use safe_load everywhere; plain data needs nothing more.',
  links: ['https://pyyaml.org/wiki/PyYAMLDocumentation', 'https://cwe.mitre.org/data/definitions/502.html'],
  anchors: ['bandit B506', 'ruff S506', 'njsscan yaml_deserialize', 'CWE-502'],

  on: readers(),
  check: (match) => {
    if (onlyInDevelopment(match.call)) return false;
    const fault = faultOf(match);
    if (!fault || (fault.mild && !isSent(match))) return false;
    return isSent(match) ? { severity: 'critical', points: 40, because: 'the document is one that a visitor sends' } satisfies Variation : true;
  },
  message: (match) => `${match.call.written}() builds any Python object the document names: ${faultOf(match)?.says ?? ''}.`,
  underline: (match) => faultOf(match)?.at ?? match.call.calleeAt,
  holds: () => 'A safe loader',
  nothing: 'No YAML is read.',
  summary: (count) => count === 1 ? 'The only YAML document that is read has a safe loader' : `${count} YAML documents are read, all with a safe loader`,

  fix: { title: 'Use yaml.safe_load', safety: 'safe', edit: safely },

  examples: () => ({
    'no loader': { bad: 'import yaml\ndef read(f):\n    return yaml.load(f)\n', good: 'import yaml\ndef read(f):\n    return yaml.safe_load(f)\n' },
    'the full loader, by name': {
      bad: 'from yaml import load, Loader\ndef read(f):\n    return load(f, Loader=Loader)\n', good: 'from yaml import load, Loader\nfrom yaml import safe_load\ndef read(f):\n    return safe_load(f)\n',
    },
    'a safe call': { good: 'import yaml\ndef read(f):\n    return yaml.safe_load(f)\n' },
    'a safe loader': { good: 'import yaml\ndef read(f):\n    return yaml.load(f, Loader=yaml.CSafeLoader)\n' },
    'a loader that is unsafe by name': { bad: 'import yaml\n\nwith open("config.yml") as f:\n    config = yaml.load(f, yaml.UnsafeLoader)\n', good: 'import yaml\n\nwith open("config.yml") as f:\n    config = yaml.safe_load(f)\n' },
    'many documents': { bad: 'import yaml\n\ndef read(f):\n    return list(yaml.load_all(f, Loader=yaml.Loader))\n', good: 'import yaml\n\ndef read(f):\n    return list(yaml.safe_load_all(f))\n' },
    'a fast loader that is as unsafe': { bad: 'import yaml\ntry:\n    from yaml import CLoader as Loader\nexcept ImportError:\n    from yaml import Loader\n\ndef read(f):\n    return yaml.load(f, Loader=Loader)\n' },
    'a fast loader that is safe': { good: 'import yaml\ntry:\n    from yaml import CSafeLoader as Loader\nexcept ImportError:\n    from yaml import SafeLoader as Loader\n\ndef read(f):\n    return yaml.load(f, Loader=Loader)\n' },
    'an upload': {
      bad: 'import yaml\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/import")\ndef load_config():\n    return yaml.load(request.files["config"].read(), Loader=yaml.Loader)\n',
      good: 'import yaml\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n@app.post("/import")\ndef load_config():\n    return yaml.safe_load(request.files["config"].read())\n', severity: 'critical',
    },
    'an upload to FastAPI': {
      bad: 'import yaml\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/import")\nasync def load_config(file: UploadFile):\n    return yaml.full_load(await file.read())\n',
      good: 'import yaml\nfrom fastapi import FastAPI, UploadFile\n\napp = FastAPI()\n\n@app.post("/import")\nasync def load_config(file: UploadFile):\n    return yaml.safe_load(await file.read())\n', severity: 'critical',
    },
    'FullLoader on a file of its own': { good: 'import yaml\n\nwith open("config.yml") as f:\n    config = yaml.load(f, Loader=yaml.FullLoader)\n    more = yaml.full_load(f)\n' },
    'a loader of the project\'s own': { good: 'import yaml\n\nclass EnvLoader(yaml.SafeLoader):\n    pass\n\ndef read(f):\n    return yaml.load(f, Loader=EnvLoader)\n' },
    'a loader of the project\'s own that is unsafe': { bad: 'import yaml\n\nclass EnvLoader(yaml.Loader):\n    pass\n\ndef read(f):\n    return yaml.load(f, Loader=EnvLoader)\n' },
    'ruamel, unsafe': { bad: 'from ruamel.yaml import YAML\n\nyaml = YAML(typ="unsafe")\n\ndef read(f):\n    return yaml.load(f)\n', good: 'from ruamel.yaml import YAML\n\nyaml = YAML(typ="safe")\n\ndef read(f):\n    return yaml.load(f)\n' },
    'ruamel, by itself': { good: 'from ruamel.yaml import YAML\n\ndef read(f):\n    return YAML().load(f)\n' },
    'other things that load': { good: 'import json\n\ndef read(f, loader):\n    # yaml.load(f)\n    loader.load(f)\n    return json.load(f)\n' },
    'tests': { path: 'tests/test_config.py', good: 'import yaml\n\ndef test_it():\n    assert yaml.load("a: 1", Loader=yaml.Loader)\n' },
  }),
});

function readers(): Selector<CallMatch> {
  const all = call(...CALLEES);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind !== 'module' || unit.language !== 'python') return;
      for (const match of all.select(unit, project)) if (!match.call.open || match.call.keywords.some((each) => each.name === 'Loader')) yield match;
    },
  };
}

/** What makes a call unsafe; `mild` where only hostile documents are a danger. */
interface Fault { readonly says: string; readonly at: Span; readonly mild: boolean }

function faultOf(match: CallMatch): Fault | undefined {
  const { call: one } = match;
  const name = lastName(one.callee);
  if (name === 'YAML') {
    const kind = match.argument('typ', 0);
    return kind?.kind === 'text' && kind.value === 'unsafe' ? { says: 'its type is "unsafe"', at: kind.at, mild: false } : undefined;
  }
  if (name.startsWith('safe_')) return undefined;
  if (name.startsWith('unsafe_') || name.startsWith('full_')) return { says: `it is ${name}`, at: one.calleeAt, mild: name.startsWith('full_') };
  const given = one.keywords.find((each) => each.name === 'Loader');
  const loader = match.argument('Loader', 1);
  if (!loader) return { says: 'no Loader is given', at: one.calleeAt, mild: false };
  const names = options(loader).flatMap((each) => each.kind === 'reference' ? [loaderName(each.name, match)] : []);
  const unsafe = names.find((each) => /^(Unsafe|CUnsafe|C)?Loader$/.test(each)) ?? names.find((each) => /^C?FullLoader$/.test(each));
  return unsafe === undefined ? undefined : { says: `its loader is ${unsafe}`, at: given?.at ?? one.args[1]?.at ?? one.calleeAt, mild: unsafe.endsWith('FullLoader') };
}

/** The library's loader behind a name: itself, or the one that a class of the file is made of. Empty for others. */
function loaderName(qualified: string, { module }: CallMatch): string {
  const own = module.classes.find((each) => `${module.name}.${each.name}` === qualified);
  const base = own ? own.bases[0] ?? '' : qualified;
  return /^(ruamel\.)?yaml\./.test(base) ? lastName(base) : '';
}

/** A visitor sends the document. */
function isSent(match: CallMatch): boolean {
  const document: Value | undefined = match.argument('stream', 0);
  return document !== undefined && options(document).some((each) => each.kind === 'tainted');
}

function safely(match: CallMatch, { source }: Context): readonly Edit[] | undefined {
  const { call: one, module } = match;
  const name = lastName(one.callee);
  if (name === 'YAML') { const at = faultOf(match)?.at; return at && /^(["'])unsafe\1$/.test(source.slice(at)) ? [replace(at, '"safe"')] : undefined; }
  if (!one.callee.startsWith('yaml.')) return undefined;
  const safe = name.endsWith('_all') ? 'safe_load_all' : 'safe_load';
  const loader = one.keywords.find((each) => each.name === 'Loader')?.at ?? one.args[1]?.at;
  const without = loader ? withoutArgument(one, loader, source) : [];
  if (!without) return undefined;
  const called = one.written.includes('.') ? one.written.replace(/\w+$/, safe) : safe;
  return [replace(one.calleeAt, called), ...without, ...(one.written.includes('.') ? [] : importing(module, source, safe, 'yaml'))];
}
