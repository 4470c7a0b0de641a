import type { ReportCard } from '../report/card';
import { line } from '../report/escape';
import { UsageError } from './exit';
import { suggestion } from './suggestion';

/** The card of the application that `--app` names, by its folder or its name; all of them without a name. Throws UsageError when there is none. */
export function chosen(cards: readonly ReportCard[], app: string | undefined): readonly ReportCard[] {
  if (app === undefined) return cards;
  const folder = app.replace(/\/+$/, '').replace(/^\.\/?/, '');
  const found = cards.filter(({ project }) => project.root === folder || project.name === app);
  if (found.length > 0) return found;
  const folders = cards.map(({ project }) => project.root || '.');
  throw new UsageError(`There is no application ${JSON.stringify(app)} here.${suggestion(app, folders)} The applications are in ${folders.map(line).join(', ')}.`);
}
