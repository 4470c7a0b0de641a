/** What packages take for granted in node, where there is no node: the build of the web worker puts it in. dockerfile-ast asks for the bytes of a letter. */
export const Buffer = { from: (text: string): Uint8Array => new TextEncoder().encode(text) };
