import { Controller, Delete, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { Idempotent, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { listOf, type List } from '@perennial/service-kit/list';
import { keysInForce, RotateWriteKeys } from '../application/rotate-write-keys.js';
import type { WriteKey } from '../application/write-key-store.js';
import { WriteKeys } from '../edge/write-keys.js';

export class WriteKeyView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null where it was shown once, when it was made.' }) writeKey!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class MadeWriteKey extends WriteKeyView {
  @ApiProperty({ description: 'The key to give to the clients.' }) declare writeKey: string;
}

@ApiTags('sources')
@Controller('api/v1/sources/:id/write-keys')
export class WriteKeysController {
  constructor(
    private readonly rotateWriteKeys: RotateWriteKeys,
    private readonly writeKeys: WriteKeys,
  ) {}

  @Post()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Give a source another write key', description: `The one before stays in force until it is revoked; at most ${keysInForce} are.` })
  @ApiCreatedResponse({ type: MadeWriteKey })
  async add(@Param('id', uuidOf('source')) id: string, @Idempotent() call: IdempotentCall | null): Promise<MadeWriteKey> {
    const made = await this.rotateWriteKeys.add(id, call);
    if (made === 'no_source') throw new NotFoundException(`there is no source ${id}`);
    if (made === 'no_client') throw new ProblemException(409, 'the source calls in by webhook: it proves itself by its secret, which has a rotation of its own', { code: 'source_has_no_write_key' });
    if (made === 'keys_in_force') throw new ProblemException(409, `the source has ${keysInForce} write keys in force: revoke one first`, { code: 'write_keys_in_force' });
    await this.writeKeys.refresh();
    return { ...viewOf(made), writeKey: made.key };
  }

  @Get()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Write keys of a source that are in force, newest first' })
  @ApiListResponse(WriteKeyView)
  async list(@Param('id', uuidOf('source')) id: string): Promise<List<WriteKeyView>> {
    const keys = await this.rotateWriteKeys.list(id);
    if (!keys) throw new NotFoundException(`there is no source ${id}`);
    return listOf(keys.map(viewOf), keysInForce);
  }

  @Delete(':keyId')
  @HttpCode(204)
  @RequireScope('operate')
  @ApiOperation({ summary: 'Revoke one write key of a source', description: 'Holds everywhere within five seconds.' })
  @ApiNoContentResponse()
  async revoke(@Param('id', uuidOf('source')) id: string, @Param('keyId', uuidOf('write key')) keyId: string): Promise<void> {
    if (!(await this.rotateWriteKeys.revoke(id, keyId))) throw new NotFoundException(`the source ${id} has no write key ${keyId}`);
    await this.writeKeys.refresh();
  }
}

function viewOf({ id, key, createdAt }: WriteKey): WriteKeyView {
  return { id, writeKey: key, createdAt: new Date(createdAt).toISOString() };
}
