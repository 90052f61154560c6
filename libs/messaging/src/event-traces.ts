import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import type { ReceivedEvent } from './batch-consumer.js';

const wellFormed = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The spans of one chunk: one for the chunk, and one per record inside the record's own trace. */
export interface ChunkTrace {
  /** Runs `work` with the chunk's span active. */
  run<T>(work: () => Promise<T>): Promise<T>;
  end(error?: unknown): void;
}

const untraced: ChunkTrace = { run: (work) => work(), end: () => undefined };

/**
 * Keeps one trace per signal through a batch: each record's context is extracted by itself, its span is
 * remembered by event, and what is published because of the event continues that span. Where nothing is
 * recorded no span is made and the event's own `traceparent` travels on.
 */
export class EventTraces {
  private readonly spans = new WeakMap<object, Span>();

  begin(topic: string, group: string, events: readonly ReceivedEvent[]): ChunkTrace {
    const tracer = trace.getTracer('@perennial/messaging');
    const attributes = { 'messaging.system': 'perennial', 'messaging.destination.name': topic, 'messaging.consumer.group.name': group, 'messaging.operation.type': 'process' };
    const chunk = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, root: true, attributes: { ...attributes, 'messaging.batch.message_count': events.length } });
    if (!chunk.isRecording()) return untraced;
    const own: Span[] = [chunk];
    for (const event of events) {
      const { traceparent } = event.envelope;
      if (traceparent === null) continue;
      const parent = propagation.extract(ROOT_CONTEXT, { traceparent });
      if (!trace.getSpanContext(parent)) continue;
      const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes: { ...attributes, 'messaging.message.id': event.envelope.id }, links: [{ context: chunk.spanContext() }] }, parent);
      this.spans.set(event, span);
      own.push(span);
    }
    const active = trace.setSpan(ROOT_CONTEXT, chunk);
    return {
      run: (work) => context.with(active, work),
      end: (error) => {
        for (const span of own) {
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        }
      },
    };
  }

  /**
   * W3C traceparent for what is published because of `cause`: its span, else its own traceparent, else the
   * active context (an HTTP command has no cause). The cause comes first: around a batch the active
   * context is the batch's, which is nobody's trace.
   */
  traceparentOf(cause: ReceivedEvent | undefined): string | null {
    const span = cause && this.spans.get(cause);
    if (span) return traceparentIn(trace.setSpan(ROOT_CONTEXT, span));
    const inherited = cause?.envelope.traceparent;
    if (inherited && wellFormed.test(inherited)) return inherited;
    return traceparentIn(context.active());
  }
}

function traceparentIn(from: typeof ROOT_CONTEXT): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(from, carrier);
  return carrier.traceparent ?? null;
}
