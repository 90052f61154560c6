import { Body, Controller, Get, NotFoundException, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { uuidOf } from '@perennial/service-kit/http/uuid-param';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';
import { WriteKeyStore } from '../application/write-key-store.js';
import { WriteKeys } from '../edge/write-keys.js';

const origin = /^https?:\/\/(\*\.)?[a-z0-9.-]{1,253}(:\d{1,5})?$/;

/** What may be set; fields that are not given stay, null takes a bound away. */
export class BoundSource {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  name?: string;

  @ApiPropertyOptional({ type: [String], nullable: true, maxItems: 100, example: ['https://app.acme.com', 'https://*.acme.com'], description: 'Pages that may send; a browser on another one is answered 403. What is no browser names no origin and is not bound by it.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @Matches(origin, { each: true, message: 'each must be an origin in lower case, e.g. https://app.acme.com or https://*.acme.com' })
  allowedOrigins?: string[] | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 1, maximum: 1_000_000, description: 'Requests a second, a batch is one; above it the answer is 429. Null: as the deployment is set.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  requestsPerSecond?: number | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 1, maximum: 1e12, description: 'Events of one day (UTC); once they are accepted the answer is 429, within seconds.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1e12)
  eventsPerDay?: number | null;
}

export class BoundsView {
  @ApiProperty({ type: [String], nullable: true }) allowedOrigins!: readonly string[] | null;
  @ApiProperty({ type: 'integer', nullable: true }) requestsPerSecond!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) eventsPerDay!: number | null;
}

@ApiTags('sources')
@Controller('api/v1/sources/:id')
export class SourceBoundsController {
  constructor(
    private readonly store: WriteKeyStore,
    private readonly writeKeys: WriteKeys,
  ) {}

  @Get('bounds')
  @RequireScope('operate')
  @ApiOperation({ summary: 'What a source may send, and from where' })
  @ApiOkResponse({ type: BoundsView })
  async get(@Param('id', uuidOf('source')) id: string): Promise<BoundsView> {
    const bounds = await this.store.boundsOf(id);
    if (!bounds) throw new NotFoundException(`there is no source ${id}`);
    return bounds;
  }

  @Patch()
  @RequireScope('operate')
  @ApiOperation({ summary: 'Rename a source, or bound what it may send', description: 'Holds everywhere within five seconds.' })
  @ApiOkResponse({ type: BoundsView })
  async bound(@Param('id', uuidOf('source')) id: string, @Body() body: BoundSource): Promise<BoundsView> {
    if (!(await this.store.bound(id, body))) throw new NotFoundException(`there is no source ${id}`);
    await this.writeKeys.refresh();
    return this.get(id);
  }
}
