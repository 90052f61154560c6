import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, ParseEnumPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { HealthState, Indicator } from '@perennial/contracts/health';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, type List } from '@perennial/service-kit/list';
import { HealthQueries } from '../application/health-queries.js';
import { JudgeAccounts } from '../application/judge-accounts.js';
import type { Judgement } from '../domain/judgements.js';
import { CreateJudgement, CreateOverride, HealthDayList, HistoryQuery, judgementActions, OverrideAnswer } from './health.dto.js';
import { knownAccount } from './known-account.js';

type Action = (typeof judgementActions)[number];
const actions = Object.fromEntries(judgementActions.map((action) => [action, action]));

@ApiTags('health')
@Controller('api/v1/accounts/:accountId')
export class AccountHealthController {
  constructor(
    private readonly database: Database,
    private readonly queries: HealthQueries,
    private readonly judgeAccounts: JudgeAccounts,
  ) {}

  @Get('health')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'The account’s health with everything behind it', description: '50 plus the contributions plus the adjustments is the health score, exactly.' })
  @ApiOkResponse({ schema: HealthState })
  async health(@Param('accountId') accountId: string): Promise<HealthState> {
    return knownAccount(await this.queries.health(accountId), accountId);
  }

  @Get('health/history')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'One row per UTC day, oldest first', description: 'As the last look of the day saw it; with `known=now` also by the signals that came for it later, up to 14 days.' })
  @ApiOkResponse({ type: HealthDayList })
  async history(@Param('accountId') accountId: string, @Query() query: HistoryQuery): Promise<HealthDayList> {
    knownAccount(await this.queries.health(accountId), accountId);
    const { from = null, to = null, startingAfter = null, limit } = query;
    const days = query.known === 'now' ? await this.queries.historyNow(accountId, from, to, limit + 1, startingAfter) : await this.queries.history(accountId, from, to, limit + 1, startingAfter);
    return listOf(days, limit);
  }

  @Get('indicators')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'What is active now, with its evidence' })
  @ApiOkResponse({
    schema: {
      type: 'object',
      required: ['object', 'data', 'hasMore'],
      properties: { object: { type: 'string', enum: ['list'] }, data: { type: 'array', items: Indicator }, hasMore: { type: 'boolean' } },
    },
  })
  async indicators(@Param('accountId') accountId: string): Promise<List<Indicator>> {
    const { indicators } = knownAccount(await this.queries.health(accountId), accountId);
    return listOf(indicators, indicators.length);
  }

  @Post('overrides')
  @RequireScope('health:write')
  @ApiOperation({ summary: 'Put a score in place of the computed one, until a day', description: 'Both values stay visible. It cannot lift a score that a cap holds below 40.' })
  @ApiCreatedResponse({ type: OverrideAnswer })
  async override(@Param('accountId') accountId: string, @Body() body: CreateOverride, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<OverrideAnswer> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const outcome = knownAccount(await this.judgeAccounts.override(tx, accountId, { healthScore: body.healthScore, reason: body.reason, expiresAt: Date.parse(body.expiresAt), by: principal.sub }), accountId);
        if ('refused' in outcome) throw refusal(outcome.refused, outcome.detail, overridePointers[outcome.refused]);
        return { ...outcome.set, accountId, expiresAt: new Date(outcome.set.expiresAt).toISOString() };
      }),
    );
  }

  @Delete('overrides/:overrideId')
  @HttpCode(204)
  @RequireScope('health:write')
  @ApiOperation({ summary: 'Take an override back', description: 'The computed score returns at once.' })
  @ApiNoContentResponse()
  async withdraw(@Param('accountId') accountId: string, @Param('overrideId') overrideId: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    const outcome = await this.database.transaction((tx) => this.judgeAccounts.withdraw(tx, accountId, overrideId, principal.sub));
    if (outcome !== 'withdrawn') throw new NotFoundException(`there is no override ${overrideId} in force on ${accountId}`);
  }

  @Post('indicators/:indicatorId/:action')
  @HttpCode(200)
  @RequireScope('health:write')
  @ApiOperation({ summary: 'A person’s word on an active indicator', description: 'confirm: it is true. accept: the new level is the normal one. dismiss and snooze: not before `until`.' })
  @ApiParam({ name: 'action', enum: judgementActions })
  @ApiOkResponse({ schema: HealthState, description: 'The health with the judgement taken into account.' })
  async judge(
    @Param('accountId') accountId: string,
    @Param('indicatorId') indicatorId: string,
    @Param('action', new ParseEnumPipe(actions, { exceptionFactory: () => new NotFoundException(`an indicator can be judged by ${judgementActions.join(', ')}`) })) action: Action,
    @Body() body: CreateJudgement,
    @CurrentPrincipal() principal: Principal,
    @Idempotent() call: IdempotentCall | null,
  ): Promise<HealthState> {
    const judgement = judgementOf(action, body);
    await this.database.transaction((tx) =>
      once(tx, call, async () => {
        const outcome = knownAccount(await this.judgeAccounts.judge(tx, accountId, indicatorId, judgement, principal.sub), accountId);
        if (!('refused' in outcome)) return;
        if (outcome.refused === 'unknown_indicator') throw new NotFoundException(outcome.detail);
        throw refusal(outcome.refused, outcome.detail, judgementPointers[outcome.refused]);
      }),
    );
    return this.health(accountId);
  }
}

const overridePointers = { reason_required: '/reason', score_out_of_range: '/healthScore', expiry_not_ahead: '/expiresAt', expiry_too_far: '/expiresAt' } as const;
const judgementPointers = { reason_required: '/reason', until_not_ahead: '/until', until_too_far: '/until', not_dismissable: '' } as const;

function judgementOf(action: Action, body: CreateJudgement): Judgement {
  if (action === 'confirm' || action === 'accept') return { action, reason: body.reason };
  // An optional field may also be sent as null.
  if (!body.until) throw refusal('until_required', `${action} needs until: the instant from which it may be raised again`, '/until');
  return { action, reason: body.reason, until: Date.parse(body.until) };
}

function refusal(code: string, detail: string, pointer: string): ProblemException {
  return new ProblemException(400, detail, { code, errors: [{ pointer, detail }] });
}
