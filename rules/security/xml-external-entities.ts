import type { Call, CallMatch, Context, Edit, Project, Selector, Value, Variation, Way } from '../kit';
import { alongWay, call, isOwn, placesOf, readBy, replace, rule, wayTo } from '../kit';

const FUNCTIONS = ['parse', 'fromstring', 'XML', 'iterparse', 'fromstringlist'] as const;
const LXML = FUNCTIONS.map((name) => `lxml.etree.${name}`);
/** Of the standard library, with the twin of the same name in defusedxml. */
const STANDARD = [
  ...FUNCTIONS.flatMap((name) => [`xml.etree.ElementTree.${name}`, `xml.etree.cElementTree.${name}`]),
  ...['parse', 'parseString'].flatMap((name) => [`xml.dom.minidom.${name}`, `xml.dom.pulldom.${name}`, `xml.sax.${name}`]),
];
const PARSER = 'lxml.etree.XMLParser';

export default rule<CallMatch>({
  id: 'xml-external-entities',
  title: 'XML from outside is parsed without entities',
  severity: 'medium', points: 6, confidence: 'likely', blocks: 'never', effort: 'S', since: '1',
  why: 'External entities read local files and internal URLs. Nested entities exhaust memory with a few hundred bytes of input.',
  how: 'Parse with defusedxml or switch entity resolution off.',
  links: ['https://cheatsheetseries.owasp.org/cheatsheets/XML_External_Entity_Prevention_Cheat_Sheet.html', 'https://docs.python.org/3/library/xml.html'],
  anchors: ['bandit B313', 'bandit B314', 'bandit B318', 'bandit B320', 'ruff S314', 'ruff S318', 'semgrep use-defused-xml', 'CWE-611', 'CWE-776'],

  on: parses(),
  check: gradeOf,
  message: (it, context) => `${it.call.written}() parses ${readBy(inputOf(it), context.source)} ${isLxml(it) ? 'with entities on' : 'and expands nested entities'}.`,
  underline: ({ call: one }) => one.calleeAt,
  related: (it, context) => placesOf(visitors(it, context), { path: context.unit.path, ...it.call.calleeAt, text: `parsed by ${it.call.written}()` }),
  holds: (it) => isHardened(parserOf(it)) ? 'Entities are off' : undefined,
  nothing: 'No XML is parsed.',
  summary: (count) => count === 1 ? 'The only XML document that is parsed has entities off or comes from inside' : `${count} XML documents are parsed, none from outside with entities on`,

  fix: { title: 'Use defusedxml', safety: 'review', edit: defused },

  examples: () => ({
    'entities switched on': { bad: 'from lxml import etree\nfrom flask import request\ndef imp():\n    parser = etree.XMLParser(resolve_entities=True)\n    return etree.fromstring(request.data, parser).tag\n', severity: 'high' },
    'minidom': { bad: 'import xml.dom.minidom\nfrom flask import request\ndef imp():\n    return xml.dom.minidom.parseString(request.data).documentElement.tagName\n' },
    'defusedxml': { good: 'from defusedxml.ElementTree import fromstring\nfrom flask import request\ndef imp():\n    return fromstring(request.data).tag\n' },
    'entities switched off': { good: 'from lxml import etree\nfrom flask import request\ndef imp():\n    parser = etree.XMLParser(resolve_entities=False, no_network=True)\n    return etree.fromstring(request.data, parser).tag\n' },
    'ElementTree and an upload': {
      bad: { 'app.py': 'from flask import request\nfrom xml.etree.ElementTree import parse\n\ndef upload():\n    return parse(request.files["feed"]).getroot().tag\n', 'requirements.txt': 'flask==3.0.0\ndefusedxml==0.7.1\n' },
      good: { 'app.py': 'from flask import request\nfrom defusedxml.ElementTree import parse\n\ndef upload():\n    return parse(request.files["feed"]).getroot().tag\n', 'requirements.txt': 'flask==3.0.0\ndefusedxml==0.7.1\n' },
    },
    'ElementTree under another name': {
      bad: { 'app.py': 'import xml.etree.ElementTree as ET\nfrom fastapi import FastAPI, Request\n\napp = FastAPI()\n\n@app.post("/feed")\nasync def feed(request: Request):\n    return ET.fromstring(await request.body()).tag\n', 'requirements.txt': 'fastapi\ndefusedxml\n' },
      good: { 'app.py': 'import defusedxml.ElementTree as ET\nfrom fastapi import FastAPI, Request\n\napp = FastAPI()\n\n@app.post("/feed")\nasync def feed(request: Request):\n    return ET.fromstring(await request.body()).tag\n', 'requirements.txt': 'fastapi\ndefusedxml\n' },
    },
    'the default parser of an old lxml': { bad: { 'app.py': 'from lxml import etree\nfrom flask import request\n\ndef feed():\n    return etree.fromstring(request.data).tag\n', 'requirements.txt': 'flask==3.0.0\nlxml==4.9.3\n' }, severity: 'high' },
    'the default parser of a new lxml': { good: { 'app.py': 'from lxml import etree\nfrom flask import request\n\ndef feed():\n    return etree.fromstring(request.data).tag\n', 'requirements.txt': 'flask==3.0.0\nlxml==5.3.0\n' } },
    'an lxml whose version nobody says': { good: 'from lxml import etree\nfrom flask import request\n\ndef feed():\n    return etree.fromstring(request.data).tag\n' },
    'a document type that is loaded': { bad: 'from lxml import etree\n\ndef read(text):\n    return etree.fromstring(text, etree.XMLParser(load_dtd=True, no_network=False))\n' },
    'entities on for the program\'s own file': { good: 'import os\nfrom lxml import etree\n\nHERE = os.path.dirname(__file__)\n\ndef rules():\n    return etree.parse(os.path.join(HERE, "rules.xml"), etree.XMLParser(resolve_entities=True))\n' },
    'a file of the package': { good: 'import xml.etree.ElementTree as ET\n\ndef rules():\n    return ET.parse("rules.xml").getroot()\n' },
    'an answer of a fixed host': { good: 'import requests\nimport xml.etree.ElementTree as ET\n\ndef feed():\n    return ET.fromstring(requests.get("https://feeds.example.com/x.xml", timeout=5).content)\n' },
    'text of unknown origin': { good: 'from xml.etree import ElementTree\n\ndef read(text):\n    return ElementTree.fromstring(text)\n' },
    'HTML has no entities of its own': { good: 'from lxml import etree, html\nfrom flask import request\n\ndef page():\n    return html.fromstring(request.data), etree.fromstring(request.data, etree.HTMLParser())\n' },
    'an import alone': { good: 'import xml.etree.ElementTree as ET\nfrom flask import request\n\ndef make():\n    root = ET.Element("a")\n    root.text = request.args["x"]\n    return ET.tostring(root)\n' },
    'tests': { path: 'tests/test_xml.py', good: 'import xml.etree.ElementTree as ET\nfrom flask import request\n\ndef test_it():\n    ET.fromstring(request.data)\n' },
  }),
});

