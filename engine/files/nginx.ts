/** nginx configuration: directives in their blocks. */
import type { Directive, Nginx } from '../../rules/kit';
import { lineComments } from './comments';
import { head } from './head';

export function readNginx(path: string, text: string): Nginx {
  const reading = new Reading(text);
  const directives = reading.block(0);
  return { kind: 'nginx', ...head(path, text, reading.whole && !/\{\{|\{%/.test(text), lineComments(text)), directives };
}

interface Word { readonly text: string; readonly start: number; readonly end: number }

const DEEPEST = 100;

class Reading {
  whole = true;
  private at = 0;

  constructor(private readonly text: string) {}

  /** Directives up to the `}` of the block, or to the end of the text at depth 0. */
  block(depth: number): Directive[] {
    const found: Directive[] = [];
    let words: Word[] = [];
    const end = (block?: readonly Directive[]) => {
      const [name, ...args] = words;
      if (name) found.push(directive(name, args, this.at, block));
      words = [];
    };
    for (this.blanks(); this.at < this.text.length; this.blanks()) {
      const here = this.text.charAt(this.at);
      if (here === '}') {
        // The last directive of a block has lost its semicolon.
        if (words.length > 0) this.unfinished(end);
        if (depth > 0) return found;
        this.whole = false;
        this.at += 1;
      } else if (here === ';') {
        this.at += 1;
        end();
      } else if (here === '{') {
        this.at += 1;
        const inner = this.inner(words[0]?.text ?? '', depth);
        end(inner);
      } else words.push(this.word());
    }
    if (words.length > 0) this.unfinished(end);
    this.whole &&= depth === 0;
    return found;
  }

  private unfinished(end: () => void): void {
    this.whole = false;
    end();
  }

  private inner(name: string, depth: number): readonly Directive[] {
    const raw = /_by_lua_block$/.test(name) || depth >= DEEPEST;
    const found = raw ? [] : this.block(depth + 1);
    if (raw) this.passOver();
    if (this.text.charAt(this.at) === '}') this.at += 1;
    return found;
  }

  /** Lua in a block: its braces are counted, its words are not read. */
  private passOver(): void {
    for (let level = 1; this.at < this.text.length; this.at += 1) {
      const here = this.text.charAt(this.at);
      if (here === '{') level += 1;
      if (here === '}') level -= 1;
      if (level === 0) return;
    }
    this.whole = false;
  }

  private word(): Word {
    const start = this.at;
    const quote = /["']/.test(this.text.charAt(start)) ? this.text.charAt(start) : undefined;
    const pattern = quote === undefined ? /(?:\\[\s\S]|\$\{[^}\s]*\}|[^\s;{}\\])+|./sy : quote === '"' ? /"(?:\\[\s\S]|[^"\\])*"?/y : /'(?:\\[\s\S]|[^'\\])*'?/y;
    pattern.lastIndex = start;
    const written = pattern.exec(this.text)?.[0] ?? this.text.charAt(start);
    this.at = start + written.length;
    if (quote === undefined) return { text: written, start, end: this.at };
    const closed = written.length > 1 && written.endsWith(quote);
    this.whole &&= closed;
    return { text: written.slice(1, closed ? -1 : undefined).replaceAll(`\\${quote}`, quote), start, end: this.at };
  }

  private blanks(): void {
    const pattern = /(?:[\s\uFEFF]+|#[^\r\n]*)*/y;
    pattern.lastIndex = this.at;
    this.at += pattern.exec(this.text)?.[0].length ?? 0;
  }
}

function directive(name: Word, args: readonly Word[], end: number, block: readonly Directive[] | undefined): Directive {
  return {
    name: name.text, nameAt: { start: name.start, end: name.end }, args: args.map((one) => one.text),
    argsAt: args.map((one) => ({ start: one.start, end: one.end })), ...(block && { block }), at: { start: name.start, end },
  };
}
