import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * CORS as browser SDKs need it: the origin is reflected, credentials allowed, and
 * Retry-After exposed, without which they try again at once.
 */
export function allowOrigin(request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  void reply.header('vary', 'Origin');
  if (origin === undefined) return;
  void reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': 'Retry-After, X-RateLimit-Reset, X-Rejected-Count' });
}

/** Answers a preflight; 7,200 s is the longest that Chromium keeps one. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply, methods: string): FastifyReply {
  const asked = request.headers['access-control-request-headers'];
  allowOrigin(request, reply);
  return reply
    .headers({ 'access-control-allow-methods': methods, 'access-control-max-age': '7200', ...(asked === undefined ? {} : { 'access-control-allow-headers': asked }) })
    .status(204)
    .send();
}
