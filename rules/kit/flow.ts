/**
 * A visitor's data on its way through one function: what hands it on, what is the program's own and harmless, and what the function
 * checks before it uses it. What a check means depends on the danger, so rules name the checks; here they are only found.
 */
import type { Source } from './fix';
import { classesNamed } from './loading';
import type { Call, Func, Module } from './module';
import type { Evidence, Project } from './project';
import type { Variation } from './rule';
import { outermostFunction } from './scopes';
import { lastName } from './select';
import type { Tainted, Value } from './value';
import type { Leg, Way } from './ways';

/** Calls that give back what they are given, or the same bytes in another coat. */
const HANDS_ON = /^(str|repr|bytes|bytearray|list|tuple|set|dict|sorted|map|json\.loads|io\.(BytesIO|StringIO)|html\.unescape|urllib\.parse\.unquote(_plus)?|base64\.\w*decode|binascii\.(unhexlify|a2b_\w+)|bytes\.fromhex|(zlib|gzip|bz2|lzma)\.decompress|codecs\.decode)$/;
const KEEPS = /\.(strip|lstrip|rstrip|lower|upper|title|replace|format|split|decode|encode|read|removeprefix|removesuffix|__getitem__|get|getvalue|fileno)$/;

/** The call gives back what it is given. */
export const handsOn = (callee: string): boolean => HANDS_ON.test(callee);
/** The method gives back what it is called on, or a part of it. */
export const keeps = (callee: string): boolean => KEEPS.test(callee);

/**
 * What a visitor sends, as far as it is in a value unchanged enough to be dangerous.
 * @param through further callees that hand it on, such as `os.path.join` on the way to a file
 */
export function taintIn(value: Value, through?: RegExp): Tainted | undefined {
  const first = (values: readonly Value[]) => values.map((each) => taintIn(each, through)).find((each) => each !== undefined);
  switch (value.kind) {
    case 'tainted': return value;
    case 'choice': return first(value.options);
    case 'list': return first(value.items);
    case 'dict': return first(value.entries.map((each) => each.value));
    case 'joined': return first(value.parts);
    case 'result':
      if (HANDS_ON.test(value.callee) || through?.test(value.callee)) return first([...(value.of ? [value.of] : []), ...value.args]);
      return value.of && KEEPS.test(value.callee) ? taintIn(value.of, through) : undefined;
    default: return undefined;
  }
}

const OWN_NAME = /(^|\.)(tempfile\.\w+\.name|pathlib\.Path\.(parent|name|stem|suffix)|_{0,2}[A-Z][A-Z0-9_]*|__file__|__name__|sys\.(executable|prefix|argv)|os\.(sep|linesep|name)|[\w]*(settings|config|conf)\.\w+(\.\w+)*)$/;
const MAKES_OWN = /^(arithmetic|int|float|bool|len|abs|round|hash|ord|sum|range|sys\.argv\.__getitem__|os\.(getpid|getcwd|urandom|cpu_count)|uuid\.\w+|time\.\w+(\.\w+)*|datetime\.\w+(\.\w+)*|math\.\w+|hashlib\.\w+\.hexdigest|secrets\.\w+|shutil\.which|getpass\.getuser|socket\.gethostname|platform\.\w+|tempfile\.\w+(\.\w+)*|pathlib\.Path\.(home|cwd)|.*\.(strftime|isoformat|hexdigest|timestamp|total_seconds))$/;
const OF_OWN = /^(str|repr|tuple|list|sorted|set|reversed|map|os\.path\.\w+|os\.fspath|pathlib\.(Pure)?Path|open|io\.open|importlib\.resources\.\w+|pkgutil\.get_data|textwrap\.\w+|inspect\.\w+)$/;
const OWN_METHODS = /\.(open|read|read_text|read_bytes|readlines|strip|lower|upper|replace|format|split|join|joinpath|resolve|absolute|encode|decode|as_posix|with_suffix|__getitem__|get|isoformat|strftime)$/;

