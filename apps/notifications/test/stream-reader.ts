import type { TestRequest, TestService } from '@perennial/testing/service';
import { eventually } from './eventually.js';

export interface StreamedEvent {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: ReturnType<typeof JSON.parse>;
}

/** Reads the live stream as a browser's EventSource would, and can go away. */
export class StreamReader {
  readonly events: StreamedEvent[] = [];
  ended = false;
  private readonly abort = new AbortController();
  private constructor(readonly response: Response) {}

  static async open(service: TestService, options: TestRequest & { readonly lastEventId?: string } = {}): Promise<StreamReader> {
    const abort = new AbortController();
    const headers = options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId };
    const response = await service.fetch('GET', '/api/v1/stream/risk-changes', { scopes: ['notifications:read'], ...options, headers, signal: abort.signal });
    const reader = new StreamReader(response);
    abort.signal.throwIfAborted();
    reader.abort.signal.addEventListener('abort', () => abort.abort());
    void reader.read();
    return reader;
  }

  /** Waits until `count` events have come. */
  async until(count: number): Promise<readonly StreamedEvent[]> {
    await eventually(`${count} events`, () => this.events.length >= count, 10_000);
    return this.events;
  }

  leave(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    try {
      for await (const chunk of this.response.body!) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          this.take(text.slice(0, end));
          text = text.slice(end + 2);
        }
      }
    } catch {
      // Cut off, by either side.
    }
    this.ended = true;
  }

  private take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
    const data = field('data');
    if (data !== null) this.events.push({ id: field('id'), event: field('event'), data: JSON.parse(data) });
  }
}
