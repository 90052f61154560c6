import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Worker } from 'node:worker_threads';
import { SimulationImpossible, Simulator, type SimulatedPart, type SimulationSetup, type SimulationTask } from '../../application/simulations/simulator.js';
import type { BacktestDifference } from '../../domain/backtest/backtest-difference.js';
import type { Answer, Question, WorkerSetup } from './simulation-worker.js';

/** With sources as they stand (tests), else as built. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './simulation-worker.ts' : './simulation-worker.js', import.meta.url);
/** Much room for what lives no longer than a day of one account: half of the time went into tidying up. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 64 };

/** A thread of its own, with a connection of its own; it ends with the last simulation. */
@Injectable()
export class WorkerSimulator extends Simulator implements OnApplicationShutdown {
  private open: { readonly id: string; readonly worker: Worker } | null = null;

  constructor(private readonly database: Database) {
    super();
  }

  isOpen(id: string): boolean {
    return this.open?.id === id;
  }

  async start(id: string, setup: SimulationSetup): Promise<void> {
    await this.end();
    const worker = new Worker(workerFile, { workerData: { ...setup, id, databaseUrl: this.database.url } satisfies WorkerSetup, env: {}, resourceLimits });
    worker.unref();
    this.open = { id, worker };
  }

  run(task: SimulationTask): Promise<SimulatedPart> {
    return this.ask<SimulatedPart>({ task });
  }

  difference(): Promise<BacktestDifference> {
    return this.ask<BacktestDifference>({ task: null });
  }

  private ask<T>(question: Question): Promise<T> {
    const { worker } = this.open!;
    return new Promise((resolve, reject) => {
      const lost = (error: Error): void => {
        if (this.open?.worker === worker) this.open = null;
        reject(error);
      };
      worker.removeAllListeners();
      worker.once('message', (answer: Answer) => {
        if ('found' in answer) resolve(answer.found as T);
        else if (answer.isFinal) reject(new SimulationImpossible(answer.fault));
        else reject(new Error(answer.fault));
      });
      // It ran out of memory, or cannot be made at all: it would again.
      worker.once('error', (error: Error) => lost(new SimulationImpossible(error.message)));
      worker.once('exit', () => lost(new Error('the thread of the simulation ended')));
      worker.postMessage(question);
    });
  }

  async end(): Promise<void> {
    const { open } = this;
    this.open = null;
    await open?.worker.terminate();
  }

  onApplicationShutdown(): Promise<void> {
    return this.end();
  }
}
