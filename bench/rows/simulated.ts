import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '@perennial/persistence/transaction';
import pg from 'pg';
import { readingPlanOf } from '../../apps/health-scoring/src/domain/days/reading-plan.js';
import { compileScorecard } from '../../apps/health-scoring/src/domain/scorecard/compile-scorecard.js';
import { dayOf } from '../../apps/health-scoring/src/domain/time/day.js';
import { shippedScorecards } from '../../apps/health-scoring/src/scorecards/shipped-scorecards.js';
import { wanderingDays } from '../../apps/health-scoring/test/kept-days.js';
import { storeDays } from '../../apps/health-scoring/test/stored-days.js';
import { PerennialUp } from '../harness/perennial-up.js';
import { quantile, spreadOf } from '../harness/spread.js';
import { told } from '../harness/table.js';
import { SegmentCalls } from '../load/segment-calls.js';
import { makeKnown, measured, type Window } from './scored.js';
import type { Row } from './row.js';

const perSecond = 100;
const knownAccounts = 1_000;
const windowMs = 10_000;
/** Enough for the longest window; more than the database keeps in its own memory. */
const book = { accounts: 4_000, days: 180, histories: 100, storedAtOnce: 50 };
const card = shippedScorecards.find(({ document }) => document.id === 'csm-led')!.document;
const draft = { ...card, bands: { amber: 45, green: 75 }, coverage: { green: 0.7, any: 0.4 } };
const path = `/api/v1/scorecards/${card.id}/simulations`;

interface Simulation {
  readonly id: string;
  readonly state: string;
  readonly progress: { readonly done: number };
}

/** G8 while a draft is simulated, against the same without: turn by turn, so that both see the same machine. */
export const simulated: Row = {
  ids: ['G8S'],
  async measure(run) {
    await using around = await run.surroundings();
    await using system = PerennialUp.on(run.kind === 'kafka' ? around.brokers : null, run.options.env);
    await system.start();
    await storeBook(system);
    let window = 0;
    const calls = (): SegmentCalls => new SegmentCalls(new URL(system.ready.url), system.ready.writeKey, `s${window++}`, knownAccounts);
    const measure = (): Promise<Window> => measured(system, calls(), { rate: perSecond, size: 1 }, run.ms(windowMs));
    await makeKnown(system, calls());
    await measure();
    const [without, beside]: [Window[], Window[]] = [[], []];
    const faults: string[] = [];
    let accounts = 0;
    for (let round = 0; round < run.options.rounds; round++) {
      without.push(await measure());
      const { id } = await system.call<Simulation>('POST', path, { document: draft, days: book.days });
      while ((await system.call<Simulation>('GET', `${path}/${id}`)).progress.done === 0) await sleep(50);
      beside.push(await measure());
      const { state, progress } = await system.call<Simulation>('GET', `${path}/${id}`);
      accounts += progress.done;
      if (state === 'running') await system.call('POST', `${path}/${id}/cancel`);
      else faults.push(`a simulation was ${state} before its window was over`);
      await sleep(1_000);
    }
    faults.push(...[...without, ...beside].flatMap(({ fault }) => fault ?? []));
    const p99 = (windows: readonly Window[]): number => quantile(windows.flatMap(({ latencies }) => latencies).sort((a, b) => a - b), 0.99);
    const growth = beside.map((one, round) => 100 * (one.p99 / without[round]!.p99 - 1));
    const whole = 100 * (p99(beside) / p99(without) - 1);
    run.tell({
      id: 'G8S', title: `growth of the p99 at ${perSecond}/s while a draft is simulated`, unit: '%', better: 'lower', gate: 10, goal: 5, value: { ...spreadOf(growth), median: whole },
      detail: `p99 ${told(p99(without))} ms without and ${told(p99(beside))} ms beside it; ${told(accounts / book.accounts / run.options.rounds)} of the book a window`, void: faults[0] ?? null, raw: { without: without.map(short), beside: beside.map(short) },
    });
  },
};

const short = ({ p50, p99 }: Window): object => ({ p50, p99 });

/** Accounts that have been looked at for half a year, beside those that the events are of. */
async function storeBook(system: PerennialUp): Promise<void> {
  const client = new pg.Client({ connectionString: system.databaseUrl('health-scoring') });
  await client.connect();
  try {
    const sql: Sql = { query: async <R>(statement: Parameters<Sql['query']>[0]) => (await client.query(statement as pg.QueryConfig)).rows as R[] };
    const [plan] = await sql.query<{ id: number }>('SELECT id FROM reading_plan');
    const cards = shippedScorecards.map(({ document }) => compileScorecard(document, 1));
    const today = dayOf(Date.now());
    const histories = Array.from({ length: book.histories }, (_, seed) => wanderingDays(seed + 1, today - book.days + 1, book.days, readingPlanOf(cards, plan!.id), cards.find(({ id }) => id === card.id)!));
    for (let first = 0; first < book.accounts; first += book.storedAtOnce) {
      await storeDays(sql, Array.from({ length: book.storedAtOnce }, (_, n) => ({ accountId: `book-${first + n}`, days: histories[(first + n) % book.histories]! })));
    }
    await sql.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}