/** The program's own: constants, settings and the environment, numbers, generated names, and what is made of nothing else. */
export function isOwn(value: Value, project: Project): boolean {
  const all = (values: readonly Value[]) => values.every((each) => isOwn(each, project));
  switch (value.kind) {
    case 'text': case 'number': case 'bool': case 'none': case 'environment': case 'generated': case 'secret-store': case 'test': return true;
    case 'choice': return all(value.options);
    case 'list': return all(value.items);
    case 'joined': return all(value.parts);
    case 'dict': return !value.open && all(value.entries.map((each) => each.value));
    case 'reference': return OWN_NAME.test(value.name);
    case 'parameter': return cannotCarryText(value.name, project.func(value.function)?.func, project) || /^(settings|config|conf|app\.config|self\.(settings|config|conf))\./.test(value.name) || project.flow.givenOwn(value);
    case 'result': return MAKES_OWN.test(value.callee) || (OF_OWN.test(value.callee) && value.args.length > 0 && all(value.args)) || (value.of !== undefined && OWN_METHODS.test(value.callee) && isOwn(value.of, project) && all(value.args)) || project.flow.returnsOwn(value);
    default: return false;
  }
}

const NO_TEXT = /(^|\.)(int|float|bool|UUID\d?|Decimal|datetime|date|time|timedelta|Enum|Literal|PositiveInt|NonNegativeInt|IPv4Address|IPv6Address)$/;

/** The parameter `name`, or the field `name.field` of one, has a type that takes no free text. */
export function cannotCarryText(name: string, func: Func | undefined, project: Project): boolean {
  const [root = '', field] = name.split('.');
  const annotation = func?.parameters.find((each) => each.name === root)?.annotation;
  if (annotation === undefined) return false;
  if (field === undefined) return NO_TEXT.test(annotation) || isEnum(annotation, project);
  const [model] = classesNamed(lastName(annotation), project);
  const body = model && project.written(model.module.path, model.class.body);
  const type = body === undefined ? undefined : new RegExp(`^[ \\t]*${escaped(field)}[ \\t]*:[ \\t]*([\\w.]+)`, 'm').exec(body)?.[1];
  return type !== undefined && (NO_TEXT.test(type) || isEnum(type, project));
}

function isEnum(type: string, project: Project): boolean {
  return classesNamed(lastName(type), project).some((each) => each.class.bases.some((base) => /(^|\.)(Enum|StrEnum|IntEnum|TextChoices)$/.test(base)));
}

/** Where a value is used: a call, or whatever stands for one. */
export interface Used { readonly module: Module; readonly call: Pick<Call, 'scope' | 'at'> }

/** What the function does with a visitor's value before a call uses it. */
export interface Passage {
  /** What the value is called where it comes from: `request.args["id"]`, a parameter. */
  readonly source: string;
  /** What the value is called here, ready for a regular expression. */
  readonly names: readonly string[];
  /** The function's text up to the end of the call, without comments. */
  readonly before: string;
}

/** The way of a visitor's value from the start of the function to a call. `origin` is what it is in the value: read from the request, a parameter, a result. */
export function passageOf(value: Value, origin: Value, match: Used, source: Pick<Source, 'slice'>): Passage {
  return passage(value, origin, { module: match.module, scope: match.call.scope, at: match.call.at }, (at) => source.slice(at));
}

