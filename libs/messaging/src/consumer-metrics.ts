import { metrics, type Counter, type Histogram } from '@opentelemetry/api';

/** Seconds; of OpenTelemetry's conventions for messaging. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** Counts of the consumers of one service, with OpenTelemetry's messaging names. */
export class ConsumerMetrics {
  private readonly consumed: Counter;
  private readonly duration: Histogram;
  private readonly dead: Counter;
  private readonly failures: Counter;

  /** Made when the service starts, not when the file is loaded: instruments made before the meter provider count nothing. */
  constructor() {
    const meter = metrics.getMeter('@perennial/messaging');
    this.consumed = meter.createCounter('messaging.client.consumed.messages', { description: 'Records consumed.' });
    this.duration = meter.createHistogram('messaging.process.duration', { unit: 's', description: 'Duration of one chunk, transaction included.', advice: { explicitBucketBoundaries: buckets } });
    this.failures = meter.createCounter('perennial.consumer.failures', { description: 'Chunks that failed and will be repeated, by the class of the error: transient, unknown, or fatal (the partition stops).' });
    this.dead = meter.createCounter('perennial.dead_letters', { description: 'Records written to the dead letters.' });
  }

  chunk(topic: string, group: string, records: number, seconds: number): void {
    const attributes = { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group };
    this.consumed.add(records, attributes);
    this.duration.record(seconds, attributes);
  }

  /** Counts nothing: whoever asks for it finds it before the first failure. */
  begin(topic: string, group: string): void {
    const attributes = { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group };
    this.dead.add(0, attributes);
    for (const error of ['transient', 'fatal', 'unknown']) this.failures.add(0, { ...attributes, 'error.type': error });
  }

  failed(topic: string, group: string, error: string): void {
    this.failures.add(1, { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group, 'error.type': error });
  }

  deadLetters(topic: string, group: string, records: number): void {
    this.dead.add(records, { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group });
  }
}
