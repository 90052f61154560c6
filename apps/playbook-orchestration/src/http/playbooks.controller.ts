import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ListQuery, listOf, type List } from '@perennial/service-kit/list';
import { PlaybookShelf } from '../application/playbook-shelf.js';
import { Playbook } from './playbook.dto.js';

@ApiTags('playbooks')
@Controller('api/v1/playbooks')
export class PlaybooksController {
  constructor(private readonly shelf: PlaybookShelf) {}

  @Get()
  @RequireScope('playbooks:read')
  @ApiOperation({ summary: 'Playbooks at their newest revision, by id' })
  @ApiListResponse(Playbook)
  list(@Query() query: ListQuery): List<Playbook> {
    const after = query.startingAfter ?? '';
    const sorted = [...this.shelf.newest].sort((a, b) => (a.id < b.id ? -1 : 1)).filter((playbook) => playbook.id > after);
    return listOf(sorted.slice(0, query.limit + 1), query.limit);
  }
}
