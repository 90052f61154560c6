import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AlwaysOffSampler, InMemorySpanExporter, ParentBasedSampler, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReceivedEvent } from './batch-consumer.js';
import { EventTraces } from './event-traces.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const event = (traceparent: string | null): ReceivedEvent => ({
  type: 'x', data: {}, key: 'a', version: 1, partition: 0, offset: 0n, receivedAt: new Date(0),
  envelope: { id: 'x/a/1', source: '/x', time: '', subject: 'a', causationId: null, causationDepth: 0, traceparent },
});

describe('EventTraces', () => {
  afterEach(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('without tracing hands on what the event carries, if it is well-formed', () => {
    const traces = new EventTraces();
    const carried = `00-${traceId}-b7ad6b7169203331-01`;
    expect(traces.begin('t', 'g', [event(carried)])).toBeDefined();
    expect(traces.traceparentOf(event(carried))).toBe(carried);
    expect(traces.traceparentOf(event('nonsense'))).toBeNull();
    expect(traces.traceparentOf(undefined)).toBeNull();
  });

  it('keeps each record in its own trace, through a span of its own, whatever is active around the batch', async () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const traces = new EventTraces();
    const one = event(`00-${traceId}-b7ad6b7169203331-01`);
    const untold = event(null);
    const chunk = traces.begin('things', 'svc.things', [one, untold]);
    await chunk.run(async () => {
      const [, id, span] = traces.traceparentOf(one)!.split('-');
      expect(id).toBe(traceId);
      expect(span).not.toBe('b7ad6b7169203331');
      // No trace of its own: it joins the batch's.
      expect(traces.traceparentOf(untold)!.split('-')[1]).not.toBe(traceId);
    });
    chunk.end();
    const spans = exporter.getFinishedSpans();
    expect(spans.map(({ name }) => name)).toEqual(['process things', 'process things']);
    expect(spans.filter((span) => span.spanContext().traceId === traceId)).toHaveLength(1);
  });

  it('records what its own trace records, whatever became of the chunk’s', async () => {
    const exporter = new InMemorySpanExporter();
    trace.setGlobalTracerProvider(new TracerProvider({ sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }), spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    const traces = new EventTraces();
    const [sampled, unsampled] = [event(`00-${traceId}-b7ad6b7169203331-01`), event(`00-${traceId}-b7ad6b7169203331-00`)];
    const chunk = traces.begin('things', 'svc.things', [sampled, unsampled]);
    expect(traces.traceparentOf(sampled)).not.toBe(sampled.envelope.traceparent);
    expect(traces.traceparentOf(unsampled)).toBe(unsampled.envelope.traceparent);
    chunk.end();
    expect(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).toEqual([traceId]);
  });
});
