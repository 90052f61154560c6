import { SpanKind, SpanStatusCode, context, metrics, propagation, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { tracedOf } from '../trace.js';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * A server span and `http_server_request_duration_seconds` per request, named by the route's pattern
 * (semantic conventions for HTTP 1.x), never by the address. Streams are counted when they end.
 */
export function traceRequests(fastify: FastifyInstance, service: string): void {
  const tracer = trace.getTracer('@perennial/service-kit');
  const duration = metrics.getMeter('@perennial/service-kit').createHistogram('http.server.request.duration', { unit: 's', description: 'Duration of HTTP requests.', advice: { explicitBucketBoundaries: buckets } });

  fastify.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url;
    if (request.routeOptions.config.untraced) return done();
    // Of the caller's context the trace alone: tracestate and baggage are words of its own, which topics do not carry on and spans would keep.
    const parent = propagation.extract(context.active(), { traceparent: request.headers['traceparent'] });
    const span = tracer.startSpan(
      route === undefined ? request.method : `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'url.scheme': request.protocol, 'service.name': service, ...(route === undefined ? {} : { 'http.route': route }) } },
      parent,
    );
    tracedOf(request).span = span;
    context.with(trace.setSpan(parent, span), done);
  });
  // Reading the body comes back on the socket's own context: enter the request's again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { span } = tracedOf(request);
    if (!span) return done();
    context.with(trace.setSpan(context.active(), span), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { span } = tracedOf(request);
    if (!span) return done();
    const attributes = { 'http.request.method': request.method, 'http.response.status_code': reply.statusCode, 'http.route': request.routeOptions.url ?? 'unmatched', service };
    duration.record(reply.elapsedTime / 1000, attributes);
    span.setAttribute('http.response.status_code', reply.statusCode);
    if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', String(reply.statusCode));
    span.end();
    done();
  });
}
