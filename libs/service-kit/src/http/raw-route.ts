import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import type { Scope } from '../access.js';
import type { RawOperation } from '../openapi.js';
import { declaredAccess, type Access, type AccessGuard } from '../access-guard.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call a route that was added to Fastify directly; a Nest route says it with decorators. */
    access?: 'public' | Scope;
    /** The body is handed over as a Buffer, whatever its type. */
    rawBody?: boolean;
    /** The body is handed over as a stream, whatever its type and size; the route bounds what it reads. */
    streamBody?: boolean;
    /** Body limit of this route in bytes. */
    maxBodyBytes?: number;
    /** OpenAPI operation of a raw route; without one it stays out of the document. */
    operation?: RawOperation['operation'];
    /** Requests of this route are not counted and traced (probes). */
    untraced?: boolean;
    /** It only says that a path is served by other methods, so it is no route of the table. */
    refusesMethods?: boolean;
  }
}

/** One route of a service, for the test that tries them all. */
export interface TableRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
  readonly operation?: RawOperation['operation'] | undefined;
}

const NEST_PATH = 'path';

function isNestRoute(route: RouteOptions): boolean {
  return Reflect.hasMetadata(NEST_PATH, route.handler);
}

function accessOfConfig(config: RouteOptions['config']): Access {
  if (config?.access === undefined) return { kind: 'undeclared' };
  return config.access === 'public' ? { kind: 'public' } : { kind: 'scope', scope: config.access };
}

/**
 * Default deny for routes that plugins and services add to Fastify directly: one that declares no access
 * in its `config` fails the start; one with a scope is guarded like any other. Nest's own routes are
 * guarded by the global guard. Returns the table of all routes, filled while they are added.
 */
export function guardRawRoutes(fastify: FastifyInstance, guard: AccessGuard): TableRoute[] {
  const table: TableRoute[] = [];
  const raw: RouteOptions[] = [];
  fastify.addHook('onRoute', (route) => {
    if (route.config?.maxBodyBytes !== undefined) route.bodyLimit = route.config.maxBodyBytes;
    const nest = isNestRoute(route);
    if (!nest) raw.push(route);
    if (route.config?.refusesMethods) return;
    for (const method of [route.method].flat()) {
      // Nest copies a method's decorators to the handler; a controller's are not there, the guard reads both.
      table.push({ method, url: route.url, access: nest ? declaredAccess(route.handler, Object) : accessOfConfig(route.config), operation: route.config?.operation });
    }
  });
  fastify.addHook('onReady', async () => {
    const open = raw.filter((route) => accessOfConfig(route.config).kind === 'undeclared').map((route) => `${String(route.method)} ${route.url}`);
    if (open.length > 0) throw new Error(`routes without declared access: ${open.join(', ')}; set config.access`);
  });
  fastify.addHook('onRequest', async (request: FastifyRequest) => {
    const scope = request.routeOptions.config.access;
    if (scope !== undefined && scope !== 'public') await guard.check(request, { kind: 'scope', scope });
  });
  return table;
}
