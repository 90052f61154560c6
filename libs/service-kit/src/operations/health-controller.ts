import { Controller, Get, Inject } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { PublicRoute } from '../access.js';
import { ProblemException } from '../http/problem.js';
import { Readiness } from './readiness.js';

/** Probes: alive = the process answers; ready = it can do its work. */
@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  @Get('live')
  @PublicRoute()
  @RouteConfig({ untraced: true })
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('ready')
  @PublicRoute()
  @RouteConfig({ untraced: true })
  async ready(): Promise<{ status: string }> {
    const missing = await this.readiness.missing();
    if (missing.length > 0) throw new ProblemException(503, `not ready: ${missing.join(', ')}`, { code: 'not_ready', retryAfterSeconds: 1 });
    return { status: 'ready' };
  }
}
