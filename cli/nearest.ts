/**
 * Names close to a mistyped one, nearest first, at most three. "Close" is up to a third of the letters wrong (swapped
 * neighbours count once), or the beginning of a name.
 */
export function nearest(typed: string, names: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .map((name) => ({ name, distance: wanted.length > 2 && name.startsWith(wanted) ? 0 : distance(wanted, name, limit) }))
    .filter((one) => one.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map((one) => one.name);
}

/** ` Did you mean a or b?`, or nothing when no name is close. */
export function suggestion(typed: string, names: readonly string[]): string {
  const close = nearest(typed, names);
  return close.length > 0 ? ` Did you mean ${close.join(' or ')}?` : '';
}

/** Edits that turn `a` into `b`: insert, delete, replace, swap neighbours (optimal string alignment). Gives up past `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line.push(Math.min(
        at(last, column) + 1, at(line, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Infinity,
      ));
    }
    before = last;
    last = line;
  }
  return at(last, b.length);
}

function at(line: readonly number[], column: number): number {
  return line[column] ?? Infinity;
}
