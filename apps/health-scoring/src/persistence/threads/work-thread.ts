import { Transient } from '@perennial/persistence/errors';
import { Worker } from 'node:worker_threads';
import type { Answer } from './in-thread.js';

/** Much room for what lives no longer than a day of one account: half of the time went into tidying up. */
const resourceLimits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 64 };

interface Asked {
  resolve(found: unknown): void;
  reject(error: Error): void;
}

/** A thread that answers one question at a time, beside everything else. */
export class WorkThread<Question> {
  private readonly worker: Worker;
  private asked: Asked | null = null;
  private lost: Error | null = null;

  /** `file`: without its ending, as it is built or, in tests, as it stands. `Impossible`: what is thrown where trying again is of no use. */
  constructor(file: string, workerData: object, Impossible: new (message: string) => Error) {
    const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
    this.worker = new Worker(new URL(`${file}${ending}`, import.meta.url), { workerData, env: {}, resourceLimits });
    this.worker.unref();
    this.worker.on('message', (answer: Answer) => {
      const { asked } = this;
      this.asked = null;
      if ('found' in answer) asked?.resolve(answer.found);
      else asked?.reject(answer.isFinal ? new Impossible(answer.fault) : new Error(answer.fault));
    });
    // It ran out of memory, or cannot be made at all: it would again.
    this.worker.on('error', (error: Error) => this.lose(new Impossible(error.message)));
    this.worker.on('exit', () => this.lose(new Transient('the thread has ended')));
  }

  get isOpen(): boolean {
    return this.lost === null;
  }

  ask<Found>(question: Question): Promise<Found> {
    return new Promise((resolve, reject) => {
      if (this.lost !== null) return reject(this.lost);
      this.asked = { resolve: resolve, reject };
      this.worker.postMessage(question);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private lose(error: Error): void {
    this.lost ??= error;
    this.asked?.reject(this.lost);
    this.asked = null;
  }
}
