import { Injectable } from '@nestjs/common';
import type { AccessGuard } from '@perennial/service-kit/access-guard';
import type { FastifyInstance } from 'fastify';
import { HooksRoute } from './hooks/hooks-route.js';
import { SettingsRoute } from './settings-route.js';
import { SignalsRoute } from './signals-route.js';
import { VendorRoutes } from './vendor-routes.js';

/** Everything the edge answers, put on Fastify itself: no pipes, guards or parsers of Nest on the hot path. */
@Injectable()
export class Edge {
  constructor(
    private readonly vendorRoutes: VendorRoutes,
    private readonly signalsRoute: SignalsRoute,
    private readonly settingsRoute: SettingsRoute,
    private readonly hooksRoute: HooksRoute,
  ) {}

  register(fastify: FastifyInstance, guard: AccessGuard): void {
    this.vendorRoutes.register(fastify);
    this.signalsRoute.register(fastify, guard);
    this.settingsRoute.register(fastify);
    this.hooksRoute.register(fastify);
  }
}
