/** Dockerfiles and Containerfiles: split by `dockerfile-ast`, read here. */
import { DockerfileParser } from 'dockerfile-ast';
import type { Instruction as ParsedInstruction, PropertyInstruction } from 'dockerfile-ast';
import type { Command, Dockerfile, Instruction, Pair, Span, Stage } from '../../rules/kit';
import { lineComments } from './comments';
import { execCommands } from './exec';
import { head } from './head';
import { lines } from './lines';
import type { Piece } from './piece';
import { aligned, part, placed, verbatim } from './piece';
import { shellScript } from './shell-script';

type Range = ReturnType<ParsedInstruction['getRange']>;

/** An instruction, and its body as text that knows its place. */
interface Reading { readonly instruction: Instruction; readonly body: Piece }

/** Stages with their instructions. `whole` is false for unknown instructions and for templates of Dockerfiles. */
export function readDockerfile(path: string, text: string): Dockerfile {
  const starts = lines(text).map((line) => line.start);
  const offset = (at: Range['start']) => Math.min((starts[at.line] ?? text.length) + at.character, text.length);
  const parsed = DockerfileParser.parse(text);
  const escape = parsed.getEscapeCharacter();
  const readings = parsed.getInstructions().map((one) => read(one, text, escape, (range) => ({ start: offset(range.start), end: offset(range.end) })));
  const whole = readings.every((one) => KEYWORDS.has(one.instruction.keyword)) && !/^\s*\{[{%]/m.test(text);
  return { kind: 'dockerfile', ...head(path, text, whole, lineComments(text)), stages: stages(readings) };
}

const KEYWORDS: ReadonlySet<string> = new Set([
  'ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER', 'ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL',
  'USER', 'VOLUME', 'WORKDIR',
]);
const FLAGGED: ReadonlySet<string> = new Set(['ADD', 'COPY', 'FROM', 'HEALTHCHECK', 'RUN']);
const STARTS: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT', 'HEALTHCHECK', 'ONBUILD', 'RUN']);

function read(parsed: ParsedInstruction, text: string, escape: string, spanOf: (range: Range) => Span): Reading {
  const at = spanOf(parsed.getRange());
  const keyword = parsed.getKeyword();
  const begin = spanOf(parsed.getInstructionRange()).end;
  const { flags, end } = FLAGGED.has(keyword) ? flagsFrom(text.slice(begin, at.end), escape) : { flags: {}, end: 0 };
  const body = joined(verbatim(text.slice(begin + end, at.end), begin + end), escape);
  const command = ['HEALTHCHECK', 'ONBUILD'].includes(keyword) ? part(body, /^(?:CMD|RUN|ENTRYPOINT)\s+/i.exec(body.text)?.[0].length ?? 0, body.text.length) : body;
  const exec = jsonForm(command);
  const pairs = keyword === 'ENV' || keyword === 'ARG' || keyword === 'LABEL' ? pairsOf(parsed as PropertyInstruction, spanOf) : [];
  const instruction: Instruction = {
    keyword, text: body.text, ...(exec && { exec: exec.map((word) => word.text) }), flags, pairs,
    commands: STARTS.has(keyword) ? commandsOf(keyword, body, command, exec, escape) : [], at,
  };
  return { instruction, body };
}

/** `--name=value` in front of the body, and where it ends. */
function flagsFrom(rest: string, escape: string): { readonly flags: Readonly<Record<string, string>>; readonly end: number } {
  const flags: Record<string, string> = {};
  const flag = new RegExp(String.raw`(?:\s|${pattern(escape)}(?=[ \t]*[\r\n]))+--(?<name>[\w-]+)(?:=(?<value>"[^"\r\n]*"|\S*))?(?=\s|$)`, 'y');
  let end = 0;
  for (let found = flag.exec(rest); found; found = flag.exec(rest)) {
    const name = found.groups?.name ?? '';
    const value = (found.groups?.value ?? '').replace(/^"(.*)"$/, '$1');
    flags[name] = Object.hasOwn(flags, name) ? `${flags[name] ?? ''} ${value}` : value;
    end = flag.lastIndex;
  }
  return { flags, end };
}

/** The escape character, a backslash or a backquote, in a regular expression. */
function pattern(escape: string): string {
  return escape === '\\' ? '\\\\' : escape;
}

/**
 * The body on one line: continued lines are joined as Docker joins them, with the comments and empty lines between them
 * left out and indentation shrunk to one blank. The text of a heredoc keeps its lines.
 */
function joined(raw: Piece, escape: string): Piece {
  let text = '';
  const places: number[] = [];
  const add = (piece: string, at: number) => {
    for (let index = 0; index < piece.length; index += 1) places.push(at + index);
    text += piece;
  };
  let continued = true;
  let gap: number | undefined;
  for (const line of lines(raw.text)) {
    if (!continued) {
      add(`\n${line.text}`, line.start - 1);
      continue;
    }
    if (text !== '' && /^\s*(?:#.*)?$/.test(line.text)) continue;
    const ends = new RegExp(String.raw`\s*${pattern(escape)}[ \t]*$`).exec(line.text);
    const indent = text === '' || gap !== undefined ? /^\s*/.exec(line.text)?.[0].length ?? 0 : 0;
    const written = line.text.slice(indent, ends?.index ?? line.text.length);
    if (text !== '' && gap !== undefined && (indent > 0 || gap > 0)) add(' ', line.start + Math.max(indent - 1, 0));
    add(written, line.start + indent);
    gap = ends ? /^\s*/.exec(ends[0])?.[0].length ?? 0 : undefined;
    continued = ends !== null;
  }
  return trimmed(placed(text, places, raw));
}

function trimmed(piece: Piece): Piece {
  return part(piece, 0, piece.text.trimEnd().length);
}

/** Words of `["a", "b"]`, when it is JSON: single quotes make it a shell's text. */
function jsonForm(body: Piece): readonly Piece[] | undefined {
  if (!body.text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(body.text);
    if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) return undefined;
    const tokens = [...body.text.matchAll(/"(?:\\.|[^"\\])*"/g)];
    return words.map((word, index) => jsonWord(word, body, tokens[index]));
  } catch {
    return undefined;
  }
}

function jsonWord(word: string, body: Piece, token: RegExpExecArray | undefined): Piece {
  const start = token?.index ?? 0;
  const written = token?.[0] ?? '';
  const inner = aligned(word, written.slice(1, -1), start + 1);
  return {
    text: word,
    span: (from, to) => {
      const place = from === 0 && to === word.length ? { start, end: start + written.length } : inner.span(from, to);
      return body.span(place.start, place.end);
    },
  };
}

function commandsOf(keyword: string, body: Piece, command: Piece, exec: readonly Piece[] | undefined, escape: string): readonly Command[] {
  if (exec) return execCommands(exec);
  if (escape !== '\\' || (keyword === 'HEALTHCHECK' && command.text === body.text) || (keyword === 'ONBUILD' && !/^(?:RUN|CMD|ENTRYPOINT)\b/i.test(body.text))) return [];
  const script = /^<<-?(["']?)(\w+)\1[ \t]*\n(?<body>[\s\S]*?)(?:\n?[ \t]*\2[ \t]*)?$/d.exec(command.text);
  const lines = script?.indices?.groups?.body;
  if (!lines) return shellScript(command).commands;
  const piece = part(command, lines[0], lines[1]);
  return /^#!(?!.*\b(?:ba|da|a|z|k)?sh\b)/.test(piece.text) ? [] : shellScript(piece).commands;
}

function pairsOf(parsed: PropertyInstruction, spanOf: (range: Range) => Span): readonly Pair[] {
  return parsed.getProperties().map((one) => {
    const value = one.getValue();
    const range = one.getValueRange();
    const named = { name: one.getName(), at: spanOf(one.getRange()) };
    return value === null || !range ? named : { ...named, value, valueAt: spanOf(range) };
  });
}

function stages(readings: readonly Reading[]): readonly Stage[] {
  const found: (Omit<Stage, 'instructions'> & { readonly instructions: Instruction[] })[] = [];
  const defaults = new Map<string, string>();
  for (const { instruction, body } of readings) {
    if (instruction.keyword === 'FROM') found.push({ ...from(instruction, body, defaults, found), instructions: [] });
    else if (found.length > 0) found.at(-1)?.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') for (const one of instruction.pairs) defaults.set(one.name, substituted(one.value ?? '', defaults));
  }
  return found;
}

function from(instruction: Instruction, body: Piece, defaults: ReadonlyMap<string, string>, earlier: readonly Stage[]): Omit<Stage, 'instructions'> {
  const [, written = '', name] = /^(\S+)(?:\s+as\s+(\S+))?/i.exec(body.text) ?? [];
  const image = substituted(written, defaults);
  const stage = earlier.findLastIndex((one) => one.name?.toLowerCase() === image.toLowerCase());
  return { ...(name && { name }), image, ...(stage >= 0 && { from: stage }), at: instruction.at, imageAt: body.span(0, written.length) };
}

/** `$X`, `${X}`, `${X:-y}` and `${X:+y}` with the defaults of ARGs; what is not known stays as written. */
function substituted(written: string, values: ReadonlyMap<string, string>): string {
  return written.replace(/\$(?:(\w+)|\{(\w+)(?::?([-+])([^}]*))?\})/g, (all: string, bare?: string, braced?: string, sign?: string, other = '') => {
    const value = values.get(bare ?? braced ?? '') ?? '';
    if (sign === '+') return value === '' ? '' : other;
    return value || (sign === '-' ? other : all);
  });
}
