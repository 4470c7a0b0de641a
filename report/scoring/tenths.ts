/**
 * Points are counted in whole tenths, because 0.1 + 0.2 is not 0.3 in a computer and a card that says 89.2 where the
 * reader adds up 89.3 is not believed again.
 *
 * - One occurrence costs points x factor. Points are whole and factors are 1, 0.6 and 0.3, so that is a whole number of tenths.
 * - All occurrences of one rule cost the sum of p/k, which is not. It is rounded once, here, to the tenth that the ledger prints.
 *   So the printed lines are the numbers that are added, not a picture of them. Rounding keeps order: more findings never cost less.
 * - From there on everything is sums and one division of whole numbers. `Math.floor(a / b)` of whole numbers below 2^53 is
 *   exact: a quotient that is not whole is further from the next whole number than the division can err.
 * - A whole number of tenths divided by 10 is the very number that its decimal notation means: 893 / 10 prints as 89.3.
 */

/** A whole number of tenths of a point. */
export type Tenths = number;

/** Ties go up, against the application. The allowance covers the noise of adding thirds and sevenths; it is far below what any occurrence adds. */
export function roundTenths(value: number): Tenths {
  return Math.floor(value + 0.5 + 1e-9);
}

/** The quotient of two whole numbers, rounded down. */
export function floorRatio(numerator: number, denominator: number): number {
  return Math.floor(numerator / denominator);
}

/** Tenths as the points that a card shows. */
export function points(tenths: Tenths): number {
  return tenths / 10;
}
