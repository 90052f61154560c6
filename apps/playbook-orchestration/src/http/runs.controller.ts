import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { listOf, type List } from '@perennial/service-kit/list';
import { WorkList } from '../application/work-list.js';
import { PlaybookRun, RunQuery } from './playbook.dto.js';

@ApiTags('runs')
@Controller('api/v1/runs')
export class RunsController {
  constructor(private readonly workList: WorkList) {}

  @Get()
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'Runs of playbooks, newest first' })
  @ApiListResponse(PlaybookRun)
  async list(@Query() query: RunQuery): Promise<List<PlaybookRun>> {
    const rows = await this.workList.runs(query.accountId ?? null, { limit: query.limit + 1, after: query.startingAfter ?? null });
    return listOf(rows, query.limit);
  }

  @Get(':id')
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'One run' })
  @ApiOkResponse({ type: PlaybookRun })
  async get(@Param('id', uuidOf('run')) id: string): Promise<PlaybookRun> {
    const run = await this.workList.run(id);
    if (!run) throw new NotFoundException(`there is no run ${id}`);
    return run;
  }
}
