import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { LeadingIndicators } from '../application/leading-indicators.js';
import { LeadingBookQuery, LeadingOfAccountAnswer, LeadingOfBookAnswer } from './leading-indicators.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('health')
@Controller('api/v1')
export class LeadingIndicatorsController {
  constructor(private readonly leading: LeadingIndicators) {}

  @Get('accounts/:accountId/leading-indicators')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Plan progress, usage by role, ticket trend, executive contact and stakeholder sentiment of an account', description: 'Each with its trend over 28 days. What they are made of is read as the shipped csm-led scorecard reads it.' })
  @ApiOkResponse({ type: LeadingOfAccountAnswer })
  async ofAccount(@Param('accountId') accountId: string): Promise<LeadingOfAccountAnswer> {
    const found = knownAccount(await this.leading.ofAccount(accountId), accountId);
    return { accountId, ...found };
  }

  @Get('leading-indicators')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'The same five of a book', description: 'Of all accounts, of one owner’s, of one segment: means over accounts with data, sums of contacts and tickets.' })
  @ApiOkResponse({ type: LeadingOfBookAnswer })
  async ofBook(@Query() query: LeadingBookQuery): Promise<LeadingOfBookAnswer> {
    return this.leading.ofBook(query);
  }
}
