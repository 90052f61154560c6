import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Transient } from '@perennial/messaging/errors';
import { WakeSignal } from '@perennial/messaging/wake-signal';
import { LiveStream, type StreamEvent } from './live-stream.js';

const page = 500;
const fallbackPollMs = 2_000;

/** A reader takes events in order; `write` answers false when its connection is full: nothing more until it drains. */
export interface StreamReader {
  write(event: StreamEvent): boolean;
  /** Resolves when there is room again, or when `end` is aborted. */
  drained(end: AbortSignal): Promise<void>;
  /** Aborted when the reader has gone. */
  readonly gone: AbortSignal;
}

/**
 * Feeds live readers from the table, each at its own pace. Commits of this replica wake it at once; those of
 * others are found by a slow poll that runs only while somebody reads.
 */
@Injectable()
export class StreamHub implements BeforeApplicationShutdown {
  private readonly readers = new Set<WakeSignal>();
  private readonly stopping = new AbortController();

  constructor(private readonly stream: LiveStream) {}

  /** New events were committed. */
  wake(): void {
    for (const signal of this.readers) signal.wake();
  }

  /** Serves one reader from behind `after` until it goes or the service stops. While the database is away it waits. */
  async serve(reader: StreamReader, after: bigint): Promise<void> {
    const end = AbortSignal.any([reader.gone, this.stopping.signal]);
    const signal = new WakeSignal();
    this.readers.add(signal);
    end.addEventListener('abort', () => signal.wake());
    try {
      for (let position = after; !end.aborted; ) {
        const events = await this.readAfter(position);
        if (events.length === 0) await signal.wait(fallbackPollMs);
        for (const event of events) {
          if (end.aborted) return;
          position = event.id;
          if (!reader.write(event)) await reader.drained(end);
        }
      }
    } finally {
      this.readers.delete(signal);
    }
  }

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  private async readAfter(position: bigint): Promise<StreamEvent[]> {
    try {
      return await this.stream.readAfter(position, page);
    } catch (error) {
      if (error instanceof Transient) return [];
      throw error;
    }
  }
}
