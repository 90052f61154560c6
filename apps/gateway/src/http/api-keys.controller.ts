import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { ListQuery, listOf, type List } from '@perennial/service-kit/list';
import { ApiKeyStore, type ApiKey } from '../application/api-key-store.js';
import { ManageApiKeys } from '../application/manage-api-keys.js';
import { ApiKeyResponse, CreatedApiKeyResponse, NewApiKeyRequest } from './api-key.dto.js';

@ApiTags('api-keys')
@Controller('api/v1/api-keys')
@RequireScope('admin')
export class ApiKeysController {
  constructor(
    private readonly keys: ApiKeyStore,
    private readonly manage: ManageApiKeys,
    private readonly database: Database,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make an API key', description: 'The key is in this answer and never shown again.' })
  @ApiCreatedResponse({ type: CreatedApiKeyResponse })
  create(@Body() { name, scopes }: NewApiKeyRequest, @Idempotent() call: IdempotentCall | null, @CurrentPrincipal() { sub }: Principal): Promise<CreatedApiKeyResponse> {
    return this.database.transaction((tx) =>
      once(tx, call, async () => {
        const made = await this.manage.create(tx, { name, scopes, createdBy: sub });
        return { ...view(made), key: made.key };
      }),
    );
  }

  @Get()
  @ApiListResponse(ApiKeyResponse)
  @ApiOperation({ summary: 'All API keys, oldest first' })
  async list(@Query() { limit, startingAfter }: ListQuery): Promise<List<ApiKeyResponse>> {
    return listOf((await this.keys.page({ limit, ...(startingAfter === undefined ? {} : { startingAfter }) })).map(view), limit);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One API key' })
  @ApiOkResponse({ type: ApiKeyResponse })
  async one(@Param('id') id: string): Promise<ApiKeyResponse> {
    const key = await this.keys.byId(id);
    if (!key) throw new NotFoundException('no such API key');
    return view(key);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key' })
  async revoke(@Param('id') id: string): Promise<void> {
    if (!(await this.manage.revoke(id))) throw new NotFoundException('no such API key');
  }
}

function view({ id, name, lookup, scopes, createdBy, createdAt, lastUsedAt, revokedAt }: ApiKey): ApiKeyResponse {
  return { id, name, prefix: `pk_${lookup}`, scopes, createdBy, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null, revokedAt: revokedAt?.toISOString() ?? null };
}
