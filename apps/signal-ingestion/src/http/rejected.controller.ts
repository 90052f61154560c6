import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { allows } from '@perennial/service-kit/access-guard';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { Clock } from '@perennial/service-kit/clock';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import type { List } from '@perennial/service-kit/list';
import { RejectedStore, type Rejected, type RejectedFilter } from '../application/rejected-store.js';
import { ReplayRejected, type Replayed, type Selection } from '../application/replay-rejected.js';
import { isWhole, maskedPayload } from '../domain/rejected-payload.js';
import { endOf, startOf } from './instant-query.js';
import { Dismissed, DismissMany, maxDismissed, maxReplayed, RejectedQuery, RejectedView, ReplayMany, ReplayOne, ReplayResult, ReplayResults, type RejectedFilterDto } from './rejected.dto.js';

@ApiTags('rejected')
@Controller('api/v1/rejected')
export class RejectedController {
  constructor(
    private readonly rejected: RejectedStore,
    private readonly replayRejected: ReplayRejected,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Items of known senders that could not be taken, newest first', description: 'Fewer than `limit` where they are large: `hasMore` says whether there are more.' })
  @ApiListResponse(RejectedView)
  async list(@Query() query: RejectedQuery, @CurrentPrincipal() principal: Principal): Promise<List<RejectedView>> {
    const { rows, left } = await this.rejected.list(filterOf(query, '?', query.state ?? null), query.limit, query.startingAfter ?? null);
    const open = allows(principal, 'operate');
    return { object: 'list', data: rows.map((row) => viewOf(row, open)), hasMore: left.length > 0 };
  }

  @Get(':id')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'One item that could not be taken' })
  @ApiOkResponse({ type: RejectedView })
  async get(@Param('id', uuidOf('rejected item')) id: string, @CurrentPrincipal() principal: Principal): Promise<RejectedView> {
    const row = await this.rejected.find(id);
    if (!row) throw noSuch(id);
    return viewOf(row, allows(principal, 'operate'));
  }

  @Post('replay')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Replay rejected items, mended or as they are', description: `At most ${maxReplayed} a call, all in one transaction; fewer where they are large. Each counts as received when it was; what still does not fit stays open.` })
  @ApiOkResponse({ type: ReplayResults })
  async replayMany(@Body() body: ReplayMany, @Idempotent() call: IdempotentCall | null): Promise<ReplayResults> {
    const selection = selectionOf(body);
    const { replayed, hasMore } = await this.replayRejected.replay(selection, { patch: body.patch }, body.dryRun ?? false, call);
    const of = (result: Replayed['result']) => replayed.filter((one) => one.result === result).length;
    return { taken: of('taken'), repeated: of('repeated'), refused: of('refused'), results: replayed.map(resultOf), hasMore };
  }

  @Post('dismiss')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Put rejected items aside that nobody will mend', description: `With \`where\` at most ${maxDismissed} a call. They are kept as long as others, and one can still be replayed by its id.` })
  @ApiOkResponse({ type: Dismissed })
  async dismiss(@Body() { ids, where }: DismissMany): Promise<Dismissed> {
    if ((ids === undefined) === (where === undefined)) throw unfit('/ids', 'give ids or where');
    const dismissed = await this.rejected.dismiss(ids ?? filterOf(where!, '/where/', 'open'), maxDismissed, this.clock.now());
    return { dismissed, hasMore: dismissed === maxDismissed };
  }

  @Post(':id/replay')
  @HttpCode(200)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Replay one rejected item, mended or as it is' })
  @ApiOkResponse({ type: ReplayResult })
  async replayOne(@Param('id', uuidOf('rejected item')) id: string, @Body() body: ReplayOne, @Idempotent() call: IdempotentCall | null): Promise<ReplayResult> {
    const { payload, patch } = body;
    if (payload !== undefined && patch !== undefined) throw unfit('/patch', 'give a payload or a patch, not both');
    const { replayed: [replayed] } = await this.replayRejected.replay({ ids: [id] }, { payload, patch }, body.dryRun ?? false, call);
    if (replayed?.result === 'not_open') throw (await this.rejected.find(id)) ? new ProblemException(409, 'it is no longer open: see its state', { code: 'not_open' }) : noSuch(id);
    return resultOf(replayed!);
  }
}

function selectionOf({ ids, where, limit = maxReplayed, startingAfter }: ReplayMany): Selection {
  if ((ids === undefined) === (where === undefined)) throw unfit('/ids', 'give ids or where');
  return ids === undefined ? { where: filterOf(where!, '/where/', 'open'), limit, startingAfter: startingAfter ?? null } : { ids: [...new Set(ids)] };
}

function filterOf({ sourceId, code, from, to }: RejectedFilterDto, pointer: string, state: Rejected['state'] | null): RejectedFilter {
  return { sourceId: sourceId ?? null, code: code ?? null, state, from: startOf(from, `${pointer}from`), to: endOf(to, `${pointer}to`) };
}

function viewOf(row: Rejected, open: boolean): RejectedView {
  const payload = JSON.parse(row.payload) as unknown;
  const { id, sourceId, receivedAt, code, pointer, detail, state, vendor, call, settledAt } = row;
  return {
    id, sourceId, receivedAt: receivedAt.toISOString(), code, pointer, detail, payload: open ? payload : maskedPayload(payload), state, vendor, call,
    replayable: state === 'replayed' || state === 'expired' || vendor === null ? 'no' : isWhole(row.event === null ? code : null, payload) ? 'yes' : 'with_payload', settledAt: settledAt?.toISOString() ?? null,
  };
}

function resultOf({ id, result, fault }: Replayed): ReplayResult {
  return fault === null ? { id, result } : { id, result, ...fault };
}

const noSuch = (id: string) => new NotFoundException(`there is no rejected item ${id}`);

function unfit(pointer: string, detail: string): ProblemException {
  return new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });
}
