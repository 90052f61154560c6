import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { diffScorecards, type ScorecardChange } from '../domain/scorecard/diff-scorecards.js';
import { ScorecardStore, type Publication, type Rollout, type ScorecardEntry, type ScorecardRevision } from './scorecard-store.js';

/** A revision with all that was done with it. */
export interface RevisionHistory extends ScorecardRevision {
  readonly state: 'draft' | 'in_force' | 'replaced';
  /** Newest first. */
  readonly publications: readonly Publication[];
  /** How far the last of them has come; null: it was never in force. */
  readonly rollout: Rollout | null;
}

export interface Comparison {
  readonly from: number | null;
  readonly to: number;
  readonly changes: readonly ScorecardChange[];
}

const mostPublications = 1_000;

/** What can be read of scorecards; null: there is no such thing. */
@Injectable()
export class ScorecardQueries {
  constructor(
    private readonly database: Database,
    private readonly store: ScorecardStore,
  ) {}

  list(limit: number, startingAfter: string | null): Promise<ScorecardEntry[]> {
    return this.store.list(limit, startingAfter);
  }

  /** Newest first. */
  async revisions(scorecardId: string, limit: number, before: number | null): Promise<RevisionHistory[]> {
    const publications = await this.store.publications(this.database, scorecardId, mostPublications);
    return (await this.store.revisions(this.database, scorecardId, limit, before)).map((revision) => ({ ...withState(revision, publications), rollout: null }));
  }

  /** `revision` null: the one in force, else the newest. */
  async revision(scorecardId: string, revision: number | null): Promise<RevisionHistory | null> {
    const publications = await this.store.publications(this.database, scorecardId, mostPublications);
    const wanted = revision ?? publications[0]?.revision ?? null;
    const found = wanted === null ? (await this.store.revisions(this.database, scorecardId, 1, null))[0] : await this.store.find(this.database, scorecardId, wanted);
    if (!found) return null;
    const known = withState(found, publications);
    const [last] = known.publications;
    return { ...known, rollout: last === undefined ? null : await this.store.rollout(this.database, last.generation) };
  }

  /** What a revision changes against another: `against`, else the one in force, else the one before it. */
  async compare(scorecardId: string, revision: number, against: number | null): Promise<Comparison | null> {
    const to = await this.store.find(this.database, scorecardId, revision);
    if (to === null) return null;
    const inForce = (await this.store.publications(this.database, scorecardId, 1))[0]?.revision ?? null;
    const from = against ?? (inForce === null || inForce === revision ? revision - 1 : inForce);
    const before = from === 0 ? null : await this.store.find(this.database, scorecardId, from);
    if (before === null && against !== null) return null;
    return { from: before?.revision ?? null, to: revision, changes: diffScorecards(before?.document ?? null, to.document) };
  }
}

function withState(revision: ScorecardRevision, all: readonly Publication[]): Omit<RevisionHistory, 'rollout'> {
  const publications = all.filter((publication) => publication.revision === revision.revision);
  const isInForce = all[0]?.revision === revision.revision;
  return { ...revision, publications, state: isInForce ? 'in_force' : publications.length > 0 ? 'replaced' : 'draft' };
}
