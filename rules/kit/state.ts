/** What a process keeps in its own memory: containers, counters and locks of modules and classes, and who touches them. */
import type { Span } from './place';

export interface State {
  /** `jobs`, `ConnectionManager.active`. */
  readonly name: string;
  readonly nameAt: Span;
  readonly holds: 'dict' | 'list' | 'set' | 'number' | 'lock';
  /** What makes it, as resolved: `threading.Lock`, `collections.deque`; `{}` for a literal. */
  readonly made: string;
  /** Class it is an attribute of. */
  readonly owner?: string;
  /** Given to `self` by the class's `__init__`: each object has its own. */
  readonly ofObject?: true;
  readonly uses: readonly StateUse[];
}

export interface StateUse {
  readonly how: 'write' | 'read' | 'hold';
  /** `append`, `pop`, `[]`, `+=`, `with`. */
  readonly by: string;
  /** Function it stands in, by its path in the file: `start`, `Manager.connect`. */
  readonly scope: string;
  readonly at: Span;
  /** For `hold`: qualified names of what is called while the lock is held. */
  readonly does?: readonly string[];
}
