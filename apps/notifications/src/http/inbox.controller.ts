import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { allows } from '@perennial/service-kit/access-guard';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { Inbox } from '../application/inbox.js';

export class InboxItemAnswer {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['risk_changed', 'source_stale', 'source_quiet', 'import_question', 'webhook_disabled', 'scorecard_changed'] }) kind!: string;
  @ApiProperty({ type: String, nullable: true }) accountId!: string | null;
  @ApiProperty() title!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) readAt!: string | null;
}

@ApiTags('inbox')
@Controller('api/v1/inbox')
export class InboxController {
  constructor(
    private readonly inbox: Inbox,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'What is addressed to the caller or the caller’s role, newest first' })
  @ApiListResponse(InboxItemAnswer)
  async list(@CurrentPrincipal() principal: Principal, @Query() query: UuidListQuery): Promise<List<InboxItemAnswer>> {
    const items = await this.inbox.list(audiencesOf(principal), query.limit + 1, query.startingAfter ?? null);
    return listOf(
      items.map((item) => ({ id: item.id, kind: item.kind, accountId: item.accountId, title: item.title, createdAt: item.createdAt.toISOString(), readAt: item.readAt?.toISOString() ?? null })),
      query.limit,
    );
  }

  @Post(':id/read')
  @HttpCode(204)
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'Mark an item as read' })
  @ApiNoContentResponse()
  async read(@CurrentPrincipal() principal: Principal, @Param('id', uuidOf('inbox item')) id: string): Promise<void> {
    if (!(await this.inbox.markRead(audiencesOf(principal), id, this.clock.now()))) throw new NotFoundException(`there is no inbox item ${id} for you`);
  }
}

/** Operators' items go to whoever may operate, managers' to managers, the rest to its owner. */
function audiencesOf(principal: Principal): string[] {
  return [
    `user:${principal.sub}`,
    ...(allows(principal, 'operate') ? ['role:operator'] : []),
    ...(principal.role === 'manager' || allows(principal, 'admin') ? ['role:manager'] : []),
  ];
}
