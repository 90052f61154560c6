import { ROOT_CONTEXT, SpanKind, SpanStatusCode, metrics, propagation, trace, type Histogram } from '@opentelemetry/api';
import type { OutgoingWebhook, SendResult } from '../application/webhook-sender.js';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** The span of one request to a receiver. */
export interface DeliverySpan {
  /** What the request carries: the span's own, or the message's where nothing is recorded. */
  readonly traceparent: string | null;
  end(answer: Omit<SendResult, 'ms'>, ms: number): void;
}

/**
 * Spans and durations of requests to receivers, with OpenTelemetry's names for HTTP clients. A span is a child
 * of the message's trace and tells the host only: paths of webhook addresses are often secrets.
 */
export class DeliverySpans {
  private readonly duration: Histogram;

  constructor() {
    this.duration = metrics.getMeter('@perennial/notifications').createHistogram('http.client.request.duration', { unit: 's', description: 'Duration of HTTP requests to webhook receivers.', advice: { explicitBucketBoundaries: buckets } });
  }

  begin({ url, id, traceparent }: OutgoingWebhook): DeliverySpan {
    const parent = traceparent === null ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
    const span = trace.getTracer('@perennial/notifications').startSpan('POST', { kind: SpanKind.CLIENT, attributes: { 'http.request.method': 'POST' } }, parent);
    const recording = span.isRecording();
    if (recording) {
      const { hostname, port, protocol } = new URL(url);
      span.setAttributes({ 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80), 'messaging.message.id': id });
    }
    const carrier: { traceparent?: string } = {};
    if (recording) propagation.inject(trace.setSpan(parent, span), carrier);
    return {
      traceparent: carrier.traceparent ?? traceparent,
      end: ({ status, error }, ms) => {
        const failed = error !== null;
        const outcome = { ...(status === null ? {} : { 'http.response.status_code': status }), ...(failed ? { 'error.type': status === null ? 'no_answer' : String(status) } : {}) };
        this.duration.record(ms / 1000, { 'http.request.method': 'POST', ...outcome });
        if (recording) span.setAttributes(outcome);
        if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }
}
