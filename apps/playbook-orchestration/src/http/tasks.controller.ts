import { Body, Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, type List } from '@perennial/service-kit/list';
import { SettleTask } from '../application/settle-task.js';
import { WorkList } from '../application/work-list.js';
import { taskOnWire } from '../domain/wire.js';
import { ChangeTask, PlaybookTask, TaskQuery } from './playbook.dto.js';

@ApiTags('tasks')
@Controller('api/v1/tasks')
export class TasksController {
  constructor(
    private readonly workList: WorkList,
    private readonly settleTask: SettleTask,
  ) {}

  @Get()
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'Tasks, those due soonest first' })
  @ApiListResponse(PlaybookTask)
  async list(@Query() query: TaskQuery): Promise<List<PlaybookTask>> {
    const { accountId = null, ownerId = null, status = null } = query;
    const rows = await this.workList.tasks({ accountId, ownerId, status }, { limit: query.limit + 1, after: query.startingAfter ?? null });
    return listOf(rows, query.limit);
  }

  @Get(':id')
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'One task' })
  @ApiOkResponse({ type: PlaybookTask })
  async get(@Param('id', uuidOf('task')) id: string): Promise<PlaybookTask> {
    const task = await this.workList.task(id);
    if (!task) throw new NotFoundException(`there is no task ${id}`);
    return task;
  }

  @Post(':id')
  @HttpCode(200)
  @RequireScope('playbooks:write')
  @ApiOperation({ summary: 'Close a task or hand it over', description: 'Completing a save-plan review decides it. Closing a task again in the same way changes nothing; in another way is 409.' })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiOkResponse({ type: PlaybookTask })
  async change(@Param('id', uuidOf('task')) id: string, @Body() body: ChangeTask, @Idempotent() call: IdempotentCall | null): Promise<PlaybookTask> {
    const reason = body.reason?.trim() || null;
    if (body.status === undefined && body.ownerId === undefined) throw fault('/status', 'give a status to close the task, or an ownerId to hand it over');
    if ((body.status === 'skipped' || body.status === 'cancelled') && reason === null) throw fault('/reason', `say why: a task is ${body.status} with a reason only`);
    const settled = await this.settleTask.settle(id, { status: body.status, reason, ownerId: body.ownerId }, call);
    switch (settled.outcome) {
      case 'changed':
        return taskOnWire(settled.run, settled.task);
      case 'unknown':
        throw new NotFoundException(`there is no task ${id}`);
      case 'closed':
        throw new ProblemException(409, `the task is already ${settled.status}`, { code: 'task_closed' });
      case 'owner_departed':
        throw fault('/ownerId', 'this user was deactivated: choose another, or null for the unassigned queue');
    }
  }
}

function fault(pointer: string, detail: string): ProblemException {
  return new ProblemException(400, 'the request does not fit: see errors', { code: 'invalid', errors: [{ pointer, detail }] });
}
