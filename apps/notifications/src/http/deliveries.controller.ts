import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiConflictResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { listOf, type List } from '@perennial/service-kit/list';
import { SendDeliveries } from '../application/send-deliveries.js';
import { WebhookEndpointStore, type DeliveryRow } from '../application/webhook-endpoints.js';
import { Delivery, DeliveryQuery } from './webhook-endpoint.dto.js';

@ApiTags('deliveries')
@Controller('api/v1/deliveries')
export class DeliveriesController {
  constructor(
    private readonly store: WebhookEndpointStore,
    private readonly sender: SendDeliveries,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'Deliveries, newest first' })
  @ApiListResponse(Delivery)
  async list(@Query() query: DeliveryQuery): Promise<List<Delivery>> {
    const rows = await this.store.deliveries(query.endpointId ?? null, query.limit + 1, query.startingAfter ?? null);
    return listOf(rows.map(answer), query.limit);
  }

  @Get(':id')
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'One delivery' })
  @ApiOkResponse({ type: Delivery })
  async get(@Param('id', uuidOf('delivery')) id: string): Promise<Delivery> {
    return answer(found(await this.store.delivery(id), id));
  }

  @Post(':id/replay')
  @HttpCode(202)
  @RequireScope('notifications:write')
  @ApiOperation({ summary: 'Send again, under the same message id', description: 'A delivery that is still pending is left as it is.' })
  @ApiAcceptedResponse({ type: Delivery })
  @ApiConflictResponse({ description: 'The endpoint is disabled.' })
  async replay(@Param('id', uuidOf('delivery')) id: string): Promise<Delivery> {
    const row = await this.store.replay(id, this.clock.now());
    if (row === 'endpoint-disabled') throw new ProblemException(409, 'the endpoint is disabled: enable it first', { code: 'endpoint_disabled' });
    this.sender.wake();
    return answer(found(row, id));
  }
}

function found(row: DeliveryRow | null, id: string): DeliveryRow {
  if (!row) throw new NotFoundException(`there is no delivery ${id}`);
  return row;
}

function answer(row: DeliveryRow): Delivery {
  return { ...row, nextAt: row.nextAt?.toISOString() ?? null };
}
