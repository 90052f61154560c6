import { Controller, Get, NotFoundException, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { listOf, type List } from '@perennial/service-kit/list';
import { WorkList } from '../application/work-list.js';
import { PlaybookRun, RunList, RunQuery } from './playbook.dto.js';

@ApiTags('runs')
@Controller('api/v1/runs')
export class RunsController {
  constructor(private readonly workList: WorkList) {}

  @Get()
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'Runs of playbooks, newest first' })
  @ApiOkResponse({ type: RunList })
  async list(@Query() query: RunQuery): Promise<List<PlaybookRun>> {
    const rows = await this.workList.runs(query.accountId ?? null, { limit: query.limit + 1, after: query.startingAfter ?? null });
    return listOf(rows, query.limit);
  }

  @Get(':id')
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'One run' })
  @ApiOkResponse({ type: PlaybookRun })
  async get(@Param('id', unknownIsNotFound('run')) id: string): Promise<PlaybookRun> {
    const run = await this.workList.run(id);
    if (!run) throw new NotFoundException(`there is no run ${id}`);
    return run;
  }
}

/** What is no UUID is the id of nothing: 404, as any other unknown id. */
export function unknownIsNotFound(what: string): ParseUUIDPipe {
  return new ParseUUIDPipe({ exceptionFactory: () => new NotFoundException(`there is no such ${what}`) });
}