const ON: Variation = { severity: 'high', points: 15, because: 'lxml resolves external entities in what a visitor sends' };

function parses(): Selector<CallMatch> {
  const all = call(...LXML, ...STANDARD);
  return {
    kinds: all.kinds, callees: all.callees,
    *select(unit, project) {
      if (unit.kind === 'module' && unit.language === 'python') yield* all.select(unit, project);
    },
  };
}

function gradeOf(it: CallMatch, context: Context): boolean | Variation {
  const { project } = context;
  const input = inputOf(it);
  const way = visitors(it, context);
  if (!isLxml(it)) return way !== undefined && alongWay(way);
  const parser = parserOf(it);
  if (isHardened(parser)) return false;
  if (isOpened(parser)) return way ? alongWay(way, ON) : input !== undefined && !isOwn(input, project);
  return way !== undefined && parser === undefined && isOldLxml(project) && alongWay(way, ON);
}

/** The way of a visitor's text. */
function visitors(it: CallMatch, context: Context): Way | undefined {
  const input = inputOf(it);
  return input && wayTo(input, it, context);
}

/** Before version 5, lxml resolved external entities unless it was told not to. */
function isOldLxml(project: Project): boolean {
  return project.of('manifest').some((each) => each.packages.some((one) => one.name.toLowerCase() === 'lxml' && /^(==|~=|<=?)\s*[1-4]\./.test(one.version ?? '')));
}

function isLxml({ call: one }: CallMatch): boolean {
  return LXML.includes(one.callee);
}

function inputOf(it: CallMatch): Value | undefined {
  return it.argument('source', 0) ?? it.argument('text') ?? it.argument('string');
}

function parserOf(it: CallMatch): Value | undefined {
  return it.argument('parser', 1);
}

function says(parser: Value | undefined, name: string): boolean | undefined {
  const value = parser?.kind === 'result' && parser.callee === PARSER ? parser.keywords.find((each) => each.name === name)?.value : undefined;
  return value?.kind === 'bool' ? value.value : undefined;
}

function isHardened(parser: Value | undefined): boolean {
  return says(parser, 'resolve_entities') === false;
}

function isOpened(parser: Value | undefined): boolean {
  return says(parser, 'resolve_entities') === true || says(parser, 'load_dtd') === true || says(parser, 'no_network') === false;
}

// ---- the fix

/** The import of the standard parser becomes that of its twin, when defusedxml is declared. */
function defused({ call: one, module }: CallMatch, { project, source }: Context): readonly Edit[] | undefined {
  if (!project.declares('defusedxml') || !STANDARD.includes(one.callee)) return undefined;
  const root = one.written.split('.')[0];
  const found = module.imports.find((each) => each.name === root);
  const written = found && source.slice(found.at);
  const twin = written && TWIN.exec(written);
  return found && twin && isAlone(one, found.name, source.text) ? [replace({ start: found.at.start + twin.index, end: found.at.start + twin.index + twin[0].length }, written.slice(twin.index, twin.index + twin[0].length).replace(/xml\.(?:etree|dom)\.|xml\./, 'defusedxml.')) ] : undefined;
}

const TWIN = /(?<=^(?:from|import)\s+)xml\.(?:etree\.ElementTree|dom\.minidom|dom\.pulldom|sax)(?=\s+(?:import\s+\w+\s*$|as\s+\w+\s*$))/;

/** Nothing that defusedxml lacks is used by this name: it parses, and makes no elements. */
function isAlone(one: Call, name: string, text: string): boolean {
  return one.written === name || ![...text.matchAll(new RegExp(`(?<![\\w.])${name}\\.(\\w+)`, 'g'))].some((each) => !/^(parse|fromstring|XML|iterparse|parseString|tostring|ParseError)$/.test(each[1] ?? ''));
}
