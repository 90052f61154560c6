import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, UuidListQuery, type List } from '@perennial/service-kit/list';
import { Sources, type Source } from '../application/sources.js';
import { WriteKeys } from '../edge/write-keys.js';
import { CreatedSource, CreateSource, SourceView } from './source.dto.js';

@ApiTags('sources')
@Controller('api/v1/sources')
export class SourcesController {
  constructor(
    private readonly sources: Sources,
    private readonly writeKeys: WriteKeys,
  ) {}

  @Post()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Make a source and its write key', description: 'The key of a `generic` source is shown this once; one of a `segment` source stands in every page that its client runs in, so it can be read again.' })
  @ApiCreatedResponse({ type: CreatedSource })
  async create(@Body() body: CreateSource, @Idempotent() call: IdempotentCall | null): Promise<CreatedSource> {
    const source = await this.sources.create(body.type, body.name, call);
    await this.writeKeys.refresh();
    return { ...viewOf(source), writeKey: source.writeKey };
  }

  @Get()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Sources, newest first' })
  @ApiListResponse(SourceView)
  async list(@Query() query: UuidListQuery): Promise<List<SourceView>> {
    const rows = await this.sources.list(query.limit + 1, query.startingAfter ?? null);
    return listOf(rows.map(viewOf), query.limit);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Revoke a source and its write key', description: 'Holds everywhere within two seconds.' })
  @ApiNoContentResponse()
  async revoke(@Param('id', uuidOf('source')) id: string): Promise<void> {
    if (!(await this.sources.revoke(id))) throw new NotFoundException(`there is no source ${id}`);
    await this.writeKeys.refresh();
  }
}

function viewOf(source: Source): SourceView {
  return { id: source.id, type: source.type, name: source.name, writeKey: source.writeKey, hookPath: null, createdAt: new Date(source.createdAt).toISOString() };
}
