import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AccessGuard } from '../access-guard.js';
import { ProblemException, nothingHere } from './problem.js';
import type { TableRoute } from './raw-route.js';

const allMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers 405 where a path is served by other methods, and names them in `Allow`. To callers who are not known these
 * are the public ones; where there are none, nothing is told that an unknown path would not tell. Call it when
 * `table` is complete.
 */
export function refuseOtherMethods(fastify: FastifyInstance, table: readonly TableRoute[], guard: AccessGuard): void {
  for (const routes of Map.groupBy(table, ({ url }) => url.replaceAll(/:\w+/g, ':')).values()) {
    const served = new Set(routes.map(({ method }) => method));
    const others = allMethods.filter((method) => !served.has(method));
    if (others.length === 0) continue;
    const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<never> => {
      const known = (await guard.callerOf(request)) !== null;
      const allowed = routes.filter(({ access }) => known || access.kind === 'public').map(({ method }) => method);
      if (allowed.length === 0) throw nothingHere();
      void reply.header('allow', [...new Set(allowed)].sort().join(', '));
      throw new ProblemException(405, `${request.method} is nothing that can be done here: see the header Allow`);
    };
    // Before a body is read.
    fastify.route({ method: others, url: routes[0]!.url, config: { access: 'public', refusesMethods: true }, onRequest: refuse, handler: refuse });
  }
}
