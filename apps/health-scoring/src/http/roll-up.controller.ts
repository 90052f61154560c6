import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { AccountTrees } from '../application/account-trees.js';
import { RollUpAnswer, RollUpQuery } from './roll-up.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('health')
@Controller('api/v1/accounts/:accountId/roll-up')
export class RollUpController {
  constructor(private readonly trees: AccountTrees) {}

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'The account with all accounts below it', description: 'One score by choice, the worst below it, and what the account’s contract is used for. The account’s own score stays its own.' })
  @ApiOkResponse({ type: RollUpAnswer })
  async rollUp(@Param('accountId') accountId: string, @Query() { by }: RollUpQuery): Promise<RollUpAnswer> {
    const found = knownAccount(await this.trees.of(accountId, by), accountId);
    return { accountId, by, ...found };
  }
}
