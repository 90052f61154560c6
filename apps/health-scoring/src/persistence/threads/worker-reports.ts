import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BacktestImpossible, BacktestReports, type OpenReport } from '../../application/backtest-reports.js';
import type { ReportedMeasure } from '../../domain/backtest/added-by-measure.js';
import type { Question, ReportSetup } from './report-worker.js';
import { WorkThread } from './work-thread.js';

/** A thread for each report. */
@Injectable()
export class WorkerReports extends BacktestReports implements OnApplicationShutdown {
  private readonly open = new Set<WorkThread<Question>>();

  begin(measures: readonly ReportedMeasure[], seed: number): OpenReport {
    const thread = new WorkThread<Question>('./report-worker', { measures: measures.map(({ id, weight }) => ({ id, weight })), seed } satisfies ReportSetup, BacktestImpossible);
    this.open.add(thread);
    return {
      add: (rows) => thread.ask({ rows }),
      report: () => thread.ask({ rows: null }),
      end: () => {
        this.open.delete(thread);
        return thread.end();
      },
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.open].map((thread) => thread.end()));
  }
}
