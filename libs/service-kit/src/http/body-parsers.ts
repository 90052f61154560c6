import type { FastifyInstance } from 'fastify';
import { parseJsonBody } from './json-body.js';
import { ProblemException } from './problem.js';

/** What a body that is handed over as a stream is taken for: parsers are chosen by type, before the route is asked. */
const streamType = 'application/x-perennial-stream';

/**
 * JSON by our own rules; every other media type is refused with 415. A route with `config.rawBody` gets
 * its bytes untouched, whatever their type says; one with `config.streamBody` as they come.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/problem+json', 'application/cloudevents+json'], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.rawBody) return done(null, body);
    // Of an address that is none, this is what to say, whatever was sent to it.
    if (request.is404) return done(null, undefined);
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.streamBody) request.raw.headers['content-type'] = streamType;
    done();
  });
  fastify.addContentTypeParser(streamType, (request, payload, done) => {
    if (request.routeOptions.config.streamBody) done(null, payload);
    else done(new ProblemException(415, 'send application/json'));
  });
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.rawBody) return done(null, body);
    if (body.length === 0 || request.is404) return done(null, undefined);
    done(new ProblemException(415, 'send application/json'));
  });
}
