import { Body, ConflictException, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { SimulateScorecards } from '../application/simulations/simulate-scorecards.js';
import { SimulationStore } from '../application/simulations/simulation-store.js';
import { found, held } from './outcomes.js';
import { plain } from './scorecard.dto.js';
import { SimulatedAccountQuery, SimulatedAccountView, SimulationView, StartSimulation } from './simulation.dto.js';
import { simulatedAccountViewOf, simulationViewOf } from './simulation-views.js';

const usualDays = 90;
const simulationId = (): ReturnType<typeof uuidOf> => uuidOf('simulation');

@ApiTags('scorecards')
@Controller('api/v1/scorecards/:id/simulations')
export class SimulationsController {
  constructor(
    private readonly database: Database,
    private readonly store: SimulationStore,
    private readonly simulateScorecards: SimulateScorecards,
  ) {}

  @Post()
  @HttpCode(202)
  @RequireScope('operate')
  @ApiOperation({ summary: 'See what a draft would have done', description: 'Every account is judged anew on each kept day, by what is in force and by the draft in its place. In the background; nothing follows from it, and nobody is told. A draft in shadow is taken as one that judges.' })
  @ApiAcceptedResponse({ type: SimulationView })
  async start(@Param('id') id: string, @Body() body: StartSimulation, @CurrentPrincipal() principal: Principal, @Idempotent() call: IdempotentCall | null): Promise<SimulationView> {
    const days = body.days ?? usualDays;
    const { mostDays } = this.simulateScorecards;
    if (days > mostDays) throw invalid('/days', `must be at most ${mostDays}: readings are kept that long`);
    if (body.document && body.revision) throw invalid('/revision', 'must be left out where a document is given');
    const wish = { document: body.document ? plain(body.document) : undefined, revision: body.revision ?? null, days: Math.min(days, mostDays), by: principal.sub };
    return this.database.transaction((tx) => once(tx, call, async () => simulationViewOf(held(await this.simulateScorecards.start(tx, id, wish)))));
  }

  @Get()
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Simulations of the scorecard’s drafts, newest first', description: 'Kept for 90 days.' })
  @ApiListResponse(SimulationView)
  async list(@Param('id') id: string, @Query() { limit, startingAfter }: UuidListQuery): Promise<List<SimulationView>> {
    const rows = await this.store.list(id, limit + 1, startingAfter ?? null);
    if (rows === null) throw invalid('?startingAfter', 'must be a simulation of the scorecard');
    return listOf(rows.map(simulationViewOf), limit);
  }

  @Get(':simulationId')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'How far a simulation has come, and its result' })
  @ApiOkResponse({ type: SimulationView })
  async get(@Param('id') id: string, @Param('simulationId', simulationId()) simulation: string): Promise<SimulationView> {
    return simulationViewOf(found(await this.store.find(this.database, id, simulation), `there is no simulation ${simulation} of a scorecard ${id}`));
  }

  @Get(':simulationId/accounts')
  @RequireScope('health:read')
  @ApiOperation({ summary: 'Accounts for which the draft makes a difference, by id' })
  @ApiListResponse(SimulatedAccountView)
  async accounts(@Param('id') id: string, @Param('simulationId', simulationId()) simulation: string, @Query() { limit, startingAfter }: SimulatedAccountQuery): Promise<List<SimulatedAccountView>> {
    await this.get(id, simulation);
    return listOf((await this.store.accounts(simulation, limit + 1, startingAfter ?? null)).map(simulatedAccountViewOf), limit);
  }

  @Post(':simulationId/cancel')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'End a simulation' })
  @ApiOkResponse({ type: SimulationView })
  async cancel(@Param('id') id: string, @Param('simulationId', simulationId()) simulation: string): Promise<SimulationView> {
    const isCancelled = await this.database.transaction((tx) => this.simulateScorecards.cancel(tx, id, simulation));
    if (isCancelled === false) throw new ConflictException('the simulation is over already');
    return this.get(id, simulation);
  }
}

const invalid = (pointer: string, detail: string): ProblemException => new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });
