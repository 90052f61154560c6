import { constants } from 'node:os';
import { workerData } from 'node:worker_threads';
import type { ReportedMeasure } from '../../domain/backtest/added-by-measure.js';
import { reportOf, type BacktestReport } from '../../domain/backtest/backtest-report.js';
import { packedRows } from '../../domain/backtest/packed-rows.js';
import { rounded } from '../../domain/backtest/rounded.js';
import type { TermRow } from '../../domain/backtest/term-row.js';
import { answerAll, stepBack } from './in-thread.js';

export interface ReportSetup {
  readonly measures: readonly ReportedMeasure[];
  readonly seed: number;
}
/** More rows, or null: the report of all. */
export interface Question {
  readonly rows: readonly TermRow[] | null;
}

stepBack(constants.priority.PRIORITY_BELOW_NORMAL);
const { measures, seed } = workerData as ReportSetup;
const all: TermRow[] = [];

function report(): BacktestReport {
  const steps = reportOf(all, measures, seed);
  for (;;) {
    const step = steps.next();
    if (step.done) return rounded(step.value);
  }
}

// The same rows would do it again.
answerAll(({ rows }: Question) => (rows === null ? report() : void all.push(...packedRows(rows))), () => true);
