/** Comparing with an earlier commit: its files are read from the repository and audited by today's `shipworthy.json`. */
import path from 'node:path';
import type { Session } from '../engine/audit/session';
import { GitFault } from '../engine/node/git/fault';
import { openHistory, type History } from '../engine/node/git/history';
import { knownOf, openFindings, standOf, type Against } from '../report/comparison/compare';
import { line } from '../report/escape';
import { goneFrom } from './baseline';
import { UsageError } from './exit';
import type { Product } from './surroundings';

/** The commit where HEAD and `ref` part, so that what others did on `ref` meanwhile counts for nothing. Throws UsageError. */
export function meetingWith(ref: string, folder: string): Promise<string> {
  return withHistory(folder, async (history) => history.meeting(await history.commit(ref)));
}

/** What an absolute file held in the commit where HEAD and `ref` part; undefined when it was not there. Throws UsageError. */
export function textAt(ref: string, folder: string, file: string): Promise<{ readonly commit: string; readonly text: string } | undefined> {
  const relative = path.relative(folder, file).split(path.sep).join('/');
  if (relative.startsWith('../') || path.isAbsolute(relative)) throw new UsageError(`${line(file)} is outside of the folder that is checked, so its earlier state is not looked for.`);
  return withHistory(folder, async (history) => {
    const commit = await history.meeting(await history.commit(ref));
    const { files, root, ids } = await history.files(commit);
    return ids.has(relative) ? { commit, text: new TextDecoder().decode(await files.read(`${root}/${relative}`, LARGEST)) } : undefined;
  });
}

const LARGEST = 64 * 1024 * 1024;

/** The run that asks: its session and day, and how it scans. */
export interface Today { readonly session: Session; readonly asOf: string; readonly product: Product; readonly scan: (session: Session) => Promise<void> }

/** What the cards of `folder` are compared with when that is the commit where HEAD and `ref` part. */
export function againstCommit({ ref, commit }: { readonly ref: string; readonly commit: string }, folder: string, { session: now, asOf, product, scan }: Today): Promise<Against> {
  return withHistory(folder, async (history) => {
    const session = await product.earlier(folder, await history.files(commit), now.config);
    try {
      await scan(session);
      const cards = session.audits().map((audit) => product.card(audit, session.config, asOf));
      return {
        base: { kind: 'commit', ref, commit }, known: openFindings(cards).map(knownOf), gone: goneFrom(folder),
        stood: new Map(cards.map((card) => [card.project.root, standOf(card)])),
      };
    } finally {
      session.dispose();
    }
  });
}

/** Works on the repository around a folder. Throws UsageError where there is none, or it cannot be read as asked. */
export async function withHistory<T>(folder: string, work: (history: History) => Promise<T>): Promise<T> {
  try {
    const history = await openHistory(folder);
    if (!history) throw new UsageError(`${line(folder)} is in no git repository, so there is no earlier commit to look at.`);
    try {
      return await work(history);
    } finally {
      await history.close();
    }
  } catch (error) {
    throw error instanceof GitFault ? new UsageError(line(error.message)) : error;
  }
}
