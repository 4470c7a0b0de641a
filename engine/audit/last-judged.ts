/** What was judged of the file that is being edited: verdicts stay as long as edits move its facts and change none. */
import type { Span, Unit } from '../../rules/kit';
import { lineOf } from '../files/lines';
import { rootOf } from '../python/still';
import { stretchBetween } from '../python/stretch';
import type { Looks } from '../project/looks';
import { lookedAt } from '../project/looks';
import type { Verdict } from './judge';
import type { Range } from './outcome';

export class LastJudged {
  readonly path: string;
  private readonly root: Unit;

  /**
   * @param unit its facts as they were read
   * @param verdicts by rule
   * @param looks the texts that each rule looked at, by rule, also where it found nothing
   */
  constructor(unit: Unit, private readonly text: string, readonly verdicts: ReadonlyMap<string, Verdict>, private readonly looks: ReadonlyMap<string, Looks>) {
    this.path = unit.path;
    this.root = readAs(unit);
  }

  /** Where another text of the file differs from the one that was judged, by the places of that. */
  edit(text: string): Span {
    return stretchBetween(this.text, text);
  }

  /** Rules whose answers may be others now; undefined where all have to be asked. */
  stale(unit: Unit, text: string): ReadonlySet<string> | undefined {
    if (readAs(unit) !== this.root) return undefined;
    const edit = this.edit(text);
    const line = lineOf(text)(edit.start);
    const stale = new Set<string>();
    for (const [rule, looks] of this.looks) if (lookedAt(looks, unit.path, edit)) stale.add(rule);
    for (const [rule, verdict] of this.verdicts) if (standsOn(verdict, unit.path, line)) stale.add(rule);
    return stale;
  }
}

function readAs(unit: Unit): Unit {
  return unit.kind === 'module' ? rootOf(unit) : unit;
}

/** Whether anything of a verdict lies on a line: it is at other columns, and shown with another text. */
function standsOn({ judged, evidence, notices }: Verdict, path: string, line: number): boolean {
  const on = (at: { readonly path: string; readonly range: Range }) => at.path === path && at.range.start.line <= line && line <= at.range.end.line;
  return notices.length > 0 || evidence.some(on) || judged.some(({ finding }) => on(finding) || finding.related.some(on));
}
