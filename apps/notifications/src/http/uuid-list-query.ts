import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ListQuery } from '@perennial/service-kit/list';
import { IsOptional, IsUUID } from 'class-validator';

/** Query of a list whose rows have UUIDs for ids. */
export class UuidListQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the last row already seen.' })
  @IsOptional()
  @IsUUID()
  startingAfter?: string;
}
