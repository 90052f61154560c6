import { Body, Controller, Delete, Get, HttpCode, Inject, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { CONFIG } from '@perennial/service-kit/service';
import { RegisterWebhookEndpoint, WebhookEndpointStore, type EndpointRow } from '../application/webhook-endpoints.js';
import type { NotificationsConfig } from '../config.js';
import { urlRefusal } from '../domain/target-address.js';
import { CreatedWebhookEndpoint, CreateWebhookEndpoint, eventTypes, WebhookEndpoint } from './webhook-endpoint.dto.js';

@ApiTags('webhook endpoints')
@Controller('api/v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly database: Database,
    private readonly endpoints: WebhookEndpointStore,
    private readonly registration: RegisterWebhookEndpoint,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: NotificationsConfig,
  ) {}

  @Post()
  @RequireScope('notifications:write')
  @ApiOperation({ summary: 'Register a receiver', description: 'Deliveries follow Standard Webhooks: verify them with any of its libraries and the secret answered here.' })
  @ApiCreatedResponse({ type: CreatedWebhookEndpoint })
  async create(@Body() body: CreateWebhookEndpoint, @Idempotent() call: IdempotentCall | null): Promise<CreatedWebhookEndpoint> {
    const refusal = urlRefusal(body.url, this.config.allowPrivateWebhooks);
    if (refusal) throw new ProblemException(400, 'the endpoint cannot be registered: see errors', { code: 'invalid', errors: [{ pointer: '/url', detail: refusal }] });
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const created = await this.registration.register(tx, body.url, body.eventTypes ?? eventTypes, this.clock.now());
        return { ...answer(created), secret: created.secret };
      }),
    );
  }

  @Get()
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'Receivers, newest first' })
  @ApiListResponse(WebhookEndpoint)
  async list(@Query() query: UuidListQuery): Promise<List<WebhookEndpoint>> {
    const rows = await this.endpoints.list(query.limit + 1, query.startingAfter ?? null);
    return listOf(rows.map(answer), query.limit);
  }

  @Get(':id')
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'One receiver' })
  @ApiOkResponse({ type: WebhookEndpoint })
  async get(@Param('id', uuidOf('webhook endpoint')) id: string): Promise<WebhookEndpoint> {
    return answer(found(await this.endpoints.get(id), id));
  }

  @Post(':id/enable')
  @HttpCode(200)
  @RequireScope('notifications:write')
  @ApiOperation({ summary: 'Switch a disabled receiver on again', description: 'What it missed is kept: replay the deliveries that matter.' })
  @ApiOkResponse({ type: WebhookEndpoint })
  async enable(@Param('id', uuidOf('webhook endpoint')) id: string): Promise<WebhookEndpoint> {
    return answer(found(await this.endpoints.enable(id), id));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('notifications:write')
  @ApiOperation({ summary: 'Remove a receiver' })
  @ApiNoContentResponse()
  async delete(@Param('id', uuidOf('webhook endpoint')) id: string): Promise<void> {
    if (!(await this.endpoints.delete(id))) found(null, id);
  }
}

function found(row: EndpointRow | null, id: string): EndpointRow {
  if (!row) throw new NotFoundException(`there is no webhook endpoint ${id}`);
  return row;
}

function answer(row: EndpointRow): WebhookEndpoint {
  return { id: row.id, url: row.url, eventTypes: [...row.eventTypes], state: row.state, disabledReason: row.disabledReason, createdAt: row.createdAt.toISOString() };
}
