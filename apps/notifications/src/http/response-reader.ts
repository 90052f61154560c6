import type { ServerResponse } from 'node:http';
import type { StreamEvent } from '../application/live-stream.js';
import type { StreamReader } from '../application/stream-hub.js';

const heartbeatMs = 20_000;

/** A reader at the other end of an open HTTP response, as server-sent events (WHATWG HTML, section 9.2). */
export class ResponseReader implements StreamReader {
  private readonly ended = new AbortController();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: ServerResponse) {
    response.once('close', () => this.ended.abort());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    response.write(': connected\n\n');
    // A reader that takes nothing gets no heartbeats heaped up either.
    this.heartbeat = setInterval(() => response.writableNeedDrain || response.write(': heartbeat\n\n'), heartbeatMs);
  }

  get gone(): AbortSignal {
    return this.ended.signal;
  }

  /** Tells that events were lost to this reader: the oldest it can still get is `oldestId`. */
  gap(oldestId: bigint): void {
    this.response.write(`event: gap\ndata: {"oldestId":"${oldestId}"}\n\n`);
  }

  write(event: StreamEvent): boolean {
    return this.response.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${event.data}\n\n`);
  }

  drained(end: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.response.off('drain', done);
        end.removeEventListener('abort', done);
        resolve();
      };
      this.response.on('drain', done);
      end.addEventListener('abort', done);
      if (end.aborted) done();
    });
  }

  end(): void {
    clearInterval(this.heartbeat);
    this.response.end();
  }
}
