import type { ReportedMeasure } from '../domain/backtest/added-by-measure.js';
import type { BacktestReport } from '../domain/backtest/backtest-report.js';
import type { TermRow } from '../domain/backtest/term-row.js';

/** These terms are beyond this process: trying again is of no use. */
export class BacktestImpossible extends Error {
  override readonly name = 'BacktestImpossible';
}

/** A report that takes its terms one part after the other. All throw BacktestImpossible, and whatever else may go better next time with a new one. */
export interface OpenReport {
  add(rows: readonly TermRow[]): Promise<void>;
  report(): Promise<BacktestReport>;
  end(): Promise<void>;
}

/** Holds terms and counts on them beside everything else, so that no signal waits for a backtest. */
export abstract class BacktestReports {
  abstract begin(measures: readonly ReportedMeasure[], seed: number): OpenReport;
}