function passage(value: Value, origin: Value, place: Pick<Leg, 'module' | 'scope' | 'at'>, slice: Source['slice']): Passage {
  const around = outermostFunction(place.module, place);
  const name = origin.kind === 'tainted' ? origin.source : origin.kind === 'parameter' ? origin.name.replace(/\.\*.*$/, '') : '';
  const written = [slice(origin.at), slice(value.at), name];
  const text = slice({ start: around?.body.start ?? 0, end: place.at.end }).replace(/(^|\s)#[^\n]*/g, '$1');
  const names = relatives(written.filter((each) => /^[A-Za-z_][^\n]{0,79}$/.test(each)), text);
  return { source: name, names: names.map(escaped), before: text };
}

/** What the rule asks of each function that a visitor's data passes. */
export interface Inspection {
  /** Further callees that hand it on. */
  readonly through?: RegExp;
  /** The function makes the data harmless before it takes it on. */
  readonly checked?: (passage: Passage, leg: Leg, index: number) => boolean;
  /** The whole argument, when the value asked about is a part of it: a check may name it. */
  readonly of?: Value;
}

/**
 * The first way on which a visitor's data comes to a value, unchecked by every function on it. Within one function it is proved; across
 * several it is as likely as the calls are the ones they look like.
 */
export function wayTo(value: Value, match: Used, { project, source }: { readonly project: Project; readonly source: Pick<Source, 'slice'> }, { through, checked, of }: Inspection = {}): Way | undefined {
  const { module, call: { scope, at } } = match;
  return project.flow.ways(value, { module, scope, at }, through).find((way) => !way.legs.some((leg, index) => {
    const last = index === way.legs.length - 1;
    const found = passage(last ? of ?? leg.whole : leg.whole, leg.value, leg, (at) => last ? source.slice(at) : project.written(leg.module.path, at));
    return isConfinedIn(found, leg, project) || (checked?.(found, leg, index) ?? false);
  }));
}

/** The grade of what a visitor's data comes to: what it is within one function, `likely` when other functions are on the way. */
export function alongWay(way: Way, grade: true | Variation = true): true | Variation {
  if (way.legs.length < 2) return grade;
  const given = grade === true ? { because: 'the value is followed through other functions' } : grade;
  return given.confidence === 'possible' ? given : { ...given, confidence: 'likely' };
}

/** The places of a way, from where the request is read to where the data is used. */
export function placesOf(way: Way | undefined, sink: Evidence): readonly Evidence[] {
  if (!way || way.legs.length < 2) return [];
  const handed = way.legs.slice(0, -1).map((leg): Evidence => ({ path: leg.module.path, start: leg.at.start, end: leg.at.end, text: leg.calls === undefined ? 'given back here' : `given to ${leg.calls}()` }));
  return [{ ...way.source, text: `a visitor sends ${shortened(way.read)}` }, ...handed, sink];
}

/** Local names that are made from these, or that these are made from, through a few assignments. */
function relatives(names: readonly string[], text: string): readonly string[] {
  const assignments = [...text.matchAll(/^[ \t]*(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=(?!=)[ \t]*([^\n]*)/gm)].map((each) => ({ target: each[1] ?? '', words: each[2]?.match(/[A-Za-z_]\w*/g) ?? [], read: each[2]?.trim() ?? '' }));
  const locals = new Set(assignments.map((each) => each.target));
  const found = new Set(names);
  for (let round = 0; round < 3; round++) {
    for (const { target, words, read } of assignments) {
      if (words.some((word) => found.has(word))) found.add(target);
      if (!found.has(target)) continue;
      for (const word of words) if (locals.has(word)) found.add(word);
      // Read once for a check and once more for the use.
      if (/^(?:self\.)?request\.[^\n]{1,70}[)\]]$/.test(read)) found.add(read);
    }
  }
  return [...found];
}

/** Whether the text before the call matches, for any of the value's names. */
export function mentions({ names, before }: Passage, pattern: (name: string) => string): boolean {
  return names.some((name) => new RegExp(pattern(`(?<![\\w.])${name}(?!\\w)`)).test(before));
}

/** It must be one of a list, digits alone, or match a pattern, or its type takes no free text. */
export function isConfined(passage: Passage, match: Used, project: Project): boolean {
  return isConfinedIn(passage, { module: match.module, scope: match.call.scope, at: match.call.at }, project);
}

function isConfinedIn(passage: Passage, place: Pick<Leg, 'module' | 'scope' | 'at'>, project: Project): boolean {
  if (cannotCarryText(passage.source, outermostFunction(place.module, place), project)) return true;
  return mentions(passage, (name) => `(?<!\\bfor\\s(?:\\w+\\s*,\\s*)*)${name}(?:\\.(?:lower|upper|strip)\\(\\))?\\s+(?:not\\s+)?in\\b|${name}\\.(?:isdigit|isdecimal|isnumeric|isalnum|isalpha|isidentifier)\\(|(?:match|fullmatch)\\([^\\n]*${name}`);
}

/** The part of a URL that names its host: the first, or what stands behind a bare scheme or slash; undefined when the host is written out. */
export function leadingPart(url: Value): Value | undefined {
  if (url.kind !== 'joined') return url;
  let text = '';
  for (const part of url.how === 'percent' || url.how === 'format' ? templated(url.parts) : url.parts) {
    if (part.kind !== 'text') return /^(?:https?:)?\/{0,2}$/i.test(text) ? part : undefined;
    text += part.value;
  }
  return undefined;
}

/** `"%s/x" % value` and `"{}/x".format(value)`: the text before the first placeholder, and what fills it. */
function templated(parts: readonly Value[]): readonly Value[] {
  const [template, first] = parts;
  if (template?.kind !== 'text' || !first) return parts;
  return [{ ...template, value: template.value.split(/%\w|\{[^}]*\}/)[0] ?? '' }, first];
}

/** The code that reads a value, short enough for a message. */
export function readBy(value: Value | undefined, source: Pick<Source, 'slice'>): string {
  if (!value) return 'a value';
  const written = source.slice(value.at);
  return shortened(value.kind === 'tainted' && (written.length > 40 || /[\n+]|^f?["']/.test(written)) ? value.source : written.replace(/\s+/g, ' '));
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}…` : text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
