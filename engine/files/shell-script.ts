/**
 * A shell script as simple commands. Nothing is executed, and nothing has to be right: what cannot be understood is passed
 * over. Reserved words only order the commands, so they are dropped; what a command runs itself (`$(…)`, `sh -c "…"`,
 * `ssh host <<EOF`) follows it, one level deeper.
 */
import type { Command, Pair } from '../../rules/kit';
import type { Piece } from './piece';
import { part, placed } from './piece';
import { runsScript, scriptWord } from './shell-runners';
import type { Cursor, Word } from './shell-words';
import { readWord } from './shell-words';

/** The commands of a script, in the order of the text. `whole` is false when a quote or a bracket was left open. */
export function shellScript(piece: Piece, depth = 0): { readonly commands: readonly Command[]; readonly whole: boolean } {
  const cursor: Cursor = { piece, at: 0, whole: true, rescues: 20 };
  const commands = new List(cursor, depth, false).read();
  return { commands, whole: cursor.whole };
}

type Then = Command['then'];
type Redirect = Command['redirects'][number];

const DEEPEST = 12;
/** How far is looked ahead for what stands on one line. */
const NEAR = 500;

/** One list of commands: the whole script, or what stands in one pair of brackets. */
class List {
  private readonly done: Command[] = [];
  private words: Word[] = [];
  private assignments: Pair[] = [];
  private redirects: Redirect[] = [];
  private inner: Command[] = [];
  /** Offsets of the command that is being read. */
  private from = -1;
  private to = -1;
  /** Texts of `<<` that begin on the next line, and the commands of this line. */
  private heredocs: { readonly end: string; readonly tabs: boolean }[] = [];
  private line: Command[] = [];
  private asked = false;
  private negated = false;
  private bodyNext = false;
  /** In the head of `for` or `case`, or before a pattern of a case. */
  private head: 'for' | 'case' | 'pattern' | undefined;
  private readonly open: ('group' | 'function' | 'subshell' | 'case')[] = [];
  private readonly text: string;

  /** @param bracketed it ends with the `)` that closes it, not with the text */
  constructor(private readonly cursor: Cursor, private readonly base: number, private readonly bracketed: boolean) {
    this.text = cursor.piece.text;
  }

  read(): Command[] {
    while (this.cursor.at < this.text.length && !this.atEnd()) this.step();
    this.finish('');
    if (this.bracketed) {
      this.cursor.whole &&= this.atEnd();
      this.cursor.at = Math.min(this.cursor.at + 1, this.text.length);
    } else this.bodies();
    return this.done;
  }

  private atEnd(): boolean {
    return this.bracketed && this.head !== 'pattern' && this.text.charAt(this.cursor.at) === ')' && !this.open.includes('subshell');
  }

  private step(): void {
    const here = this.text.charAt(this.cursor.at);
    const joined = /^\\(?:\r\n|\n|\r)/.exec(this.text.slice(this.cursor.at, this.cursor.at + 3));
    if (joined) this.cursor.at += joined[0].length;
    else if (here === '\n' || here === '\r') this.newline();
    else if (/\s/.test(here)) this.cursor.at += 1;
    else if (here === '#') this.cursor.at = this.lineEnd();
    else if (this.head === 'pattern') this.pattern();
    else if (this.inTest() || (!this.redirect() && !this.operator())) this.word();
  }

  /** Inside `[[ … ]]`, where `&&` and `<` are words. */
  private inTest(): boolean {
    return this.words[0]?.text === '[[' && this.words.at(-1)?.text !== ']]';
  }

  private newline(): void {
    this.finish('');
    if (this.head === 'for') this.head = undefined;
    this.cursor.at = this.nextLine();
    this.bodies();
  }

