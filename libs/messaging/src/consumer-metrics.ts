import { metrics, type Counter, type Histogram } from '@opentelemetry/api';

/** Counts of the consumers of one service, with OpenTelemetry's messaging names. */
export class ConsumerMetrics {
  private readonly consumed: Counter;
  private readonly duration: Histogram;
  private readonly dead: Counter;

  /** Made when the service starts, not when the file is loaded: instruments made before the meter provider count nothing. */
  constructor() {
    const meter = metrics.getMeter('@perennial/messaging');
    this.consumed = meter.createCounter('messaging.client.consumed.messages', { description: 'Records consumed.' });
    this.duration = meter.createHistogram('messaging.process.duration', { unit: 's', description: 'Duration of one chunk, transaction included.' });
    this.dead = meter.createCounter('perennial.dead_letters', { description: 'Records written to the dead letters.' });
  }

  chunk(topic: string, group: string, records: number, seconds: number): void {
    const attributes = { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group };
    this.consumed.add(records, attributes);
    this.duration.record(seconds, attributes);
  }

  deadLetters(topic: string, group: string, records: number): void {
    this.dead.add(records, { 'messaging.destination.name': topic, 'messaging.consumer.group.name': group });
  }
}
