import { createServer, type RequestListener, type Server } from 'node:http';
import { BadRequestException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Mount } from '../service.js';
import { ProblemFilter } from './problem-filter.js';
import { refuseUnreadable } from './unreadable-request.js';

/** Bytes of a request body at most, unless the route says otherwise. */
export const defaultBodyLimit = 1_048_576;

/** What slow or silent clients get, in ms: time for the headers, for the whole request, between two requests. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 72_000, maxHeadersCount: 100 } as const;

/** How often slow ones are looked for, ms: so much later they are cut off at most. */
const connectionsCheckingInterval = 5_000;

/**
 * Nest's adapter on a Fastify that neither converts nor strips what it validates. Requests that `mount`
 * claims never reach Fastify. Of `trustedProxies` alone the forwarded address is believed.
 */
export function fastifyAdapter(mount: Mount | undefined, logger: Logger, trustedProxies: readonly string[] = []): FastifyAdapter {
  const problems = new ProblemFilter(logger);
  return new FastifyAdapter({
    bodyLimit: defaultBodyLimit,
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    routerOptions: { maxParamLength: 500, caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false },
    exposeHeadRoutes: true,
    clientErrorHandler: refuseUnreadable,
    // Addresses that no route can be looked up for: broken escapes, parameters that are too long.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => problems.answer(error, request, reply),
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    schemaErrorFormatter: (errors, context) => new BadRequestException(errors.map((error) => `${context}${error.instancePath} ${error.message ?? 'does not fit'}`).join('; ')),
    serverFactory: (handler: RequestListener) => limited(createServer({ connectionsCheckingInterval }, mount ? mounted(mount, handler) : handler)),
  });
}

function mounted(mount: Mount, handler: RequestListener): RequestListener {
  return (request, response) => {
    if (mount.matches(request.url ?? '/')) mount.routing(request, response);
    else handler(request, response);
  };
}

function limited(server: Server): Server {
  return Object.assign(server, limits);
}

/** The Fastify instance under an adapter, with its own type. */
export function fastifyOf(adapter: FastifyAdapter): FastifyInstance {
  return adapter.getInstance<FastifyInstance>();
}