  /** `a|b)` in front of the commands of a case, or the end of the case. */
  private pattern(): void {
    this.head = undefined;
    if (/^esac\b/.test(this.text.slice(this.cursor.at, this.cursor.at + 5))) return;
    const line = this.text.slice(this.cursor.at, Math.min(this.lineEnd(), this.cursor.at + NEAR));
    this.cursor.at += (/^(?:'[^']*'|"[^"]*"|\\.|[^)])*\)/.exec(line)?.[0] ?? line).length;
  }

  private operator(): boolean {
    const op = /^(?:&&|\|\||\|&|;;&?|;&|[|;&()])/.exec(this.text.slice(this.cursor.at, this.cursor.at + 3))?.[0];
    if (!op) return false;
    if (op === '(') return this.bracket();
    this.cursor.at += op.length;
    const endsCase = op.length > 1 && op.startsWith(';');
    this.finish(op === ')' ? '' : op === '|&' ? '|' : endsCase ? ';' : op as Then);
    if (op === ')') this.close('subshell');
    else if (endsCase && this.open.includes('case')) this.head = 'pattern';
    else if (this.head === 'for') this.head = undefined;
    return true;
  }

  /** `(`: of a subshell, of `(( … ))`, or behind the name of a function. */
  private bracket(): boolean {
    const rest = this.text.slice(this.cursor.at, this.cursor.at + NEAR);
    const sum = rest.startsWith('((') ? rest.indexOf('))') : -1;
    const empty = /^\(\s*\)/.exec(rest)?.[0];
    if (sum >= 0) this.cursor.at += sum + 2;
    else if (empty && this.words.length === 1) {
      this.cursor.at += empty.length;
      this.drop();
      this.bodyNext = true;
    } else {
      this.cursor.at += 1;
      if (this.words.length === 0) this.open.push('subshell');
      this.bodyNext = false;
    }
    return true;
  }

  private close(...kinds: readonly string[]): void {
    const last = this.open.findLastIndex((one) => kinds.includes(one));
    if (last >= 0) this.open.splice(last);
  }

  private redirect(): boolean {
    const op = /^(?:\d+|&)?(?:<<<|<<-?|<>|>>|>\||>&|<&|<|>)/.exec(this.text.slice(this.cursor.at, this.cursor.at + 8))?.[0];
    if (!op || /^[<>]\(/.test(this.text.slice(this.cursor.at, this.cursor.at + 2))) return false;
    const start = this.cursor.at;
    this.cursor.at += op.length;
    this.cursor.at += /^(?:[ \t]|\\\r?\n)*/.exec(this.text.slice(this.cursor.at, this.cursor.at + NEAR))?.[0].length ?? 0;
    const target = this.take();
    this.reach(start);
    this.redirects.push({ op, target: target.text, at: this.cursor.piece.span(start, this.cursor.at) });
    if (/^\d*<<-?$/.test(op)) this.heredocs.push({ end: target.text, tabs: op.endsWith('-') });
    return true;
  }

  /** The word at the cursor, with what runs inside it. */
  private take(plain = false): Word {
    const word = readWord(this.cursor, (body) => this.substituted(body), plain);
    this.inner.push(...word.inner);
    return word;
  }

  /** The command that is being read goes from the first of these to here. */
  private reach(start: number): void {
    if (this.from < 0) this.from = start;
    this.to = this.cursor.at;
  }

  private word(): void {
    const start = this.cursor.at;
    const word = this.take(this.inTest() && !this.text.startsWith(']]', start));
    if (word.end === start) {
      this.cursor.at += 1;
      return;
    }
    const first = this.words.length === 0;
    if (this.head) this.headWord(word);
    else if (!(first && this.assignments.length === 0 && !word.quoted && this.reserved(word.text)) && !(first && this.assignment(word))) {
      this.bodyNext = false;
      this.words.push(word);
      this.reach(start);
    }
  }

  /** The head of a `for`, `select` or `case`, up to its `do` or `in`. */
  private headWord(word: Word): void {
    if (this.head === 'for' && word.text === 'do') this.head = undefined;
    if (this.head === 'case' && word.text === 'in') this.head = 'pattern';
  }

  private reserved(text: string): boolean {
    switch (text) {
      case 'if': case 'elif': case 'while': case 'until': this.asked = true; return true;
      case 'then': case 'do': this.asked = false; return true;
      case '!': this.negated = true; return true;
      case 'else': case 'fi': case 'done': case 'time': case 'coproc': return true;
      case 'for': case 'select': this.head = 'for'; return true;
      case 'case': this.head = 'case'; this.open.push('case'); return true;
      case 'esac': this.close('case'); return true;
      case 'function': return this.functionName();
      case '{': this.open.push(this.bodyNext ? 'function' : 'group'); this.bodyNext = false; return true;
      case '}': this.close('group', 'function'); return true;
      default: return false;
    }
  }

  private functionName(): boolean {
    this.cursor.at += /^[ \t]+[^\s(){}]+[ \t]*(?:\(\s*\))?/.exec(this.text.slice(this.cursor.at, this.cursor.at + NEAR))?.[0].length ?? 0;
    this.bodyNext = true;
    return true;
  }

  /** `NAME=value` before the first word; `NAME=(a b)` is an array. */
  private assignment(word: Word): boolean {
    const name = /^([A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=/.exec(this.text.slice(word.start, word.end));
    if (!name?.[1]) return false;
    const valueStart = word.start + name[0].length;
    const array = word.end === valueStart && this.text.charAt(word.end) === '(';
    if (array) {
      this.cursor.at += 1;
      while (this.cursor.at < this.text.length && this.text.charAt(this.cursor.at) !== ')') if (this.take().text === '') this.cursor.at += 1;
      this.cursor.at = Math.min(this.cursor.at + 1, this.text.length);
    }
    const value = array ? this.text.slice(valueStart, this.cursor.at) : word.text.slice(word.text.indexOf('=') + 1);
    this.reach(word.start);
    this.assignments.push({ name: name[1], value, at: this.cursor.piece.span(word.start, this.cursor.at), valueAt: this.cursor.piece.span(valueStart, this.cursor.at) });
    return true;
  }

  /** Ends the command that was being read. */
  private finish(then: Then): void {
    const { words, assignments, redirects, inner, from, to } = this;
    const { piece } = this.cursor;
    const script = words[scriptWord(words.map((one) => one.text)) ?? words.length];
    this.drop();
    if (words.length > 0 || assignments.length > 0) {
      const command: Command = {
        words: words.map((one) => one.text), wordsAt: words.map((one) => piece.span(one.start, one.end)), assignments, redirects, then,
        depth: this.depth(), condition: this.asked || this.negated, at: piece.span(from, to),
      };
      this.done.push(command);
      this.line.push(command);
      this.negated = false;
    }
    // What runs inside a script word is found once, when the word is read as a script.
    this.done.push(...inner.filter((one) => !script?.inner.includes(one)));
    if (script) this.done.push(...this.script(placed(script.text, script.places, piece)));
  }

  /** Forgets the command that was being read. */
  private drop(): void {
    [this.words, this.assignments, this.redirects, this.inner, this.from, this.to] = [[], [], [], [], -1, -1];
  }

  private depth(): number {
    return this.base + this.open.filter((one) => one === 'function' || one === 'subshell').length;
  }

  private script(piece: Piece): readonly Command[] {
    if (this.depth() >= DEEPEST) return [];
    const { commands, whole } = shellScript(piece, this.depth() + 1);
    this.cursor.whole &&= whole;
    return commands;
  }

  private substituted(body: Piece | undefined): readonly Command[] {
    if (body) return this.script(body);
    return this.depth() < DEEPEST ? new List(this.cursor, this.depth() + 1, true).read() : [];
  }

  /** Passes over the texts of `<<`; those that a shell is given are scripts. */
  private bodies(): void {
    const run = this.line.some((command) => command.words.some(runsScript));
    this.line = [];
    for (const heredoc of this.heredocs.splice(0)) {
      const start = this.cursor.at;
      const end = this.bodyEnd(heredoc);
      if (run) this.done.push(...this.script(part(this.cursor.piece, start, end)));
    }
  }

  /** Moves behind the line that ends a text of `<<`, and gives the offset where that line begins. */
  private bodyEnd(heredoc: { readonly end: string; readonly tabs: boolean }): number {
    while (this.cursor.at < this.text.length) {
      const start = this.cursor.at;
      const line = this.text.slice(start, this.lineEnd());
      if ((heredoc.tabs ? line.replace(/^\t+/, '') : line) === heredoc.end) {
        this.cursor.at = this.lineEnd();
        return start;
      }
      this.cursor.at = this.nextLine();
    }
    this.cursor.whole = false;
    return this.text.length;
  }

  private lineEnd(): number {
    const length = this.text.slice(this.cursor.at).search(/[\r\n]/);
    return length < 0 ? this.text.length : this.cursor.at + length;
  }

  private nextLine(): number {
    const end = this.lineEnd();
    return Math.min(end + (this.text.startsWith('\r\n', end) ? 2 : 1), this.text.length);
  }
}
