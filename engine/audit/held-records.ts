/** The team's records as they were last read from the workspace. */
import { RECORD_FILES } from '../records/paths';
import type { Reading, Workspace } from '../workspace/workspace';

export class HeldRecords {
  /** By path; those that are not there are missing. */
  all: ReadonlyMap<string, Reading> = new Map();

  constructor(private readonly workspace: Workspace) {}

  get(path: string): Reading | undefined {
    return this.all.get(path);
  }

  /** Also where git ignores them: that they count must not depend on it. True when one is another than before. */
  async readAgain(): Promise<boolean> {
    const before = JSON.stringify([...this.all]);
    const read = await Promise.all(RECORD_FILES.map(async (path) => [path, await this.workspace.read(path)] as const));
    this.all = new Map(read.filter(([, reading]) => 'text' in reading || reading.notice.code !== 'vanished'));
    return JSON.stringify([...this.all]) !== before;
  }
}
