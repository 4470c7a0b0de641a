import type { ReportCard, Result, Verdict } from '../report/card';
import type { FolderReport } from '../server/protocol';

export type Finding = Result['findings'][number];
export type Silenced = Result['silenced'][number];
export type Evidence = Result['evidence'][number];
export type Severity = Result['severity'];
export type Category = Result['category'];
export type State = Result['state'];
export type Range = Finding['range'];

/** A card with the workspace folder its paths are relative to. */
export interface PlacedCard {
  /** The same while the application stays where it is. */
  readonly key: string;
  /** URI of the workspace folder, as the server writes it. */
  readonly folder: string;
  readonly card: ReportCard;
  /** Fingerprints of what is new since the baseline of the folder; missing without one. */
  readonly fresh?: ReadonlySet<string>;
}

/** From the worst to the best: a repository is as ready as the worst of its applications. */
const VERDICTS: Readonly<Record<Verdict, number>> = { 'NOT READY': 0, INCONCLUSIVE: 1, 'MOSTLY READY': 2, READY: 3 };

/**
 * The cards of all folders, worst first, without those of folders in which there was nothing to read.
 * @param folders as the server reports them
 */
export function placedCards(folders: readonly FolderReport[]): readonly PlacedCard[] {
  const placed = folders.flatMap(({ uri, cards, fresh }) => cards
    .filter(({ files }) => files.read > 0)
    .map((card) => ({ key: `${uri}#${card.project.root}#${card.project.name}`, folder: uri, card, ...(fresh && { fresh: new Set(fresh) }) })));
  return placed.sort((a, b) =>
    VERDICTS[a.card.verdict.value] - VERDICTS[b.card.verdict.value] || (a.card.score.value ?? 0) - (b.card.score.value ?? 0));
}

/**
 * The card of the application that a file or folder is about: the one it lies in, the nearest where several do; else, of a folder, the worst
 * of those below. Undefined when there is none.
 * @param uriOf a workspace folder and a path in it as one text that can be compared with `uri`
 */
export function cardAt(cards: readonly PlacedCard[], uri: string, uriOf: (folder: string, path: string) => string): PlacedCard | undefined {
  const rooted = cards.map((placed) => ({ placed, root: uriOf(placed.folder, placed.card.project.root).replace(/\/$/, '') }));
  const isIn = (inner: string, outer: string): boolean => inner === outer || inner.startsWith(`${outer}/`);
  const around = rooted.filter(({ root }) => isIn(uri, root)).sort((a, b) => b.root.length - a.root.length)[0];
  return (around ?? rooted.find(({ root }) => isIn(root, uri)))?.placed;
}

/** A finding that is open, and the card it is open in. */
export interface OpenFinding { readonly placed: PlacedCard; readonly finding: Finding }

/**
 * Finds an open finding; undefined when it is gone.
 * @param where its fingerprint and, because two folders may hold the same, the key of its card; any card without one
 */
export function openFinding(cards: readonly PlacedCard[], { fingerprint, card: key }: { readonly fingerprint: string; readonly card?: string }): OpenFinding | undefined {
  for (const placed of cards) {
    if (key !== undefined && placed.key !== key) continue;
    for (const { findings } of placed.card.results) {
      const finding = findings.find((one) => one.fingerprint === fingerprint);
      if (finding) return { placed, finding };
    }
  }
  return undefined;
}
