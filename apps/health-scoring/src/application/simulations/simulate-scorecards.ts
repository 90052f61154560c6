import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { DueWorkNudge } from '@perennial/service-kit/due-work';
import { CONFIG } from '@perennial/service-kit/service';
import { randomUUID } from 'node:crypto';
import type { HealthScoringConfig } from '../../config.js';
import { scorecardFaults } from '../../domain/scorecard/check-scorecard.js';
import { isForAll } from '../../domain/scorecard/choose-scorecard.js';
import type { Scorecard } from '../../domain/scorecard/scorecard.js';
import { emptyTally } from '../../domain/simulation/tally.js';
import { dayOf } from '../../domain/time/day.js';
import type { Outcome } from '../change-scorecards.js';
import { ScorecardStore } from '../scorecard-store.js';
import { SimulationStore, type Simulation } from './simulation-store.js';

/** What is to be simulated: a document, or a revision that is kept (null: the newest). */
export interface SimulationWish {
  readonly document: unknown;
  readonly revision: number | null;
  /** How many days up to today; at most as many as readings are kept. */
  readonly days: number;
  readonly by: string;
}

const mostUnfinished = 5;

/** Asks what a draft would have done; nothing follows from it. */
@Injectable()
export class SimulateScorecards {
  constructor(
    @Inject(CONFIG) private readonly config: HealthScoringConfig,
    private readonly store: SimulationStore,
    private readonly scorecards: ScorecardStore,
    private readonly clock: Clock,
    private readonly dueWork: DueWorkNudge,
  ) {}

  /** Days that can be asked for at most. */
  get mostDays(): number {
    return this.config.readingsKeptDays;
  }

  async start(tx: Transaction, scorecardId: string, { document, revision, days, by }: SimulationWish): Promise<Outcome<Simulation>> {
    const draft = document === undefined ? await this.kept(tx, scorecardId, revision) : { revision: null, document };
    if (draft === null) return { refused: 'unknown', detail: revision === null ? `there is no scorecard ${scorecardId}` : `there is no revision ${revision} of a scorecard ${scorecardId}` };
    const faults = scorecardFaults(draft.document);
    if (faults.length > 0) return { refused: 'invalid', detail: 'the scorecard does not fit: see errors', errors: faults };
    const card = draft.document as Scorecard;
    if (card.id !== scorecardId) return { refused: 'invalid', detail: 'the document is another scorecard: see errors', errors: [{ pointer: '/id', detail: `must be ${scorecardId}` }] };
    const generation = await this.scorecards.newestGeneration(tx);
    const others = (await this.scorecards.inForceAt(tx, generation)).filter((other) => other.scorecardId !== scorecardId).map((other) => other.document);
    if (![...others, { ...card, role: 'primary' as const }].some(isForAll)) {
      return { refused: 'nobody_judges', detail: 'some accounts would be judged by none: one primary scorecard without criteria must be in force', errors: [{ pointer: '/criteria', detail: 'one primary scorecard without criteria must be in force' }] };
    }
    const now = this.clock.now();
    const today = dayOf(now.getTime());
    if ((await this.store.unfinished(tx)) >= mostUnfinished) return { refused: 'too_many', detail: `${mostUnfinished} simulations are not finished: wait for one, or cancel one` };
    const simulation: Simulation = {
      id: randomUUID(), scorecardId, revision: draft.revision, document: card, generation, from: today - days + 1, to: today, state: 'queued', accounts: 0, after: null, tally: emptyTally, isCounted: false, difference: null, fault: null,
      createdAt: now, createdBy: by, startedAt: null, endedAt: null,
    };
    await this.store.add(tx, simulation);
    tx.afterCommit(() => this.dueWork.nudge());
    return simulation;
  }

  /** False where it is over already; null: there is no such simulation. */
  async cancel(tx: Transaction, scorecardId: string, id: string): Promise<boolean | null> {
    if ((await this.store.find(tx, scorecardId, id)) === null) return null;
    return this.store.cancel(tx, id, this.clock.now());
  }

  private async kept(tx: Transaction, scorecardId: string, revision: number | null): Promise<{ revision: number; document: unknown } | null> {
    return revision === null ? ((await this.scorecards.revisions(tx, scorecardId, 1, null))[0] ?? null) : this.scorecards.find(tx, scorecardId, revision);
  }
}
