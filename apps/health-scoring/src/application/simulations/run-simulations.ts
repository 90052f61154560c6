import { Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { addUp } from '../../domain/simulation/tally.js';
import { ScorecardStore } from '../scorecard-store.js';
import { SimulationStore, type Simulation } from './simulation-store.js';
import { SimulationImpossible, Simulator, type SimulationSetup } from './simulator.js';

/** Of one transaction, after which its connection is free again and a stop loses nothing. */
const partMs = 700;
/** Of the time it rests at most: a simulation takes three times as long then. */
const mostRest = 0.67;
/** How much it rests for each part of the time that this process has been busy: at a hundred signals a second the most. */
const restForBusy = 2;
/** Machine time of one call: the service may have to stop. */
const longestMs = 2_000;

/**
 * Simulates some accounts at a time, the oldest simulation first. How far it has come stands with it, in the transaction that
 * counted: after any stop it goes on from there, here or in another replica, and counts nobody twice.
 */
@Injectable()
@RunsDueWork()
export class RunSimulations implements DueWork {
  private readonly logger = new Logger(RunSimulations.name);
  private seen = performance.eventLoopUtilization();

  constructor(
    private readonly database: Database,
    private readonly store: SimulationStore,
    private readonly scorecards: ScorecardStore,
    private readonly simulator: Simulator,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    return (await this.store.unfinished(this.database)) > 0 ? this.clock.now() : null;
  }

  async runDue(): Promise<void> {
    const end = performance.now() + longestMs;
    for (let isMore = true; isMore && performance.now() < end; ) isMore = await this.simulateSome();
    if ((await this.store.unfinished(this.database)) === 0) await this.simulator.end();
  }

  /** True when there may be more. */
  private async simulateSome(): Promise<boolean> {
    let claimed: Simulation | null = null;
    try {
      return await this.database.transaction(async (tx) => {
        claimed = await this.store.claim(tx);
        return claimed !== null && (await this.advance(tx, claimed));
      });
    } catch (error) {
      if (claimed === null || !(error instanceof SimulationImpossible)) throw error;
      const { id } = claimed as Simulation;
      this.logger.error({ msg: 'the simulation failed', simulation_id: id, err: error });
      await this.database.transaction((tx) => this.store.fail(tx, id, error.message, this.clock.now()));
      return true;
    }
  }

  private async advance(tx: Transaction, claimed: Simulation): Promise<boolean> {
    const { id, from, to, after } = claimed;
    const now = this.clock.now();
    const begun: Simulation = claimed.state === 'queued' ? { ...claimed, state: 'running', startedAt: now, accounts: await this.store.accountsOfBook(tx) } : claimed;
    if (!this.simulator.isOpen(id)) await this.simulator.start(id, await this.setupOf(tx, claimed));
    // All accounts were through before this turn: what is left is to hold them against how terms ended.
    if (claimed.isCounted) {
      await this.store.complete(tx, id, await this.difference(id), now);
      return true;
    }
    const { tally, last, isOver, differing, terms } = await this.simulator.run({ from, to, after, forMs: partMs, restShare: this.restShare() });
    await this.store.save(tx, { ...begun, after: last, tally: addUp(claimed.tally, tally), isCounted: isOver }, differing, terms);
    return true;
  }

  /** What was counted of all accounts stands also where their terms are too many to be held in memory. */
  private async difference(id: string): Promise<Pick<Simulation, 'difference' | 'fault'>> {
    try {
      return { difference: await this.simulator.difference(), fault: null };
    } catch (error) {
      if (!(error instanceof SimulationImpossible)) throw error;
      this.logger.error({ msg: 'the draft could not be held against how terms ended', simulation_id: id, err: error });
      return { difference: null, fault: error.message };
    }
  }

  /** By how busy the event loop was since the last part: whatever it does, signals wait for it. */
  private restShare(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.seen);
    this.seen = now;
    return Math.min(mostRest, restForBusy * utilization);
  }

  private async setupOf(tx: Transaction, { document, revision, generation }: Simulation): Promise<SimulationSetup> {
    const numbered = (cards: readonly { readonly document: Simulation['document']; readonly revision: number }[]) => cards.map((card) => ({ document: card.document, revision: card.revision }));
    return { inForce: numbered(await this.scorecards.inForceAt(tx, generation)), draft: { document, revision: revision ?? 0 }, judged: numbered(await this.scorecards.everInForce(tx)) };
  }
}
