import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { PastDays } from '../application/past-days.js';
import { parseDay, type EpochDay } from '../domain/time/day.js';
import { PastDayQuery, PastDayView, pastDayViewOf } from './past-day.dto.js';

@ApiTags('health')
@Controller('api/v1/accounts/:accountId/health/history')
export class PastDaysController {
  constructor(private readonly pastDays: PastDays) {}

  @Get(':day')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'A past day in full, as it was known then or is known now', description: 'Judged anew from what the last look of the day knew, by the revision that judged it or any other. Words and evidence are not kept.' })
  @ApiOkResponse({ type: PastDayView })
  async day(@Param('accountId') accountId: string, @Param('day') text: string, @Query() { scorecardId, revision, known }: PastDayQuery): Promise<PastDayView> {
    if ((scorecardId === undefined) !== (revision === undefined)) throw fault(scorecardId === undefined ? '?scorecardId' : '?revision', 'scorecardId and revision go together');
    const day = dayIn(text);
    const by = scorecardId === undefined || revision === undefined ? null : { id: scorecardId, revision };
    const past = day === null ? null : await this.pastDays.dayOf(accountId, day, by, known);
    if (past === null) throw new NotFoundException(`nothing is kept of ${accountId} on ${text}: it was not looked at, or readings are no longer kept; its score may stand in the history`);
    if (past === 'unknown') throw new NotFoundException(`there is no revision ${revision} of a scorecard ${scorecardId}`);
    return pastDayViewOf(accountId, past);
  }
}

/** Null for what is no day of the calendar. */
function dayIn(text: string): EpochDay | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return parseDay(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const fault = (pointer: string, detail: string): ProblemException => new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });
