import { ApiProperty, ApiPropertyOptional, IntersectionType, PickType } from '@nestjs/swagger';
import { UuidListQuery } from '@perennial/service-kit/list';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, IsUUID, Length, Max, Min, ValidateNested } from 'class-validator';

const states = ['open', 'replayed', 'expired', 'dismissed'] as const;
/** Items of one bulk call: one transaction. */
export const maxReplayed = 500;
export const maxDismissed = 10_000;

export class RejectedFilterDto {
  @ApiPropertyOptional({ description: 'Items of this source, and of all that it names as parts of itself.' })
  @IsOptional()
  @IsString()
  @Length(1, 400)
  sourceId?: string;

  @ApiPropertyOptional({ example: 'missing_field', description: 'Refused for this reason.' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  code?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received not before this instant or day.' })
  @IsOptional()
  @IsString()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Received not after this instant or day.' })
  @IsOptional()
  @IsString()
  to?: string;
}

export class RejectedQuery extends IntersectionType(UuidListQuery, RejectedFilterDto) {
  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  state?: (typeof states)[number];
}

export class RejectedView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() sourceId!: string;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty() code!: string;
  @ApiProperty({ type: String, nullable: true, description: 'JSON pointer into the payload.' }) pointer!: string | null;
  @ApiProperty({ description: 'What to do about it.' }) detail!: string;
  @ApiProperty({ description: 'The item; its texts and numbers are hidden from callers without the scope operate. Null where it was erased.' }) payload!: unknown;
  @ApiProperty({ enum: states }) state!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Whose client sent it, or which business system; null: a whole body.' }) vendor!: string | null;
  @ApiProperty({ type: String, nullable: true, description: '`event`: the payload is a webhook\'s event, which is mapped again when it is replayed.' }) call!: string | null;
  @ApiProperty({ description: 'It can be replayed: as it is or patched where `payload` is all of it, else with a payload of yours.', enum: ['yes', 'with_payload', 'no'] }) replayable!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true, description: 'When it was replayed or dismissed, or its payload erased.' }) settledAt!: string | null;
}

class Mended {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'JSON Merge Patch (RFC 7396) for the payload.' })
  @IsOptional()
  @IsObject()
  patch?: Record<string, unknown>;

  @ApiPropertyOptional({ default: false, description: 'Only say what could be taken.' })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

export class ReplayOne extends Mended {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'In place of the whole payload.' })
  @IsOptional()
  @IsObject()
  payload?: Record<string, unknown>;
}

export class ReplayMany extends Mended {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: maxReplayed, description: 'These, or those that `where` fits.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(maxReplayed)
  @IsUUID(undefined, { each: true })
  ids?: string[];

  @ApiPropertyOptional({ type: RejectedFilterDto, description: 'Open items that fit, oldest first.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => RejectedFilterDto)
  where?: RejectedFilterDto;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxReplayed, default: maxReplayed, description: 'With `where`: items of this call.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(maxReplayed)
  limit?: number;

  @ApiPropertyOptional({ format: 'uuid', description: 'With `where`: the last item of the call before.' })
  @IsOptional()
  @IsUUID()
  startingAfter?: string;
}

export class DismissMany extends PickType(ReplayMany, ['ids', 'where']) {}

export class Dismissed {
  @ApiProperty({ type: 'integer', description: 'Were open, and are dismissed now.' }) dismissed!: number;
  @ApiProperty({ description: 'With `where`: there may be more; call again.' }) hasMore!: boolean;
}

export class ReplayResult {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['taken', 'repeated', 'refused', 'not_open'], description: '`repeated`: the same was taken before, so it counts once. `refused`: it stays open; with the code `not_tried` where those before it were too large together.' }) result!: string;
  @ApiPropertyOptional() code?: string;
  @ApiPropertyOptional({ description: 'JSON pointer into the mended item.' }) pointer?: string;
  @ApiPropertyOptional() detail?: string;
}

export class ReplayResults {
  @ApiProperty({ type: 'integer' }) taken!: number;
  @ApiProperty({ type: 'integer' }) repeated!: number;
  @ApiProperty({ type: 'integer' }) refused!: number;
  @ApiProperty({ type: [ReplayResult] }) results!: ReplayResult[];
  @ApiProperty({ description: 'With `where`: there may be more; call again with the last id as startingAfter.' }) hasMore!: boolean;
}
