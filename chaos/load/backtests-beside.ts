import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosSystem } from '../system/system.js';

interface Backtest {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly finishedAt: string | null;
  readonly problem: string | null;
  readonly report: { readonly accountsWithOutcomes: number; readonly red: { readonly terms: number } } | null;
}

const path = '/api/v1/scorecards/csm-led/backtests';
/** Accounts of earlier years whose terms have ended: what a backtest has to go through, and may be killed at. */
const past = 600;
/** The system keeps fifty; a cell is not to come that far. */
const askEveryMs = 5_000;
/** Where a process died, another one takes over once its lease has run out; three such deaths are told as a failure. */
const endMs = 240_000;

/** Backtests that are asked for over and over while a cell runs. */
export class BacktestsBeside {
  private readonly asked = new Set<string>();
  private isOver = false;
  private asking: Promise<void> = Promise.resolve();

  private constructor(private readonly system: ChaosSystem) {}

  static async start(system: ChaosSystem): Promise<BacktestsBeside> {
    await system.rows('health-scoring', `INSERT INTO contract_outcome SELECT 'past-' || n, 'past-' || n || '-1', current_date - 900, current_date - 500, n % 5 = 0, NULL FROM generate_series(1, ${past}) AS n`);
    const beside = new BacktestsBeside(system);
    beside.asking = beside.askOverAndOver();
    return beside;
  }

  /** Asks for no more. */
  async stop(): Promise<void> {
    this.isOver = true;
    await this.asking;
  }

  /** At rest: each that was asked for has ended, or said why it could not, and the same asked twice finds the same. Answers what came of them; throws where one of it does not hold. */
  async finish(): Promise<string> {
    await this.stop();
    const ended = await this.ended([...this.asked]);
    for (const { id, state, problem } of ended) if (state === 'failed' && !problem?.startsWith('the process that worked at it ended')) throw new Error(`backtest ${id} failed: ${problem}`);
    // Terms that end tomorrow, of the accounts that the cell scored today.
    await this.system.rows('health-scoring', `INSERT INTO contract_outcome SELECT account_id, account_id || '-beside', current_date - 300, current_date + 1, row_number() OVER (ORDER BY account_id) % 2 = 0, NULL FROM portfolio WHERE verdict IS NOT NULL ON CONFLICT DO NOTHING`);
    const [book] = await this.system.rows<{ n: string }>('health-scoring', 'SELECT count(DISTINCT account_id) AS n FROM contract_outcome');
    const [first, second] = await this.ended([await this.ask(), await this.ask()]);
    for (const { id, state, problem, report } of [first!, second!]) {
      if (state !== 'done' || report === null) throw new Error(`backtest ${id} was asked for at rest and is ${state}: ${problem}`);
      if (report.accountsWithOutcomes !== Number(book?.n)) throw new Error(`backtest ${id} went through ${report.accountsWithOutcomes} accounts of ${book?.n}`);
      if (report.red.terms === 0) throw new Error(`backtest ${id} found no term with readings`);
    }
    if (!isDeepStrictEqual(first!.report, second!.report)) throw new Error(`the same backtest twice: ${JSON.stringify(first!.report)}, then ${JSON.stringify(second!.report)}`);
    const begun = await this.system.rows<{ attempts: number }>('health-scoring', 'SELECT attempts FROM backtest WHERE id = ANY($1)', [[...this.asked]]);
    const anew = begun.filter(({ attempts }) => attempts > 1).length;
    const given = ended.filter(({ state }) => state === 'failed').length;
    return `${ended.length} backtests beside: ${ended.length - given} done, ${given} given up for deaths of the process; ${anew} begun more than once; two more at rest found the same in ${first!.report!.red.terms} terms with readings`;
  }

  private async askOverAndOver(): Promise<void> {
    for (; !this.isOver; await sleep(this.isOver ? 0 : askEveryMs)) {
      // The scorer may be away: then the next turn asks.
      await this.ask().then((id) => this.asked.add(id), () => undefined);
    }
  }

  private async ask(): Promise<string> {
    return (await this.system.must<Backtest>('POST', path, {})).id;
  }

  private async ended(ids: readonly string[]): Promise<Backtest[]> {
    const found = new Map<string, Backtest>();
    for (const end = Date.now() + endMs; found.size < ids.length; await sleep(300)) {
      if (Date.now() > end) throw new Error(`${ids.length - found.size} backtests of ${ids.length} have not ended within ${endMs / 1000} s`);
      for (const id of ids) {
        if (found.has(id)) continue;
        const backtest = await this.system.must<Backtest>('GET', `${path}/${id}`).catch(() => null);
        if (backtest?.finishedAt) found.set(id, backtest);
      }
    }
    return ids.map((id) => found.get(id)!);
  }
}
