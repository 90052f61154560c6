import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Worker } from 'node:worker_threads';
import type { SimulationAnswer, SimulationSetup, SimulationTask } from './simulation-worker.js';

/** With sources as they stand (tests), else as built. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './simulation-worker.ts' : './simulation-worker.js', import.meta.url);
/** Much room for what lives no longer than a day of one account: half of the time went into tidying up. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 64 };

/** The thread ended before it answered. */
export class SimulationThreadLost extends Error {
  override readonly name = 'SimulationThreadLost';
}

/** Judges in a thread of its own, so that no signal waits for a simulation. One at a time; it ends with the last. */
@Injectable()
export class SimulationThread implements OnApplicationShutdown {
  private open: { readonly id: string; readonly worker: Worker } | null = null;

  /** True when the simulation's thread is there, and needs no setup. */
  isOpen(id: string): boolean {
    return this.open?.id === id;
  }

  async start(id: string, setup: SimulationSetup): Promise<void> {
    await this.end();
    const worker = new Worker(workerFile, { workerData: setup, env: {}, resourceLimits });
    worker.unref();
    this.open = { id, worker };
  }

  /** Throws SimulationThreadLost; the next call needs a start. */
  run(task: SimulationTask): Promise<SimulationAnswer> {
    const { worker } = this.open!;
    return new Promise((resolve, reject) => {
      const lost = (why: string): void => {
        if (this.open?.worker === worker) this.open = null;
        reject(new SimulationThreadLost(why));
      };
      worker.removeAllListeners();
      worker.once('message', resolve);
      worker.once('error', (error: Error) => lost(error.message));
      worker.once('exit', () => lost('the thread ended'));
      worker.postMessage(task);
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
