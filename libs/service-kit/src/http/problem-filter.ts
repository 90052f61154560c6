import { Catch, HttpException, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { redactText } from '@perennial/messaging/redact';
import { Transient } from '@perennial/persistence/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { inTraceOf, traceIdOf } from '../trace.js';
import { ProblemException, nothingHere, problemContentType, problemOf, type Problem } from './problem.js';

/** Turns every error of a request into problem details; what is unknown becomes 500 and tells nothing. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** `problemOf`: how errors are answered that a service alone knows. */
  constructor(
    private readonly logger: Logger,
    private readonly problemOf: (error: unknown) => ProblemException | null = () => null,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Answers outside of Nest's routes too (parsers, plugins). */
  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const { status, detail, code, errors, retryAfterSeconds } = describe(error instanceof NotFoundException && request.is404 ? nothingHere() : (this.problemOf(error) ?? error));
    if (status >= 500) inTraceOf(request, () => this.log(error, status, request));
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    const problem = problemOf(status, {
      ...(detail === undefined ? {} : { detail }),
      instance: request.url.split('?', 1)[0] ?? '/',
      traceId: traceIdOf(request),
      ...(code === undefined ? {} : { code }),
      ...(errors === undefined ? {} : { errors }),
    });
    if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
    // Fastify would close the connection on a body that is too large, and what is on its way then takes the answer away with it.
    if (!request.raw.complete) void reply.removeHeader('connection');
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).header('content-type', problemContentType).send(JSON.stringify(problem));
  }

  private log(error: unknown, status: number, request: FastifyRequest): void {
    const where = { method: request.method, route: request.routeOptions?.url };
    if (status === 503 || status === 504) this.logger.warn({ ...where, reason: error instanceof Error ? redactText(error.message) : undefined }, 'not available');
    else this.logger.error({ ...where, err: error }, 'request failed');
  }
}

interface Described {
  status: number;
  detail?: string | undefined;
  code?: string | undefined;
  errors?: Problem['errors'];
  retryAfterSeconds?: number | undefined;
}

function describe(error: unknown): Described {
  if (error instanceof ProblemException) return { status: error.getStatus(), detail: error.message, ...error.extra };
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return { status, detail: status >= 500 ? undefined : error.message, ...(status === 503 ? { retryAfterSeconds: 1 } : {}) };
  }
  if (error instanceof Transient) return { status: 503, detail: 'a part this needs is away: try again', retryAfterSeconds: 1 };
  const status = statusOfFastifyError(error);
  if (status !== null) return { status, detail: (error as Error).message };
  return { status: 500, detail: 'something went wrong on our side; the trace id helps to find it' };
}

/** Fastify's own refusals (body too large, unknown media type, bad address) carry a 4xx status. */
function statusOfFastifyError(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return null;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : null;
}
