import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { startIdsOnlyTracing } from './ids-only-tracing.js';

describe('tracing where nobody records', () => {
  beforeAll(() => startIdsOnlyTracing());
  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });
  const handedOn = (from = context.active()) => {
    const span = trace.getTracer('t').startSpan('GET /', { kind: SpanKind.SERVER }, from);
    const carrier: { traceparent?: string } = {};
    propagation.inject(trace.setSpan(from, span), carrier);
    return { span, traceparent: carrier.traceparent };
  };

  it('hands a caller’s trace on untouched, and records nothing', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { span, traceparent: next } = handedOn(propagation.extract(context.active(), { traceparent }));
    expect(next).toBe(traceparent);
    expect(span.isRecording()).toBe(false);
  });

  it('begins a trace for a call without one, or with a malformed one', () => {
    const [one, two] = [handedOn(), handedOn(propagation.extract(context.active(), { traceparent: 'nonsense' }))];
    expect(one.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(two.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(two.traceparent).not.toBe(one.traceparent);
  });

  it('makes a span active for the work below it', () => {
    trace.getTracer('t').startActiveSpan('work', (span) => expect(trace.getActiveSpan()?.spanContext()).toEqual(span.spanContext()));
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});
