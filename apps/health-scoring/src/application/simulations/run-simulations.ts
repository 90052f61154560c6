import { Injectable, Logger } from '@nestjs/common';
import { Database, type Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { RunsDueWork, type DueWork } from '@perennial/service-kit/due-work';
import { addUp } from '../../domain/simulation/tally.js';
import { DayStore } from '../day-store.js';
import { ScorecardStore } from '../scorecard-store.js';
import { SimulationStore, type SimulatedAccount, type Simulation } from './simulation-store.js';
import { SimulationThread, SimulationThreadLost } from './simulation-thread.js';

/** Accounts of one part: the next is read while it is judged. */
const accountsAtOnce = 25;
/** Parts of one transaction, after which its connection is free again: about half a second. */
const partsAtOnce = 8;
/** Machine time of one call: the service may have to stop. */
const longestMs = 2_000;

type Part = Awaited<ReturnType<DayStore['packedBook']>>;

/**
 * Simulates some accounts at a time, the oldest simulation first. How far it has come stands with it, in the transaction that
 * counted: after any stop it goes on from there, here or in another replica, and counts nobody twice.
 */
@Injectable()
@RunsDueWork()
export class RunSimulations implements DueWork {
  private readonly logger = new Logger(RunSimulations.name);

  constructor(
    private readonly database: Database,
    private readonly store: SimulationStore,
    private readonly scorecards: ScorecardStore,
    private readonly days: DayStore,
    private readonly thread: SimulationThread,
    private readonly clock: Clock,
  ) {}

  async nextDueAt(): Promise<Date | null> {
    return (await this.store.unfinished(this.database)) > 0 ? this.clock.now() : null;
  }

  async runDue(): Promise<void> {
    const end = performance.now() + longestMs;
    for (let isMore = true; isMore && performance.now() < end; ) isMore = await this.simulateSome();
    if ((await this.store.unfinished(this.database)) === 0) await this.thread.end();
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
      // What these documents or days do to it they would do again; all else is tried again.
      if (claimed === null || !(error instanceof RangeError || error instanceof SimulationThreadLost)) throw error;
      const { id } = claimed as Simulation;
      this.logger.error({ msg: 'the simulation failed', simulation_id: id, err: error });
      await this.store.fail(this.database, id, error.message, this.clock.now());
      return true;
    }
  }

  private async advance(tx: Transaction, claimed: Simulation): Promise<boolean> {
    const { id, from, to, after } = claimed;
    const now = this.clock.now();
    const begun: Simulation = claimed.state === 'queued' ? { ...claimed, state: 'running', startedAt: now, accounts: await this.store.accountsOfBook(tx) } : claimed;
    if (!this.thread.isOpen(id)) await this.thread.start(id, await this.setupOf(tx, claimed));
    const read = (last: string | null): Promise<Part> => this.days.packedBook(tx, from, to, last, accountsAtOnce);
    const plans = await this.days.plans(tx);
    let { tally } = claimed;
    let last = after;
    let part = await read(last);
    const differing: SimulatedAccount[] = [];
    for (let parts = 1; ; parts += 1) {
      last = part.at(-1)?.accountId ?? last;
      const isLast = parts === partsAtOnce || part.length < accountsAtOnce;
      const [answer, next] = await both(this.thread.run({ plans, accounts: part }), isLast ? null : read(last));
      if ('fault' in answer) throw new RangeError(answer.fault);
      tally = addUp(tally, answer.tally);
      differing.push(...answer.differing);
      if (next === null) break;
      part = next;
    }
    const isOver = part.length < accountsAtOnce;
    await this.store.save(tx, { ...begun, after: last, tally, ...(isOver && { state: 'completed' as const, endedAt: now }) }, differing);
    return true;
  }

  private async setupOf(tx: Transaction, { document, revision, generation }: Simulation) {
    const numbered = (cards: readonly { readonly document: Simulation['document']; readonly revision: number }[]) => cards.map((card) => ({ document: card.document, revision: card.revision }));
    return { inForce: numbered(await this.scorecards.inForceAt(tx, generation)), draft: { document, revision: revision ?? 0 }, judged: numbered(await this.scorecards.everInForce(tx)) };
  }
}

/** Waits for both also where one fails: a transaction must not end before its statements. */
async function both<A, B>(one: Promise<A>, other: Promise<B> | null): Promise<[A, B | null]> {
  const [a, b] = await Promise.allSettled([one, other]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}
