import { randomBytes } from 'node:crypto';
import { context, isSpanContextValid, trace, type Span } from '@opentelemetry/api';

interface Traced {
  span?: Span;
  ownTraceId?: string;
}

const traced = Symbol('trace of a request');

/** What is known of a request's trace. Kept in the request: a weak map costs as much again with every collection of garbage. */
export function tracedOf(request: object): Traced {
  return ((request as { [traced]?: Traced })[traced] ??= {});
}

/** Does `work`, a line of the log, in a request's trace: errors of parsers come outside of it. */
export function inTraceOf(request: object, work: () => void): void {
  const { span } = tracedOf(request);
  if (span) context.with(trace.setSpan(context.active(), span), work);
  else work();
}

/** Trace id of a request, 32 hex digits; one of its own where no tracing runs. */
export function traceIdOf(request: object): string {
  const entry = tracedOf(request);
  const context = (entry.span ?? trace.getActiveSpan())?.spanContext();
  if (context && isSpanContextValid(context)) return context.traceId;
  return (entry.ownTraceId ??= randomBytes(16).toString('hex'));
}
