import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { IsString, Length } from 'class-validator';
import { AccountStore } from '../application/account-store.js';
import { RestateAccounts } from '../application/restate-accounts.js';
import { found } from './account-view.js';

export class RestateAccount {
  @ApiProperty({ minLength: 1, maxLength: 500, description: 'Told with every verdict that follows from it.' })
  @IsString()
  @Length(1, 500)
  reason!: string;
}

export class RestatementView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty({ enum: ['waiting', 'running', 'done'] }) state!: string;
  @ApiProperty() reason!: string;
}

@ApiTags('operations')
@Controller('api/v1/accounts/:id/restate')
export class RestatementsController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly restateAccounts: RestateAccounts,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Publish an account\'s signals again', description: 'Readers forget what they know of the account and learn it anew. While one is open it is answered.' })
  @ApiAcceptedResponse({ type: RestatementView })
  async restate(@Param('id') id: string, @Body() body: RestateAccount): Promise<RestatementView> {
    const { account } = found(await this.accounts.find(id));
    const { accountId, state, reason, id: restatementId } = await this.restateAccounts.ask(account.id, body.reason);
    return { id: restatementId, accountId, state, reason };
  }
}
