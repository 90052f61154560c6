import type { Sql } from '@perennial/persistence/transaction';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import pg from 'pg';
import type { AccountJson, SimulatedPart, SimulationSetup, SimulationTask } from '../../application/simulations/simulator.js';
import { backtestDifferenceOf, type BacktestDifference } from '../../domain/backtest/backtest-difference.js';
import { packedTerms } from '../../domain/backtest/packed-terms.js';
import { rounded } from '../../domain/backtest/rounded.js';
import { NewerFormat } from '../../domain/codec/newer-format.js';
import { unpackDays } from '../../domain/days/packed-days.js';
import { dayPlanOf, type DayPlan } from '../../domain/days/reading-plan.js';
import { UnfitScorecard } from '../../domain/scorecard/compile-scorecard.js';
import { simulatedCards } from '../../domain/simulation/simulated-cards.js';
import { simulateAccount } from '../../domain/simulation/simulate-account.js';
import { addUp, emptyTally, tallyOf } from '../../domain/simulation/tally.js';
import { WatchedTerms } from '../../domain/simulation/watched-terms.js';
import { answerAll, stepBack } from '../threads/in-thread.js';
import { packedBook, readingPlans } from '../packed-book.js';
import { keptTerms, outcomesOf } from './simulation-rows.js';

export type WorkerSetup = SimulationSetup & { readonly id: string; readonly databaseUrl: string };
/** Null: the difference of the backtests. */
export interface Question {
  readonly task: SimulationTask | null;
}

/** Accounts of one statement: a millisecond or two of the database, which has no priorities. */
const accountsAtOnce = 5;

stepBack(constants.priority.PRIORITY_LOW);
const { inForce, draft, judged, id, databaseUrl } = workerData as WorkerSetup;
const cards = simulatedCards(inForce, draft, judged);
const plans = new Map<number, DayPlan>();
let client: pg.Client | null = null;

async function simulate({ from, to, after, forMs, restShare }: SimulationTask): Promise<SimulatedPart> {
  const sql = await connected();
  const end = performance.now() + forMs;
  let tally = emptyTally;
  let last = after;
  const differing: AccountJson[] = [];
  const terms: AccountJson[] = [];
  for (;;) {
    const since = performance.now();
    const part = await packedBook(sql, from, to, last, accountsAtOnce);
    last = part.at(-1)?.accountId ?? last;
    const outcomes = part.length === 0 ? new Map<string, never>() : await outcomesOf(sql, part.map(({ accountId }) => accountId));
    for (const { accountId, days } of part) {
      const outcome = simulateAccount(await unpacked(sql, days), cards, new WatchedTerms(accountId, outcomes.get(accountId) ?? []));
      tally = addUp(tally, tallyOf(outcome));
      if (outcome === null) continue;
      if (outcome.terms.length > 0) terms.push({ accountId, json: JSON.stringify(outcome.terms) });
      if (outcome.differingDays === 0 && outcome.inForce.riskLevel === outcome.draft.riskLevel) continue;
      const { inForce: now, draft: then, differingDays, bandChanges } = outcome;
      differing.push({ accountId, json: JSON.stringify({ inForce: now, draft: then, differingDays, bandChanges, days: outcome.days }) });
    }
    const isOver = part.length < accountsAtOnce;
    await sleep(((performance.now() - since) * restShare) / (1 - restShare));
    if (isOver || performance.now() > end) return { tally, last, isOver, differing, terms };
  }
}

/** A plan never changes; one that is not known came since they were read. */
async function unpacked(sql: Sql, days: Buffer): Promise<ReturnType<typeof unpackDays>> {
  try {
    return unpackDays(days, plans);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    for (const plan of await readingPlans(sql)) if (!plans.has(plan.id)) plans.set(plan.id, dayPlanOf(plan.id, plan.keys));
    return unpackDays(days, plans);
  }
}

async function difference(): Promise<BacktestDifference> {
  const all = [];
  for await (const some of keptTerms(await connected(), id)) all.push(...packedTerms(some));
  return rounded(backtestDifferenceOf(all));
}

async function connected(): Promise<Sql> {
  if (client === null) {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'health-scoring simulation', keepAlive: true });
    // The statement in hand tells of it.
    next.on('error', () => undefined);
    await next.connect();
    client = next;
  }
  const connection = client;
  return { query: async <Row>(statement: Parameters<Sql['query']>[0]) => (await connection.query(statement as pg.QueryConfig)).rows as Row[] };
}

async function find({ task }: Question): Promise<SimulatedPart | BacktestDifference> {
  try {
    return await (task === null ? difference() : simulate(task));
  } catch (error) {
    await client?.end().catch(() => undefined);
    client = null;
    throw error;
  }
}

// What these documents or days do to it they would do again; all else is the database's, which is tried again.
answerAll(find, (error) => error instanceof RangeError || error instanceof NewerFormat || error instanceof UnfitScorecard || error instanceof TypeError);
