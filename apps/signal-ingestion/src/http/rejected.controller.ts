import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { allows } from '@perennial/service-kit/access-guard';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { IsOptional, IsString, Length } from 'class-validator';
import { RejectedStore, type Rejected } from '../application/rejected-store.js';
import { maskedPayload } from '../domain/rejected-payload.js';

export class RejectedQuery extends UuidListQuery {
  @ApiPropertyOptional({ description: 'Items of this source.' })
  @IsOptional()
  @IsString()
  @Length(1, 400)
  sourceId?: string;
}

export class RejectedView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() sourceId!: string;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty() code!: string;
  @ApiProperty({ type: String, nullable: true, description: 'JSON pointer into the payload.' }) pointer!: string | null;
  @ApiProperty({ description: 'What to do about it.' }) detail!: string;
  @ApiProperty({ description: 'The item; its texts and numbers are hidden from callers without the scope operate.' }) payload!: unknown;
  @ApiProperty({ enum: ['open', 'replayed', 'expired'] }) state!: string;
}

@ApiTags('rejected')
@Controller('api/v1/rejected')
export class RejectedController {
  constructor(private readonly rejected: RejectedStore) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Items of known senders that could not be taken, newest first' })
  @ApiListResponse(RejectedView)
  async list(@Query() query: RejectedQuery, @CurrentPrincipal() principal: Principal): Promise<List<RejectedView>> {
    const rows = await this.rejected.list(query.sourceId ?? null, query.limit + 1, query.startingAfter ?? null);
    const open = allows(principal, 'operate');
    return listOf(rows.map((row) => viewOf(row, open)), query.limit);
  }
}

function viewOf(row: Rejected, open: boolean): RejectedView {
  const payload = JSON.parse(row.payload) as unknown;
  return { ...row, receivedAt: row.receivedAt.toISOString(), payload: open ? payload : maskedPayload(payload) };
}
