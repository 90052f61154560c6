import { context, propagation, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { DeliverySpans } from './delivery-spans.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const message = { url: 'https://hooks.example.com/services/T0/secret', secret: 'whsec_', id: 'msg_1', body: '{}', traceparent: `00-${traceId}-b7ad6b7169203331-01` };

describe('spans of deliveries', () => {
  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('hands on the message’s trace where nothing is recorded', () => {
    const spans = new DeliverySpans();
    expect(spans.begin(message).traceparent).toBe(message.traceparent);
    expect(spans.begin({ ...message, traceparent: null }).traceparent).toBeNull();
  });

  it('is a child of the message’s trace, carries itself, and tells no path', () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const span = new DeliverySpans().begin(message);
    span.end({ status: 503, error: 'answered 503', retryAfterSeconds: null }, 12);
    const [told] = exporter.getFinishedSpans();
    expect(told!.spanContext().traceId).toBe(traceId);
    expect(told!.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span.traceparent).toBe(`00-${traceId}-${told!.spanContext().spanId}-01`);
    expect(told!.attributes).toMatchObject({ 'server.address': 'hooks.example.com', 'server.port': 443, 'http.response.status_code': 503, 'error.type': '503' });
    expect(JSON.stringify(told!.attributes)).not.toContain('secret');
  });
});
