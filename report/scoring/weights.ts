import type { Category } from '../../rules/kit';
import { WEIGHTS } from '../../rules/kit';

/** Categories that decide by themselves whether an application may ship, whatever the others make of the average. */
export const GATING: ReadonlySet<Category> = new Set<Category>(['security', 'configuration', 'auth', 'data']);

/** The weights to use: a team's own where it gave a usable one (whole, not negative; anything else is rounded or ignored). */
export function weightsOf(own: Readonly<Partial<Record<Category, number>>>): Readonly<Record<Category, number>> {
  const weights: Record<Category, number> = { ...WEIGHTS };
  for (const category of Object.keys(WEIGHTS) as Category[]) {
    const weight = own[category];
    if (weight !== undefined && Number.isFinite(weight) && weight >= 0) weights[category] = Math.round(weight);
  }
  return weights;
}
