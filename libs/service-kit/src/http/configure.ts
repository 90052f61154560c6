import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { AccessGuard } from '../access-guard.js';
import { openApiDocument } from '../openapi.js';
import type { ServiceDefinition } from '../service.js';
import { refuseNul } from './address.js';
import { registerBodyParsers } from './body-parsers.js';
import { ProblemFilter } from './problem-filter.js';
import { guardRawRoutes, type TableRoute } from './raw-route.js';
import { traceRequests } from './request-trace.js';
import { RequestValidation } from './validation.js';

/**
 * Gives an app (made with `bodyParser: false`) the rules that all services share over HTTP; returns its
 * route table. Nest sends errors of parsers and unknown addresses through the same filter.
 */
export function configureHttp(app: NestFastifyApplication, service: string, guard: AccessGuard, logger: Logger, problemOf?: ServiceDefinition['problemOf']): TableRoute[] {
  const fastify = app.getHttpAdapter().getInstance();
  const table = guardRawRoutes(fastify, guard);
  traceRequests(fastify, service);
  refuseNul(fastify);
  registerBodyParsers(fastify);
  app.useGlobalGuards(guard);
  app.useGlobalPipes(new RequestValidation());
  app.useGlobalFilters(new ProblemFilter(logger, problemOf));
  let document: string | undefined;
  fastify.get('/internal/openapi.json', { config: { access: 'public' } }, (_request, reply) => reply.type('application/json').send((document ??= JSON.stringify(openApiDocument(app, service, table)))));
  return table;
}
