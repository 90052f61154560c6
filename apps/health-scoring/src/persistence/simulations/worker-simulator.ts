import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { SimulationImpossible, Simulator, type SimulatedPart, type SimulationSetup, type SimulationTask } from '../../application/simulations/simulator.js';
import type { BacktestDifference } from '../../domain/backtest/backtest-difference.js';
import { WorkThread } from '../threads/work-thread.js';
import type { Question, WorkerSetup } from './simulation-worker.js';

/** A thread of its own, with a connection of its own; it ends with the last simulation. */
@Injectable()
export class WorkerSimulator extends Simulator implements OnApplicationShutdown {
  private open: { readonly id: string; readonly thread: WorkThread<Question> } | null = null;

  constructor(private readonly database: Database) {
    super();
  }

  isOpen(id: string): boolean {
    return this.open?.id === id && this.open.thread.isOpen;
  }

  async start(id: string, setup: SimulationSetup): Promise<void> {
    await this.end();
    this.open = { id, thread: new WorkThread('../simulations/simulation-worker', { ...setup, id, databaseUrl: this.database.url } satisfies WorkerSetup, SimulationImpossible) };
  }

  run(task: SimulationTask): Promise<SimulatedPart> {
    return this.open!.thread.ask({ task });
  }

  difference(): Promise<BacktestDifference> {
    return this.open!.thread.ask({ task: null });
  }

  async end(): Promise<void> {
    const { open } = this;
    this.open = null;
    await open?.thread.end();
  }

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }
}
