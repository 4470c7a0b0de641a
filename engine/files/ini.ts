/** Sections of names and values: systemd units, supervisor, alembic, tox and the like. */
import type { Ini, Pair } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';
import { lines } from './lines';
import { part, verbatim } from './piece';
import { shellScript } from './shell-script';

type Section = Ini['sections'][number];
interface Open { readonly name: string; readonly at: { readonly start: number; readonly end: number }; readonly entries: Growing[] }
interface Growing { readonly name: string; readonly start: number; valueStart: number; end: number; valued: boolean }

export function readIni(path: string, text: string): Ini {
  const systemd = /\.(?:service|timer|socket)(?:\.[a-z0-9]+|\.d\/[^/]+)?$/i.test(path);
  const { sections, whole } = iniSections(text, systemd);
  return { kind: 'ini', ...head(path, text, whole && !/\{\{|^\s*\{%/m.test(text), lineComments(text, /[#;]/)), format: systemd ? 'systemd' : 'other', sections };
}

/**
 * The sections of a text, in order; what stands before the first has a section without a name.
 * @param systemd lines are continued by a backslash; otherwise by indentation, as Python's configparser has it
 */
export function iniSections(text: string, systemd: boolean): { readonly sections: readonly Section[]; readonly whole: boolean } {
  const open: Open[] = [];
  let whole = true;
  let continues = false;
  for (const line of lines(text)) {
    const last = open.at(-1)?.entries.at(-1);
    const comment = /^\s*[#;]/.test(line.text);
    const joined = systemd ? continues : /^[ \t]+\S/.test(line.text) && last?.valued === true;
    continues = systemd && !comment && line.text.endsWith('\\');
    if (comment || line.text.trim() === '') continue;
    const section = /^\s*\[(?<name>[^\]]*)\]/.exec(line.text);
    if (joined && last) last.end = line.start + line.text.trimEnd().length;
    else if (section) open.push({ name: section.groups?.name ?? '', at: { start: line.start + line.text.indexOf('['), end: line.start + section[0].length }, entries: [] });
    else {
      if (open.length === 0) open.push({ name: '', at: { start: 0, end: 0 }, entries: [] });
      const entry = entryOf(line.text, line.start);
      if (entry) open.at(-1)?.entries.push(entry);
      whole &&= entry !== undefined && !line.text.trimStart().startsWith('[');
    }
  }
  return { sections: open.map((one) => ({ name: one.name, at: one.at, entries: one.entries.map((entry) => pairOf(entry, text)), commands: commandsOf(one, text) })), whole };
}

/** A name with its value, or a bare name, as pytest and git allow. */
function entryOf(line: string, start: number): Growing | undefined {
  const groups = /^\s*(?<name>[^=:\s][^=:]*?)[ \t]*(?:[=:][ \t]*(?<value>.*?))?\s*$/d.exec(line)?.indices?.groups;
  const name = groups?.name;
  if (!name) return undefined;
  const value = groups.value;
  return { name: line.slice(...name), start: start + name[0], valueStart: start + (value?.[0] ?? name[1]), end: start + (value?.[1] ?? name[1]), valued: value !== undefined };
}

function pairOf(entry: Growing, text: string): Pair {
  const named = { name: entry.name, at: { start: entry.start, end: entry.end } };
  if (!entry.valued) return named;
  const value = text.slice(entry.valueStart, entry.end).split(/\\?(?:\r\n|\n|\r)/).map((line) => line.trim()).filter((line) => !/^[#;]/.test(line)).join('\n').trim();
  return { ...named, value, valueAt: { start: entry.valueStart, end: entry.end } };
}

/** `ExecStart=-/usr/bin/x` of systemd, `command = x` of supervisor, `commands =` of an environment of tox. */
function commandsOf(section: Open, text: string): Section['commands'] {
  const names = /^testenv(?::|$)/.test(section.name) ? /^commands(?:_pre|_post)?$/ : /^(?:Exec\w+|command)$/;
  return section.entries.filter((one) => one.valued && names.test(one.name)).flatMap((one) => {
    const whole = verbatim(text);
    const prefix = /^[@:+!|-]*/.exec(text.slice(one.valueStart, one.end))?.[0].length ?? 0;
    return shellScript(part(whole, one.valueStart + prefix, one.end)).commands;
  });
}
