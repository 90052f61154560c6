import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { PublicRoute, RequireScope } from '../access.js';
import { processMetrics } from '../process-metrics.js';

/** The process's metrics for Prometheus, on the service's own port; several services of one process answer the same. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  @Get()
  @PublicRoute()
  @RouteConfig({ untraced: true })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return processMetrics().read();
  }
}

/** The same at an address that everybody can reach: for those who operate the system. */
@ApiExcludeController()
@Controller('metrics')
export class GuardedMetricsController {
  @Get()
  @RequireScope('operate')
  @RouteConfig({ untraced: true })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return processMetrics().read();
  }
}
