/** What is said of the run, kept readable: many files of one kind are one sentence. */
import type { Notice } from './outcome';

const FEW = 3;

/** Notices in their order, those of built and of oversized files gathered. A script of more than a megabyte is a bundle: leaving it out takes nothing from the card. */
export function gathered(notices: readonly Notice[]): readonly Notice[] {
  const built = notices.filter((each) => each.code === 'not-parsed' && each.path !== undefined && !each.incomplete && !each.path.startsWith('.git/'));
  const large = notices.filter((each) => each.code === 'too-large' && each.path !== undefined && !isSource(each.path));
  const rest = notices.filter((each) => !built.includes(each) && !large.includes(each));
  return [
    ...rest,
    ...together(built, 'not-parsed', 'are built or minified and were not looked at. What they were built from was.'),
    ...together(large, 'too-large', 'have more than a megabyte and were not read. Sources of that size are rare; exclude them in shipworthy.json to say that this is right.'),
  ];
}

function together(list: readonly Notice[], code: Notice['code'], what: string): Notice[] {
  if (list.length === 0) return [];
  if (list.length <= FEW) return list.map((each) => ({ ...each, incomplete: false }));
  const some = list.slice(0, FEW).map((each) => each.path).join(', ');
  return [{ code, incomplete: false, message: `${list.length} files ${what} Among them: ${some}.` }];
}

function isSource(path: string): boolean {
  return /\.pyw?$/.test(path);
}
