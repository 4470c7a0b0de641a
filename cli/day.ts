import { InvalidArgumentError } from 'commander';
import { dayNumber } from '../rules/kit';

/** An ISO day that exists, as an option's value. Throws InvalidArgumentError. */
export function day(text: string): string {
  if (dayNumber(text) !== undefined) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-01-31.');
}
