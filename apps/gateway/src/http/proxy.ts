import httpProxy from '@fastify/http-proxy';
import { context, propagation } from '@opentelemetry/api';
import { bearerToken, notSignedIn } from '@perennial/service-kit/access-guard';
import { ProblemException, nothingHere } from '@perennial/service-kit/http/problem';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import type { AuthenticateCaller } from '../application/authenticate.js';
import type { IdentityTokens } from '../application/identity-tokens.js';
import { lookupOf } from '../domain/api-key.js';
import { apiPrefix, routeOf, type Backend, type Route } from '../domain/routing-table.js';
import { vendorAddresses } from '../domain/vendor-addresses.js';
import { bodyPassage } from './body-passage.js';

export interface ProxyParts {
  readonly backendUrls: Readonly<Record<Backend, string>>;
  readonly callers: AuthenticateCaller;
  readonly tokens: IdentityTokens;
}

/** Where a request goes and how it is signed; decided once, before it is sent. */
interface Destination extends Route {
  /** Null: the caller's own header goes on (a write key, which the edge checks). */
  readonly identityToken: string | null;
}

/** Headers that are the gateway's business alone, or ask a service to take a call for another. */
const ownHeaders = ['cookie', 'authorization', 'x-csrf-token', 'x-http-method', 'x-http-method-override', 'x-method-override', 'x-original-url', 'x-rewrite-url', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

/** A service has this long to begin its answer, and between two parts of it (a live stream says something every 20 s). */
const timeouts = { headersTimeout: 60_000, bodyTimeout: 65_000 };

/** What the largest call may hold: a batch of signals of POST /api/v1/signals. */
const maxBodyBytes = 4 * 1024 * 1024;

/** Forwards `/api/v1/...` by the routing table with an identity token, and what vendors' clients send untouched to the edge. */
export function registerProxy(fastify: FastifyInstance, parts: ProxyParts): void {
  const destinations = new WeakMap<FastifyRequest, Destination>();
  const streams = new Set<Readable>();
  fastify.addHook('preClose', (done) => {
    // Live streams never end by themselves: their readers come back to another replica.
    for (const stream of streams) stream.destroy();
    done();
  });

  const shared = {
    undici: { ...timeouts, connections: 128, pipelining: 1 },
    destroyAgent: true,
    disableRequestLogging: true,
    config: { access: 'public' as const },
  };
  const replyOptions = {
    retryDelay: () => null as never,
    onError: (reply: FastifyReply, { error }: { error: Error }) => void reply.send(error.cause instanceof ProblemException ? error.cause : unavailable(error)),
    onResponse: (_request: unknown, reply: FastifyReply, response: unknown) => {
      const { stream } = response as { stream: Readable };
      if (reply.raw.destroyed) {
        // Nobody waits for the answer any more: no fault of anybody here.
        stream.destroy();
        return void reply.hijack();
      }
      // Closed on what is left of a body, the connection would take the answer away with it; the passage reads the rest.
      reply.removeHeader('connection');
      if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) {
        streams.add(stream);
        stream.once('close', () => streams.delete(stream));
      }
      void reply.send(stream);
    },
  };

  void fastify.register(async (api) => {
    api.removeAllContentTypeParsers();
    await api.register(httpProxy, {
      ...shared,
      prefix: apiPrefix,
      rewritePrefix: apiPrefix,
      upstream: '',
      preHandler: (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
        const most = routeOf(pathOf(request))?.files ? Infinity : maxBodyBytes;
        if (Number(request.headers['content-length'] ?? 0) > most) return done(tooLarge());
        destinationOf(request, parts).then((destination) => {
          destinations.set(request, destination);
          letPass(request, most);
          done();
        }, done);
      },
      replyOptions: {
        ...replyOptions,
        getUpstream: (request) => parts.backendUrls[known(destinations, request as FastifyRequest).backend],
        rewriteRequestHeaders: (request, headers) => forwardedHeaders(request as FastifyRequest, headers, known(destinations, request as FastifyRequest).identityToken),
      },
      handler: (request: FastifyRequest, reply: FastifyReply, _path: string, options: object) => reply.from(known(destinations, request).path, options),
    } as Parameters<typeof httpProxy>[1]);
  });

  void fastify.register(async (vendors) => {
    vendors.removeAllContentTypeParsers();
    const preHandler = (request: FastifyRequest, _reply: FastifyReply, done: () => void) => {
      // How much a vendor's call may hold is the edge's business.
      letPass(request, Infinity);
      done();
    };
    const forwarding = { ...shared, upstream: parts.backendUrls['signal-ingestion'], preHandler, replyOptions: { ...replyOptions, rewriteRequestHeaders: (_request: unknown, headers: HeaderMap) => traced(headers) } };
    for (const prefix of vendorAddresses) await vendors.register(httpProxy, { ...forwarding, prefix, rewritePrefix: prefix } as Parameters<typeof httpProxy>[1]);
  });
}

const pathOf = (request: FastifyRequest): string => request.raw.url?.split('?', 1)[0] ?? '';

async function destinationOf(request: FastifyRequest, { callers, tokens }: ProxyParts): Promise<Destination> {
  const route = routeOf(pathOf(request));
  if (!route) throw nothingHere();
  const principal = await callers.authenticate(request);
  if (principal) return { ...route, identityToken: await tokens.of(principal, route.backend) };
  if (route.writeKeys && mayBeWriteKey(request.headers.authorization)) return { ...route, identityToken: null };
  throw notSignedIn(request);
}

/** Credentials that are no API key of ours: the edge knows the write keys. */
function mayBeWriteKey(authorization: string | undefined): boolean {
  if (authorization === undefined) return false;
  const token = bearerToken(authorization);
  return token === null || lookupOf(token) === null;
}

function known(destinations: WeakMap<FastifyRequest, Destination>, request: FastifyRequest): Destination {
  const destination = destinations.get(request);
  if (!destination) throw new Error('a request reached the proxy without a destination');
  return destination;
}

type HeaderMap = Record<string, string | string[] | undefined>;

function forwardedHeaders(request: FastifyRequest, headers: HeaderMap, identityToken: string | null): HeaderMap {
  const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.includes(name)));
  const authorization = identityToken === null ? request.headers.authorization : `Bearer ${identityToken}`;
  return { ...traced(passed), ...(authorization === undefined ? {} : { authorization }), 'x-forwarded-for': request.ip, 'x-forwarded-host': request.host, 'x-forwarded-proto': request.protocol };
}

/** The service's span becomes a child of ours. `expect` was answered by the gateway, and its client sends none on. */
function traced({ expect: _, ...headers }: HeaderMap): HeaderMap {
  const carrier: HeaderMap = { ...headers };
  propagation.inject(context.active(), carrier);
  return carrier;
}

const tooLarge = () => new ProblemException(413, 'the body is larger than 4 MiB: send it in parts', { code: 'too_large' });

function letPass(request: FastifyRequest, maxBytes: number): void {
  if (request.body instanceof Readable) request.body = bodyPassage(request.body, maxBytes, tooLarge);
}

function unavailable(error: Error): ProblemException {
  const late = error.name === 'FST_REPLY_FROM_TIMEOUT' || (error as { statusCode?: number }).statusCode === 504;
  return late ? new ProblemException(504, 'the service did not answer in time', { code: 'backend_timeout' }) : new ProblemException(503, 'the service behind this address is away: try again', { code: 'backend_away', retryAfterSeconds: 1 });
}

