import { Controller, Get, Header, Logger } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import { redactedMessage } from '@perennial/messaging/redact';
import { PublicRoute, RequireScope } from '../access.js';
import { processMetrics } from '../process-metrics.js';

const logger = new Logger('Metrics');

async function scrape(): Promise<string> {
  const { text, faults } = await processMetrics().read();
  for (const fault of faults) logger.warn({ msg: 'figures are absent from a scrape', reason: redactedMessage(fault) });
  return text;
}

/** The process's metrics for Prometheus, on the service's own port; several services of one process answer the same, and are told apart by labels. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  @Get()
  @PublicRoute()
  @RouteConfig({ untraced: true })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(): Promise<string> {
    return scrape();
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
    return scrape();
  }
}
