import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ItemFault } from '../../domain/item-fault.js';
import { busy } from '../busy.js';
import type { MappingAnswer, MappingTask } from './mapping-worker.js';

/** A mapping is somebody's program: it gets this long, and this much. */
export const mappingLimits = { timeoutMs: 200, maxBytes: 512 * 1024, heapMb: 64, waitingPerEndpoint: 100 } as const;

interface Job extends MappingTask {
  readonly endpoint: string;
  readonly settle: (made: { readonly json: string | null } | ItemFault) => void;
}

/** With sources as they stand (tests), else as built. */
const workerFile = new URL(import.meta.url.endsWith('.ts') ? './mapping-worker.ts' : './mapping-worker.js', import.meta.url);

/**
 * Runs users' JSONata in a thread of its own, one at a time and each endpoint in turn: one that does not end, or
 * eats memory, is ended with its thread, and neither the event loop nor another endpoint waits for it.
 */
@Injectable()
export class Mappings implements OnApplicationShutdown {
  private worker: Worker | null = null;
  private running: { readonly job: Job; readonly timer: NodeJS.Timeout } | null = null;
  /** Jobs by endpoint; the first endpoint is next. */
  private readonly waiting = new Map<string, Job[]>();
  private lastId = 0;

  /** JSON text of what `expression` makes of a payload (JSON text); null: nothing. Throws 503 where too much of the endpoint waits. */
  async evaluate(endpoint: string, expression: string, payload: string): Promise<{ readonly json: string | null } | ItemFault> {
    const queue = this.waiting.get(endpoint) ?? [];
    if (queue.length >= mappingLimits.waitingPerEndpoint) throw busy('too many calls wait for the mapping of this endpoint: try again');
    return new Promise((settle) => {
      queue.push({ id: ++this.lastId, endpoint, expression, payload, settle });
      this.waiting.set(endpoint, queue);
      this.next();
    });
  }

  /** Once the last request is answered: the calls that are under way are mapped to their end. */
  async onApplicationShutdown(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private next(): void {
    if (this.running) return;
    const [turn] = this.waiting;
    if (!turn) return;
    const [endpoint, queue] = turn;
    const job = queue.shift() as Job;
    this.waiting.delete(endpoint);
    if (queue.length > 0) this.waiting.set(endpoint, queue);
    const worker = this.ensureWorker();
    // Compiling and starting are paid by the first job; the thread ends what is too slow by itself where it can.
    const timer = setTimeout(() => this.abandon('ran longer than it may'), mappingLimits.timeoutMs + (worker.fresh ? 2000 : 100));
    this.running = { job, timer };
    worker.thread.postMessage({ id: job.id, expression: job.expression, payload: job.payload } satisfies MappingTask);
  }

  private ensureWorker(): { thread: Worker; fresh: boolean } {
    if (this.worker) return { thread: this.worker, fresh: false };
    const { timeoutMs, maxBytes, heapMb } = mappingLimits;
    const thread = new Worker(workerFile, { workerData: { timeoutMs, maxBytes }, resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }, env: {} });
    this.worker = thread;
    thread.unref();
    thread.on('message', (answer: MappingAnswer) => this.settle(answer));
    thread.on('error', () => thread === this.worker && this.abandon('needed more memory than it may'));
    return { thread, fresh: true };
  }

  private settle(answer: MappingAnswer): void {
    const { running } = this;
    if (running?.job.id !== answer.id) return;
    this.finish('fault' in answer ? mappingFault(answer.fault) : { json: answer.json ?? null });
  }

  /** Ends the thread with what runs in it; the next job gets a new one. */
  private abandon(why: string): void {
    const { worker } = this;
    this.worker = null;
    void worker?.terminate();
    this.finish(mappingFault(why));
  }

  private finish(made: { readonly json: string | null } | ItemFault): void {
    const { running } = this;
    this.running = null;
    if (running) {
      clearTimeout(running.timer);
      running.job.settle(made);
    }
    this.next();
  }
}

const mappingFault = (why: string): ItemFault => ({ code: 'mapping_failed', pointer: '', detail: `the mapping ${why}: try it with POST /api/v1/sources/{id}/try` });
