import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { signalKinds } from '@perennial/contracts/signal';
import { RequireScope } from '@perennial/service-kit/access';
import { listOf } from '@perennial/service-kit/list';
import { HealthQueries } from '../application/health-queries.js';
import { UnusedSignalQueries } from '../application/unused-signals.js';
import { unusedReasons } from '../domain/facts/unused.js';
import { knownAccount } from './known-account.js';

export class UnusedSignalsAnswer {
  @ApiProperty({ enum: signalKinds }) kind!: string;
  @ApiProperty({ enum: Object.keys(unusedReasons) }) reason!: string;
  @ApiProperty({ description: 'The reason in words.' }) text!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ description: 'The newest of them.' }) lastSignalId!: string;
  @ApiProperty({ format: 'date-time' }) lastAt!: string;
}

export class UnusedSignalsList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [UnusedSignalsAnswer] }) data!: UnusedSignalsAnswer[];
  @ApiProperty() hasMore!: boolean;
}

@ApiTags('health')
@Controller('api/v1/accounts/:accountId/unused-signals')
export class UnusedSignalsController {
  constructor(
    private readonly health: HealthQueries,
    private readonly unused: UnusedSignalQueries,
  ) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Signals that were taken and that nothing judges by', description: 'Counted by kind and reason, most first.' })
  @ApiOkResponse({ type: UnusedSignalsList })
  async list(@Param('accountId') accountId: string): Promise<UnusedSignalsList> {
    knownAccount(await this.health.health(accountId), accountId);
    const rows = await this.unused.list(accountId);
    return listOf(rows.map(({ lastAt, ...row }) => ({ ...row, text: unusedReasons[row.reason], lastAt: lastAt.toISOString() })), rows.length);
  }
}
