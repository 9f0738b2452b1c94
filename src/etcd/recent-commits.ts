/** The newest commits of a store that keeps its history elsewhere: enough for watches that begin a little in the past. */
import type { Commit } from './mvcc.ts';
import type { Revision } from './store.ts';

const KEPT = 1000;

export class RecentCommits {
  #commits: Commit[] = [];

  /**
   * @param revision the newest that is known
   * @param loadedAfter every commit after this one is here
   */
  constructor(
    public revision: Revision,
    public compactRevision: Revision,
    public loadedAfter: Revision = revision,
  ) {}

  apply(commit: Commit): void {
    this.#commits.push(commit);
    this.revision = commit.revision;
    if (this.#commits.length <= 2 * KEPT) return;
    this.#commits = this.#commits.slice(KEPT);
    this.loadedAfter = ((this.#commits[0] as Commit).revision - 1) as Revision;
  }

  /** Those from a revision on. */
  commits(from: Revision): readonly Commit[] {
    return this.#commits.filter(({ revision }) => revision >= from);
  }

  /** Begins anew: what happened up to `revision` is not known. */
  reset(revision: Revision, compactRevision: Revision): void {
    this.#commits = [];
    this.revision = this.loadedAfter = revision;
    this.compactRevision = compactRevision;
  }
}
