/**
 * When V8 compiles for speed. A scan is a few seconds of much code that runs a little: by its defaults, V8 11 and 12 (node 20 and 22) spend
 * a third of that on compiling functions whose types are not settled yet, to throw the result away and compile them again. Later versions
 * wait by themselves. Letters typed after the scan cost what they did: what they run has run often by then.
 */

/** By V8's major version: the setting that makes it wait, with about six times the default. A version that is not here is left alone, since V8 writes a message where it does not know a flag. */
const LATER: Readonly<Record<string, string>> = { 11: '--interrupt-budget=400000', 12: '--invocation-count-for-turbofan=15000' };

/**
 * Makes V8 wait longer before it compiles a function for speed.
 * @param version of V8, as in `process.versions.v8`
 * @param set takes a flag, as `setFlagsFromString` of `node:v8` does
 */
export function compileLater(version: string, set: (flag: string) => void): void {
  const flag = LATER[version.split('.')[0] ?? ''];
  if (flag !== undefined) set(flag);
}
