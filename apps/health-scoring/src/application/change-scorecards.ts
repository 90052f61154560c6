import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { draftFaults, scorecardFaults } from '../domain/scorecard/check-scorecard.js';
import { isForAll } from '../domain/scorecard/choose-scorecard.js';
import type { Scorecard } from '../domain/scorecard/scorecard.js';
import { ScorecardStore, type Publication, type PublicationAction, type ScorecardRevision } from './scorecard-store.js';

export interface Refusal {
  readonly refused: 'unknown' | 'invalid' | 'in_force' | 'not_in_force' | 'revision_conflict' | 'nothing_before' | 'nobody_judges' | 'too_many';
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}
export type Outcome<T> = T | Refusal;

/** Who asks, and why. */
export interface Wish {
  readonly reason: string;
  readonly by: string;
  /** Nobody has to hear of it. */
  readonly silent?: boolean;
}

/** Drafts of one scorecard that are kept though they were never in force. */
export const mostDrafts = 100;
/** Scorecards that people and the software may have in all. */
const mostScorecards = 200;

/** Publications that a roll-back looks through. */
const mostPublications = 1_000;

/** Drafts, publications, and the way back. A refusal changes nothing: whoever asked must not commit. */
@Injectable()
export class ChangeScorecards {
  constructor(
    private readonly store: ScorecardStore,
    private readonly clock: Clock,
  ) {}

  /** Keeps a document as the next revision of its scorecard; nothing judges by it yet. `edition`: it comes with the software. The oldest of many drafts is forgotten. */
  async draft(tx: Transaction, document: unknown, note: string | null, by: string, edition: number | null = null): Promise<Outcome<ScorecardRevision>> {
    const faults = draftFaults(document);
    if (faults.length > 0) return { refused: 'invalid', detail: 'the scorecard does not fit: see errors', errors: faults };
    const card = document as Scorecard;
    await this.store.lock(tx);
    const [newest] = await this.store.revisions(tx, card.id, 1, null);
    if (newest === undefined && edition === null && (await this.store.count(tx)) >= mostScorecards) {
      return { refused: 'too_many', detail: `there are ${mostScorecards} scorecards: make it a revision of one of them` };
    }
    const revision: ScorecardRevision = { scorecardId: card.id, revision: (newest?.revision ?? 0) + 1, document: card, edition, note, createdAt: this.clock.now(), createdBy: by };
    await this.store.addRevision(tx, revision);
    await this.store.forgetDrafts(tx, card.id, mostDrafts);
    return revision;
  }

  /** Both at once: where it cannot be put in force, nothing is kept either. */
  async draftAndPublish(tx: Transaction, document: unknown, note: string | null, expected: number | null | undefined, wish: Wish): Promise<Outcome<ScorecardRevision>> {
    const revision = await this.draft(tx, document, note, wish.by);
    if ('refused' in revision) return revision;
    const publication = await this.publish(tx, revision.scorecardId, revision.revision, expected, wish);
    return 'refused' in publication ? publication : revision;
  }

  /** Puts a revision in force. `expected`: the revision that is in force as far as the caller knows (null: none); undefined: whichever. */
  async publish(tx: Transaction, scorecardId: string, revision: number, expected: number | null | undefined, wish: Wish): Promise<Outcome<Publication>> {
    await this.store.lock(tx);
    const current = await this.inForce(tx, scorecardId);
    if (expected !== undefined && expected !== current) {
      return { refused: 'revision_conflict', detail: current === null ? 'no revision is in force: compare anew' : `revision ${current} is in force: compare with that one first` };
    }
    return this.put(tx, 'publish', scorecardId, revision, current, wish);
  }

  /** Puts back what was in force before the revision that is; the same again goes further back, never to what was fled from. */
  async rollBack(tx: Transaction, scorecardId: string, wish: Wish): Promise<Outcome<Publication>> {
    await this.store.lock(tx);
    const history = await this.store.publications(tx, scorecardId, mostPublications);
    const [last] = history;
    if (last === undefined) return { refused: 'unknown', detail: `no scorecard ${scorecardId} was ever in force` };
    const undone = last.action === 'roll_back' ? history.find(({ revision, action }) => revision === last.revision && action !== 'roll_back') : last;
    if (undone === undefined || undone.replaced === null) return { refused: 'nothing_before', detail: `before revision ${last.revision} none was in force: publish the document that is to hold, or retire it where others judge all accounts` };
    return this.put(tx, 'roll_back', scorecardId, undone.replaced, last.revision, wish);
  }

  /** Takes a scorecard out of force; its accounts are judged by the next whose criteria they meet. */
  async retire(tx: Transaction, scorecardId: string, wish: Wish): Promise<Outcome<Publication>> {
    await this.store.lock(tx);
    const current = await this.inForce(tx, scorecardId);
    if (current === null) return { refused: 'not_in_force', detail: `no revision of ${scorecardId} is in force` };
    return this.put(tx, 'retire', scorecardId, null, current, wish);
  }

  private async inForce(tx: Transaction, scorecardId: string): Promise<number | null> {
    return (await this.store.publications(tx, scorecardId, 1))[0]?.revision ?? null;
  }

  private async put(tx: Transaction, action: PublicationAction, scorecardId: string, revision: number | null, replaced: number | null, { reason, by, silent = false }: Wish): Promise<Outcome<Publication>> {
    const next = revision === null ? null : await this.store.find(tx, scorecardId, revision);
    if (revision !== null && next === null) return { refused: 'unknown', detail: `there is no revision ${revision} of a scorecard ${scorecardId}` };
    if (revision === replaced) return { refused: 'in_force', detail: `revision ${revision} is in force already` };
    // An earlier version of the software may have taken what this one does not.
    const faults = next === null ? [] : scorecardFaults(next.document);
    if (faults.length > 0) return { refused: 'invalid', detail: 'this version of the software cannot judge by that revision: see errors', errors: faults };

    const newest = await this.store.newestGeneration(tx);
    const others = (await this.store.inForceAt(tx, newest)).filter((card) => card.scorecardId !== scorecardId);
    if (![...others, ...(next === null ? [] : [next])].some(({ document }) => isForAll(document))) {
      const detail = 'some accounts would be judged by none: one primary scorecard without criteria must be in force';
      return { refused: 'nobody_judges', detail, errors: [{ pointer: '/criteria', detail }] };
    }
    const publication: Publication = { generation: newest + 1, scorecardId, revision, replaced, action, reason, at: this.clock.now(), by };
    await this.store.addPublication(tx, publication, silent);
    return publication;
  }
}
