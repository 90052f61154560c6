import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf } from '@perennial/service-kit/list';
import { HealthQueries } from '../application/health-queries.js';
import { AccountRowList, PortfolioQuery } from './account-row.dto.js';

@ApiTags('portfolio')
@Controller('api/v1/accounts')
export class PortfolioController {
  constructor(private readonly queries: HealthQueries) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'The book, worst first', description: 'Ordered by risk level (red, amber, unknown, green), then ARR descending, then id. Merged accounts are not listed.' })
  @ApiOkResponse({ type: AccountRowList })
  async list(@Query() query: PortfolioQuery): Promise<AccountRowList> {
    const { limit, startingAfter, ...filter } = query;
    const rows = await this.queries.portfolio(filter, limit + 1, startingAfter ?? null);
    if (rows === null) throw new ProblemException(400, `there is no account ${startingAfter} to go on from`, { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be the id of an account' }] });
    return listOf(rows, limit);
  }
}
