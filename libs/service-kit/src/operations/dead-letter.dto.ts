import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsISO8601, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { ListQuery } from '../list.js';

const states = ['dead', 'replayed', 'superseded'] as const;

export class DeadLetterQuery extends ListQuery {
  @ApiPropertyOptional({ type: String, description: 'Source topic: short name (`signals`) or full name (`perennial.signals.v1`).' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  topic?: string;

  @ApiPropertyOptional({ enum: states })
  @IsOptional()
  @IsIn(states)
  state?: (typeof states)[number];
}

/** Of one service: the position to go on from may be another service's row. */
export class InternalDeadLetterQuery extends DeadLetterQuery {
  @ValidateIf(({ afterId }: InternalDeadLetterQuery) => afterId !== undefined)
  @IsISO8601({ strict: true })
  afterFirstSeen?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  afterId?: string;
}

/** Which dead letters to append to their topics again: these, or all that are dead (of one topic). */
export class ReplayRequest {
  @ApiPropertyOptional({ type: [String] })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsString({ each: true })
  ids?: string[];

  @ApiPropertyOptional({ type: String, description: 'Source topic: short name (`signals`) or full name (`perennial.signals.v1`).' })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  topic?: string;

  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Only tell what would be replayed.' })
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}
