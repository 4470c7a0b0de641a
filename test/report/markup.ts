/** Reads HTML strictly: an element that is not closed, or closed in the wrong order, is an error. */

export interface Element { readonly name: string; readonly attributes: ReadonlyMap<string, string>; readonly children: Element[]; readonly parent?: Element; text: string }

const VOID = new Set(['meta', 'input', 'br', 'wbr', 'link', 'img', 'hr']);
const RAW = new Set(['script', 'style']);
const TAG = /<(?:!DOCTYPE html|(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[^\s"'<>=]+(?:="[^"]*")?)*)\s*(\/?))>/y;

/** The elements of a document in order; text is everything within, entities as written. */
export function elements(html: string): readonly Element[] {
  const all: Element[] = [];
  const root: Element = { name: '#', attributes: new Map(), children: [], text: '' };
  let open = root;
  let at = 0;
  while (at < html.length) {
    const next = html.indexOf('<', at);
    const text = html.slice(at, next < 0 ? undefined : next);
    for (let one: Element | undefined = open; one; one = one.parent) one.text += text;
    if (next < 0) break;
    TAG.lastIndex = next;
    const tag = TAG.exec(html);
    if (!tag) throw new Error(`not a tag: ${html.slice(next, next + 80)}`);
    at = TAG.lastIndex;
    const [, closing, name, attributes, empty] = tag;
    if (name === undefined) continue;
    if (closing) {
      if (open.name !== name || !open.parent) throw new Error(`</${name}> closes <${open.name}> before: ${html.slice(next - 80, next)}`);
      open = open.parent;
      continue;
    }
    const element: Element = { name, attributes: attributesOf(attributes ?? ''), children: [], parent: open, text: '' };
    open.children.push(element);
    all.push(element);
    if (RAW.has(name)) {
      const end = html.indexOf(`</${name}>`, at);
      element.text = html.slice(at, end);
      at = end + name.length + 3;
    } else if (!VOID.has(name) && !empty) open = element;
  }
  if (open !== root) throw new Error(`<${open.name}> is not closed`);
  return all;
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/([^\s"'<>=]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value] as const);
  if (new Set(found.map(([name]) => name)).size !== found.length) throw new Error(`an attribute twice: ${text}`);
  return new Map(found);
}
