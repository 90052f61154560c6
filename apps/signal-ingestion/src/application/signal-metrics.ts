import { metrics, type Counter } from '@opentelemetry/api';
import type { MessageResult } from '../domain/source-tally.js';

/** One message to count. `kind` null: it is no signal, or nobody could read which. */
export interface CountedMessage {
  readonly vendor: string;
  readonly kind: string | null;
  readonly result: MessageResult;
}

/** Counts messages where they become signals; the front door counts what it lets in. */
export class SignalMetrics {
  /** Made when the service starts, not when the file is loaded: instruments made before the meter provider count nothing. */
  private readonly messages: Counter = metrics.getMeter('@perennial/signal-ingestion').createCounter('perennial.signals', { description: 'Messages read from telemetry and rows of files, by vendor (`import`: files), kind of signal and result.' });

  count(counted: readonly CountedMessage[]): void {
    for (const [, same] of Map.groupBy(counted, ({ vendor, kind, result }) => `${vendor} ${kind} ${result}`)) {
      const { vendor, kind, result } = same[0]!;
      this.messages.add(same.length, { vendor, kind: kind ?? 'none', result });
    }
  }
}
