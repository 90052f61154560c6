import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn, IsOptional } from 'class-validator';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';

const levels = ['unknown', 'green', 'amber', 'red'] as const;
type Level = (typeof levels)[number];

export class PortfolioQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ enum: levels })
  @IsOptional()
  @IsIn(levels)
  riskLevel?: Level;

  @ApiPropertyOptional({ enum: levels })
  @IsOptional()
  @IsIn(levels)
  band?: Level;

  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  ownerId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  segment?: string;

  @ApiPropertyOptional({ description: 'Part of the name or the id, upper or lower case.' })
  @IsOptional()
  @IsPlainText()
  q?: string;

  @ApiPropertyOptional({ description: 'Id of the last account already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class AccountRowAnswer {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, nullable: true }) ownerId!: string | null;
  @ApiProperty({ type: String, nullable: true }) segment!: string | null;
  @ApiProperty({ type: String, nullable: true }) tier!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Minor units of `currency`.' }) arrMinor!: number | null;
  @ApiProperty({ type: String, nullable: true }) currency!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true }) renewalOn!: string | null;
  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'The last day the customer can still say no.' }) noticeOn!: string | null;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) healthScore!: number | null;
  @ApiProperty({ enum: levels }) band!: Level;
  @ApiProperty({ enum: levels }) riskLevel!: Level;
  @ApiProperty({ type: 'integer', minimum: 0 }) strikes!: number;
  @ApiProperty({ enum: ['rising', 'falling', 'flat'] }) trend!: string;
}

export class AccountRowList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [AccountRowAnswer] }) data!: AccountRowAnswer[];
  @ApiProperty() hasMore!: boolean;
}
