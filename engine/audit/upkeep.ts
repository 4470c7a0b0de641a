/**
 * What an application said, kept up while one file is edited: as long as edits change no facts, all of it stands but what looked at the texts
 * that they change. What was said is always that of one judging, however many edits there were since, so that nothing is owed to the last.
 */
import type { Unit } from '../../rules/kit';
import type { Looks } from '../project/looks';
import { lookedAt, looksElsewhere } from '../project/looks';
import type { Earlier, Hearing } from './hearing';
import type { Since } from './last-judged';
import { LastJudged } from './last-judged';

/** What was said before an edit of everything but the edited file itself. */
export interface Rest {
  readonly whole: Earlier;
  /** Of other files in which rules look elsewhere, by path. */
  readonly files: ReadonlyMap<string, Earlier>;
  /** Whether any rule has to be asked again. */
  readonly asks: boolean;
}

export class Upkeep {
  /** The file that was edited last, as it was when all rules were asked about it. */
  private own: LastJudged | undefined;
  /** The project, as it was judged with that file as it stood then. */
  private whole: LastJudged | undefined;
  /** What was said of other files in which rules looked elsewhere. */
  private readonly elsewhere = new Map<string, Hearing>();
  /** What became of the edited file's own verdicts with the last edit. */
  private since: Since | undefined;

  /** @param earlier of the same application before its facts were made anew */
  constructor(earlier?: Upkeep) {
    this.own = earlier?.own;
  }

  /** The file that was edited last. */
  get path(): string | undefined {
    return this.own?.path;
  }

  /** Everything is going to be judged. */
  restart(): void {
    this.elsewhere.clear();
    this.whole = undefined;
  }

  /** Notes what all rules say of the edited file. Without facts of it as they were read, its edits cannot be told. */
  heardOfEdited(unit: Unit | undefined, text: string, heard: Hearing): void {
    this.own = unit && new LastJudged(unit, text, heard);
    this.since = undefined;
  }

  /** Notes what all rules say of another file. */
  heardOfOther(path: string, { verdicts, looks }: Hearing): void {
    if (looks.size === 0) return;
    const far = new Map([...looks].filter(([, each]) => looksElsewhere(each, path)));
    if (far.size > 0) this.elsewhere.set(path, { verdicts, looks: far });
  }

  /** Notes what all rules say of the project while a file stands as it does. */
  heardOfWhole(unit: Unit, text: string, heard: Hearing): void {
    this.whole = new LastJudged(unit, text, heard);
  }

  /** Takes an edit. What was said of the file before; undefined where all rules have to be asked about it. */
  edited(unit: Unit, text: string): Since | undefined {
    return this.since = this.own?.since(unit, text);
  }

  /** What was said of the edited file before the last edit, where not all rules have been asked since. */
  get ownSince(): Since | undefined {
    return this.since;
  }

  /** What was said of everything else, now that a file reads so; undefined where everything has to be judged. */
  restSince(unit: Unit, text: string): Rest | undefined {
    const whole = this.whole?.path === unit.path ? this.whole.since(unit, text) : undefined;
    if (!whole) return undefined;
    const files = new Map([...this.elsewhere].map(([path, { verdicts, looks }]) => [path, { before: verdicts, stale: staleAt(looks, unit.path, whole, text) }]));
    return { whole, files, asks: whole.stale.size > 0 || [...files.values()].some(({ stale }) => stale.size > 0) };
  }
}

function staleAt(looks: ReadonlyMap<string, Looks>, path: string, { edit }: Since, text: string): ReadonlySet<string> {
  return new Set([...looks].flatMap(([rule, each]) => lookedAt(each, path, edit, text) ? [rule] : []));
}
