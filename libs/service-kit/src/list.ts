import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min, MinLength } from 'class-validator';

export const defaultLimit = 25;
export const maxLimit = 100;

/** Query of every list: how many rows, after which row. */
export class ListQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit, description: 'Rows to answer at most.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(maxLimit)
  limit: number = defaultLimit;

  @ApiPropertyOptional({ type: String, description: 'Id of the last row already seen.' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  startingAfter?: string;
}

/** Query of a list whose rows have UUIDs for ids. */
export class UuidListQuery extends OmitType(ListQuery, ['startingAfter'] as const) {
  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the last row already seen.' })
  @IsOptional()
  @IsUUID()
  startingAfter?: string;
}

/** One page of rows, as every list answers it. */
export interface List<T> {
  readonly object: 'list';
  readonly data: T[];
  readonly hasMore: boolean;
}

/** Makes the page from `rows`, of which the store read one more than `limit` to see whether there is more. */
export function listOf<T>(rows: readonly T[], limit: number): List<T> {
  return { object: 'list', data: rows.slice(0, limit), hasMore: rows.length > limit };
}
