import { Body, Controller, Get, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { AskForBacktests, mostOpen } from '../application/ask-for-backtests.js';
import { BacktestStore, type Backtest, type FoundByBacktest } from '../application/backtest-store.js';
import { ScorecardQueries } from '../application/scorecard-queries.js';
import { AskForBacktest, BacktestRow, BacktestView } from './backtest.dto.js';

@ApiTags('scorecards')
@Controller('api/v1/scorecards/:id/backtests')
export class BacktestsController {
  constructor(
    private readonly database: Database,
    private readonly store: BacktestStore,
    private readonly scorecards: ScorecardQueries,
    private readonly askForBacktests: AskForBacktests,
  ) {}

  @Post()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Hold a revision against how contracts ended', description: 'In the background: ask for its state. Every term is read as of then, with what was known on the day; what was read once the decision was known does not count.' })
  @ApiCreatedResponse({ type: BacktestView })
  async ask(@Param('id') id: string, @Body() { revision }: AskForBacktest, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<BacktestView> {
    const asked = await this.database.transaction((tx) =>
      once(tx, call, async () => {
        const outcome = await this.askForBacktests.ask(tx, id, revision ?? null, principal.sub);
        if (outcome === 'unknown') throw new NotFoundException(revision === undefined ? `there is no scorecard ${id}` : `there is no revision ${revision} of a scorecard ${id}`);
        if (outcome === 'too_many') throw new ProblemException(409, `${mostOpen} backtests wait already: ask again when some are done`, { code: 'too_many_backtests' });
        return outcome;
      }),
    );
    return this.get(id, asked.id);
  }

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Backtests of a scorecard, newest first; the last fifty are kept' })
  @ApiListResponse(BacktestRow)
  async list(@Param('id') id: string, @Query() { limit, startingAfter }: UuidListQuery): Promise<List<BacktestRow>> {
    const rows = await this.store.list(id, limit + 1, startingAfter ?? null);
    if (rows === null) throw new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer: '?startingAfter', detail: 'must be a backtest of the scorecard' }] });
    if (rows.length === 0 && (await this.scorecards.revision(id, null)) === null) throw new NotFoundException(`there is no scorecard ${id}`);
    return listOf(rows.map(rowOf), limit);
  }

  @Get(':backtestId')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'One backtest: how far it is, and what it found' })
  @ApiOkResponse({ type: BacktestView })
  async get(@Param('id') id: string, @Param('backtestId', uuidOf('backtest')) backtestId: string): Promise<BacktestView> {
    const found = await this.store.find(backtestId);
    if (found === null || found.scorecardId !== id) throw new NotFoundException(`there is no backtest ${backtestId} of a scorecard ${id}`);
    return viewOf(found);
  }
}

const rowOf = ({ id, scorecardId, revision, state, askedAt, askedBy, finishedAt, accounts, accountsDone, problem }: Backtest): BacktestRow => ({
  id, scorecardId, revision, state, askedAt: askedAt.toISOString(), askedBy, finishedAt: finishedAt?.toISOString() ?? null, accounts, accountsDone, problem,
});
const viewOf = ({ report, ...backtest }: Backtest & { readonly report: FoundByBacktest | null }): BacktestView => ({ ...rowOf(backtest), report });
