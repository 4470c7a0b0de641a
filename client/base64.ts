/** How many bytes are turned into letters at a time: a call takes no more arguments than that. */
const STEP = 0x8000;

/** Bytes as base64, in node and in a browser. */
export function base64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += STEP) letters += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(letters);
}
