/**
 * 16 hex digits that differ when the text does, to tell whether an answer is still the one the client has. Not for secrets.
 * Two 32-bit lanes of multiply and shift, after bryc's cyrb53; node's crypto is not to be had in a web worker.
 */
export function digest(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return hex(two) + hex(one);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0');
}
