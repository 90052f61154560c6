import { Body, Controller, Get, HttpCode, Inject, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DeadLetters } from '@perennial/messaging/dead-letters';
import { Rebuild, type RebuildStart } from '@perennial/messaging/rebuild';
import type { List } from '../list.js';
import { RequireScope } from '../access.js';
import { ProblemException } from '../http/problem.js';
import { detailOf, viewOf, type DeadLetterDetail, type DeadLetterView } from './dead-letter-view.js';
import { InternalDeadLetterQuery, ReplayRequest } from './dead-letter.dto.js';
import { Pipeline, type PipelineReport } from './pipeline-report.js';
import { CLEAR_DERIVED, type ClearDerived } from './rebuildable.js';

/** What operators need of one service; the gateway merges the answers of all. */
@ApiExcludeController()
@Controller('internal')
@RequireScope('operate')
export class OperationsController {
  constructor(
    @Inject(Pipeline) private readonly pipeline: Pipeline,
    @Inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @Inject(Rebuild) private readonly rebuilds: Rebuild,
    @Inject(CLEAR_DERIVED) private readonly clearDerived: ClearDerived | null,
  ) {}

  @Get('pipeline')
  report(): Promise<PipelineReport> {
    return this.pipeline.report();
  }

  @Get('dead-letters')
  async list(@Query() { afterFirstSeen, afterId, ...page }: InternalDeadLetterQuery): Promise<List<DeadLetterView>> {
    const after = afterFirstSeen !== undefined && afterId !== undefined ? { after: { firstSeen: new Date(afterFirstSeen), id: afterId } } : {};
    const { letters, hasMore } = await this.deadLetters.list({ ...page, ...after });
    return { object: 'list', data: letters.map(viewOf), hasMore };
  }

  @Get('dead-letters/:id')
  async one(@Param('id') id: string): Promise<DeadLetterDetail> {
    const [letter, record] = await Promise.all([this.deadLetters.get(id), this.deadLetters.record(id)]);
    if (!letter || !record) throw new NotFoundException('no such dead letter');
    return detailOf(letter, record);
  }

  @Post('dead-letters/replay')
  @HttpCode(200)
  async replay(@Body() request: ReplayRequest): Promise<{ ids: string[]; dryRun: boolean }> {
    return { ids: await this.deadLetters.replay(request), dryRun: request.dryRun ?? false };
  }

  @Post('rebuild')
  @HttpCode(202)
  async rebuild(): Promise<RebuildStart> {
    if (!this.clearDerived) throw new ProblemException(409, 'this service holds nothing that the log could fill again', { code: 'nothing_to_rebuild' });
    const started = await this.rebuilds.start(this.clearDerived);
    if (!started) throw new ProblemException(409, 'a rebuild is running already', { code: 'rebuild_running' });
    return started;
  }

  @Get('rebuild')
  async rebuilding(): Promise<{ running: boolean }> {
    return { running: await this.rebuilds.running() };
  }
}
