import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, type List } from '@perennial/service-kit/list';
import { PublishedRenewalsReader, type RenewalCursor } from '../application/published-renewals-reader.js';
import { RenewalQuery, RenewalResponse } from './renewal.dto.js';

@ApiTags('renewals')
@Controller('api/v1/renewals')
export class RenewalsController {
  constructor(private readonly renewals: PublishedRenewalsReader) {}

  @Get()
  @RequireScope('renewals:read')
  @ApiOperation({ summary: 'Renewals, by date, then id', description: 'Stored verdicts: what was last published of each account.' })
  @ApiListResponse(RenewalResponse)
  async list(@Query() query: RenewalQuery): Promise<List<RenewalResponse>> {
    const { accountId = null, renewalFrom = null, renewalTo = null, state = null, startingAfter, limit } = query;
    const after = startingAfter === undefined ? null : cursorOf(startingAfter);
    return listOf(await this.renewals.list({ accountId, renewalFrom, renewalTo, state }, after, limit + 1), limit);
  }

  @Get(':id')
  @RequireScope('renewals:read')
  @ApiOperation({ summary: 'One renewal' })
  @ApiOkResponse({ type: RenewalResponse })
  async get(@Param('id') id: string): Promise<RenewalResponse> {
    const renewal = await this.renewals.get(id);
    if (!renewal) throw new NotFoundException(`there is no renewal ${id}`);
    return renewal;
  }
}

/** The date of a renewal stands in its id. */
function cursorOf(id: string): RenewalCursor {
  const renewalOn = /~(\d{4}-\d{2}-\d{2})$/.exec(id)?.[1];
  if (renewalOn === undefined || Number.isNaN(Date.parse(renewalOn))) {
    throw new ProblemException(400, 'the page cannot be found: see errors', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be the id of a renewal' }] });
  }
  return { renewalOn, id };
}
