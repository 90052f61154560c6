import { context, propagation, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { telemetryTopic } from '@perennial/contracts/topics';

const wellFormed = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const attributes = { 'messaging.system': 'perennial', 'messaging.destination.name': telemetryTopic.name, 'messaging.operation.type': 'send', 'messaging.operation.name': 'send' };

/** The span of one delivery to the telemetry topic; its records go on from it. */
export class SendSpan {
  /** W3C traceparent for the records: the span's, else the caller's own where it is well-formed. */
  readonly traceparent: string | null;
  private readonly span: Span;

  constructor(given: string | undefined, messages: number) {
    this.span = trace.getTracer('@perennial/signal-ingestion').startSpan(`send ${telemetryTopic.name}`, { kind: SpanKind.PRODUCER, attributes: { ...attributes, 'messaging.batch.message_count': messages } });
    const carrier: { traceparent?: string } = {};
    propagation.inject(trace.setSpan(context.active(), this.span), carrier);
    this.traceparent = carrier.traceparent ?? (given !== undefined && wellFormed.test(given) ? given : null);
  }

  async around(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
      throw error;
    } finally {
      this.span.end();
    }
  }
}
