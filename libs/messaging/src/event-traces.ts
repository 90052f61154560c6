import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api';
import type { ReceivedEvent } from './batch-consumer.js';
import type { LogRecord } from './event-log.js';
import type { Cause } from './outbox.js';

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
 * remembered by event, and what is published because of the event continues that span. Whether a record's
 * span is recorded follows from its own trace, whatever became of the chunk's. Where nothing is recorded no
 * span is made and the event's own `traceparent` travels on.
 *
 * Spans name records by partition and offset: on telemetry, keys and message ids are the senders' own words.
 */
export class EventTraces {
  private readonly spans = new WeakMap<object, Span>();

  begin(topic: string, group: string, events: readonly ReceivedEvent[]): ChunkTrace {
    const tracer = trace.getTracer('@perennial/messaging');
    const attributes = { 'messaging.system': 'perennial', 'messaging.destination.name': topic, 'messaging.consumer.group.name': group, 'messaging.operation.type': 'process', 'messaging.operation.name': 'process' };
    const name = `process ${topic}`;
    const chunk = tracer.startSpan(name, { kind: SpanKind.CONSUMER, root: true, attributes: { ...attributes, 'messaging.batch.message_count': events.length } });
    const own: Span[] = [];
    for (const event of events) {
      const parent = sampledContextOf(event.envelope.traceparent);
      if (parent === null) continue;
      const record = { 'messaging.destination.partition.id': String(event.partition), 'messaging.kafka.offset': Number(event.offset) };
      const span = tracer.startSpan(name, { kind: SpanKind.CONSUMER, attributes: { ...attributes, ...record }, links: [{ context: chunk.spanContext() }] }, parent);
      if (!span.isRecording()) continue;
      this.spans.set(event, span);
      own.push(span);
    }
    if (own.length === 0 && !chunk.isRecording()) return untraced;
    own.push(chunk);
    const active = trace.setSpan(ROOT_CONTEXT, chunk);
    return {
      run: (work) => context.with(active, work),
      end: (error) => {
        for (const span of own) {
          if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
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
  traceparentOf(cause: Cause | undefined): string | null {
    const span = cause && this.spans.get(cause);
    if (span) return traceparentIn(trace.setSpan(ROOT_CONTEXT, span));
    const inherited = cause && ('envelope' in cause ? cause.envelope : cause).traceparent;
    if (inherited && wellFormed.test(inherited)) return inherited;
    return traceparentIn(context.active());
  }
}

/** The context a record came with, where its trace is recorded. */
function sampledContextOf(traceparent: string | null): Context | null {
  if (traceparent === null) return null;
  const parent = contextOf(traceparent);
  const flags = trace.getSpanContext(parent)?.traceFlags ?? TraceFlags.NONE;
  return (flags & TraceFlags.SAMPLED) === 0 ? null : parent;
}

/** Does `work`, a line of the log, in the trace that a record came with. */
export function inTraceOf(record: LogRecord, work: () => void): void {
  context.with(contextOf(record.headers['traceparent'] ?? ''), work);
}

/** The context that a `traceparent` stands for; an empty one where it is malformed. */
function contextOf(traceparent: string): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent });
}

function traceparentIn(from: Context): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(from, carrier);
  return carrier.traceparent ?? null;
}
