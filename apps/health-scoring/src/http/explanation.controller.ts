import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf } from '@perennial/service-kit/list';
import { ExplainHealth } from '../application/explain-health.js';
import { ExplanationAnswer, ExplanationQuery, WeeklyLightList, WeeklyQuery } from './explanation.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('health')
@Controller('api/v1/accounts/:accountId/health')
export class ExplanationController {
  constructor(private readonly explainHealth: ExplainHealth) {}

  @Get('explanation')
  @RequireScope('health:read')
  @ApiOperation({
    summary: 'What holds the score, what would bring the next band, and what changed since a day',
    description: 'Of the verdict that `health` answers. The parts of a change sum to it exactly, whatever changed: measures, the scorecard, caps, an override.',
  })
  @ApiOkResponse({ type: ExplanationAnswer })
  async explanation(@Param('accountId') accountId: string, @Query() { since }: ExplanationQuery): Promise<ExplanationAnswer> {
    const explanation = knownAccount(await this.explainHealth.explain(accountId, since ?? null), accountId);
    if (!('refused' in explanation)) return explanation;
    throw new ProblemException(400, explanation.detail, { code: explanation.refused, errors: [{ pointer: '?since', detail: explanation.detail }] });
  }

  @Get('weekly')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'A traffic light for each Monday by three measures, oldest first', description: 'Which three is the setting WEEKLY_MEASURES. Mondays before anything was known are left out.' })
  @ApiOkResponse({ type: WeeklyLightList })
  async weekly(@Param('accountId') accountId: string, @Query() { weeks }: WeeklyQuery): Promise<WeeklyLightList> {
    return listOf(knownAccount(await this.explainHealth.weekly(accountId, weeks), accountId), weeks);
  }
}
