import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { listOf, type List } from '@perennial/service-kit/list';
import { ImportStore } from '../application/imports/import-store.js';
import { Uploads } from '../application/imports/uploads.js';
import { ImportErrorsQuery, ImportErrorView, ImportsQuery, ImportView, importView } from './import.dto.js';

@ApiTags('imports')
@Controller('api/v1/imports')
export class ImportsController {
  constructor(
    private readonly store: ImportStore,
    private readonly uploads: Uploads,
  ) {}

  @Get()
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Imports, newest first' })
  @ApiListResponse(ImportView)
  async list(@Query() query: ImportsQuery): Promise<List<ImportView>> {
    const rows = await this.store.list({ sha256: query.sha256 ?? null, kind: query.as ?? null }, query.limit + 1, query.startingAfter ?? null);
    return listOf(rows.map(importView), query.limit);
  }

  @Get(':id')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'How far an import is' })
  @ApiOkResponse({ type: ImportView })
  async get(@Param('id', uuidOf('import')) id: string): Promise<ImportView> {
    return importView(await this.uploads.found(id));
  }

  @Get(':id/errors')
  @RequireScope('accounts:read')
  @ApiOperation({ summary: 'Faulty rows of an import, by row number', description: 'Kept for 90 days.' })
  @ApiListResponse(ImportErrorView)
  async errors(@Param('id', uuidOf('import')) id: string, @Query() { limit, startingAfter }: ImportErrorsQuery): Promise<List<ImportErrorView>> {
    await this.uploads.found(id);
    return listOf(await this.store.errors(id, limit + 1, startingAfter ?? 0), limit);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @RequireScope('accounts:write')
  @ApiOperation({ summary: 'Stop an import', description: 'What it brought stays. The accounts it touched get their verdicts.' })
  @ApiOkResponse({ type: ImportView })
  async cancel(@Param('id', uuidOf('import')) id: string): Promise<ImportView> {
    return importView(await this.uploads.cancel(id));
  }
}
