import type { FastifyInstance } from 'fastify';
import { parseJsonBody } from './json-body.js';
import { ProblemException } from './problem.js';

/**
 * JSON by our own rules; every other media type is refused with 415. A route with `config.rawBody` gets
 * its bytes untouched, whatever their type says.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/problem+json', 'application/cloudevents+json'], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.rawBody) return done(null, body);
    try {
      done(null, parseJsonBody(body));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.rawBody) return done(null, body);
    if (body.length === 0) return done(null, undefined);
    done(new ProblemException(415, 'send application/json'));
  });
}
