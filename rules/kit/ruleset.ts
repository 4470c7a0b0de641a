/** Versions of the rule set: what `since` of a rule counts in. */

/** The version of the rules there are: goes up when a rule is added or made stricter. */
export const RULESET = '1';

/** Whether a version such as `2027.1` came after another; parts are compared as numbers, a missing one is 0. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((one) => one.split('.').map(Number));
  for (let part = 0; part < Math.max(a?.length ?? 0, b?.length ?? 0); part += 1) {
    const difference = (a?.[part] ?? 0) - (b?.[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
