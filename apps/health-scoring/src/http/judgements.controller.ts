import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HealthState } from '@perennial/contracts/health';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { listOf, UuidListQuery } from '@perennial/service-kit/list';
import { HealthQueries } from '../application/health-queries.js';
import { JudgementQueries, type JudgementEntry } from '../application/judgement-queries.js';
import { StateQueries } from '../application/state-queries.js';
import { strikeLedgerOf, type StrikeLedger } from '../domain/verdict/strike-ledger.js';
import { JudgementAnswer, JudgementList, OverrideScoreList, strikeLedgerSchema } from './judgements.dto.js';
import { knownAccount } from './known-account.js';

@ApiTags('judgements')
@Controller('api/v1')
export class JudgementsController {
  constructor(
    private readonly health: HealthQueries,
    private readonly judgements: JudgementQueries,
    private readonly states: StateQueries,
  ) {}

  @Get('accounts/:accountId/judgements')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'What people judged, newest first', description: 'Overrides beside what was computed, and who was nearer once a term ended; words on indicators.' })
  @ApiOkResponse({ type: JudgementList })
  async list(@Param('accountId') accountId: string, @Query() query: UuidListQuery): Promise<JudgementList> {
    await this.known(accountId);
    const rows = await this.judgements.list(accountId, query.limit + 1, query.startingAfter ?? null);
    if (rows === null) throw new ProblemException(400, 'there is no such judgement to go on from', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be the id of a judgement of the account' }] });
    return listOf(rows.map(answerOf), query.limit);
  }

  @Get('judgements/overrides')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'How right overrides were', description: 'Of all accounts: everybody’s first, then by person.' })
  @ApiOkResponse({ type: OverrideScoreList })
  async overrideScores(): Promise<OverrideScoreList> {
    const rows = await this.judgements.overrideScores();
    return listOf(rows, rows.length);
  }

  @Get('accounts/:accountId/strikes')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Why the account has as many strikes as it has', description: 'Groups that count, groups folded together because they share their evidence, and save-plan reviews.' })
  @ApiOkResponse({ schema: strikeLedgerSchema })
  async strikes(@Param('accountId') accountId: string): Promise<StrikeLedger> {
    const { indicators, strikes } = await this.known(accountId);
    return strikeLedgerOf(indicators, strikes, (await this.states.read(accountId))?.reviews ?? []);
  }

  private async known(accountId: string): Promise<HealthState> {
    return knownAccount(await this.health.health(accountId), accountId);
  }
}

const answerOf = ({ until, at, ...rest }: JudgementEntry): JudgementAnswer => ({ ...rest, until: until?.toISOString() ?? null, at: at.toISOString() });
