/** What was judged while a file stood as it did: it stays as long as edits of that file move its facts and change none. */
import type { Unit } from '../../rules/kit';
import { lineOf } from '../files/lines';
import { movedFrom, rootOf } from '../python/still';
import type { Stretch } from '../syntax/stretch';
import { stretchBetween } from '../syntax/stretch';
import { lookedAt } from '../project/looks';
import type { Earlier, Hearing } from './hearing';
import type { Verdict } from './judge';
import type { Range } from './outcome';

/** What was said before an edit that changed no facts. */
export interface Since extends Earlier {
  /** Where the text is another than the one that was judged, by the places of that. */
  readonly edit: Stretch;
}

export class LastJudged {
  readonly path: string;

  /**
   * @param unit facts of the file as they were read
   * @param heard what was said, of the file itself or of all there is beside it
   */
  constructor(private readonly unit: Unit, private readonly text: string, private readonly heard: Hearing) {
    this.path = unit.path;
  }

  /** What has happened to the file since; undefined where its facts are others now, so that all rules have to be asked. */
  since(unit: Unit, text: string): Since | undefined {
    if (readAs(unit) !== readAs(this.unit)) return undefined;
    const { verdicts, looks: looked } = this.heard;
    const edit = this.editTo(unit, text);
    const line = lineOf(this.text);
    const [first, last] = [line(edit.start), line(edit.end)];
    const stale = new Set<string>();
    for (const [rule, looks] of looked) if (lookedAt(looks, this.path, edit, text)) stale.add(rule);
    for (const [rule, verdict] of verdicts) if (standsOn(verdict, this.path, first, last)) stale.add(rule);
    return { edit, before: verdicts, stale };
  }

  /** Told when the file was read, where that was since it was judged. */
  private editTo(unit: Unit, text: string): Stretch {
    const move = unit.kind === 'module' ? movedFrom(unit) : undefined;
    return move?.from === this.unit ? move.edit : stretchBetween(this.text, text);
  }
}

function readAs(unit: Unit): Unit {
  return unit.kind === 'module' ? rootOf(unit) : unit;
}

/** Whether anything of a verdict lies on these lines: it is at other columns, and shown with another text. */
function standsOn({ judged, evidence, notices }: Verdict, path: string, first: number, last: number): boolean {
  const on = (at: { readonly path: string; readonly range: Range }) => at.path === path && at.range.start.line <= last && first <= at.range.end.line;
  return notices.length > 0 || evidence.some(on) || judged.some(({ finding }) => on(finding) || finding.related.some(on));
}
