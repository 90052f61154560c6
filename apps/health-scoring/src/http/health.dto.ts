import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn, IsNotEmpty, IsNumber, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsDay, IsInstant } from '@perennial/service-kit/http/text-rules';

export const knownWhens = ['then', 'now'] as const;
const levels = ['unknown', 'green', 'amber', 'red'] as const;

export class HistoryQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ format: 'date', description: 'First day, included.' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'Last day, included.' })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ format: 'date', description: 'The last day already seen.' })
  @IsOptional()
  @IsDay()
  startingAfter?: string;

  @ApiPropertyOptional({ enum: knownWhens, default: 'then', description: 'then: as it was shown that day. now: with the signals that came for it later.' })
  @IsOptional()
  @IsIn(knownWhens)
  known?: (typeof knownWhens)[number];
}

export class ScorecardReference {
  @ApiProperty() id!: string;
  @ApiProperty({ type: 'integer', minimum: 1 }) revision!: number;
}

export class ShadowScoreAnswer {
  @ApiProperty({ type: ScorecardReference }) scorecard!: ScorecardReference;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) healthScore!: number | null;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) rawScore!: number | null;
  @ApiProperty({ enum: levels, description: 'By this day alone: a shadow has no memory that would hold it back.' }) band!: string;
  @ApiProperty({ minimum: 0, maximum: 1 }) dataCoverage!: number;
}

export class Restatement {
  @ApiProperty({ type: Boolean, nullable: true, description: 'Something else than was shown that day. Null: nobody can say, and the day stands as it was shown.' }) differs!: boolean | null;
  @ApiProperty({ type: [String], description: 'What stands as it was shown, since what is kept of the day cannot tell it again: ids of measures, `caps`, `band`, `indicators` (always, and with them strikes), `scorecard`, or `everything`.' }) unknown!: readonly string[];
}

export class HealthDayAnswer {
  @ApiProperty({ format: 'date' }) day!: string;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) healthScore!: number | null;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) rawScore!: number | null;
  @ApiProperty({ enum: levels }) band!: string;
  @ApiProperty({ enum: levels }) riskLevel!: string;
  @ApiProperty({ minimum: 0, maximum: 1 }) dataCoverage!: number;
  @ApiProperty({ type: 'integer', minimum: 0 }) strikes!: number;
  @ApiProperty({ type: ScorecardReference }) scorecard!: ScorecardReference;
  @ApiProperty({ type: [ShadowScoreAnswer], description: 'What the scorecards in shadow made of it; nothing follows from them. Of a restated day none are told.' }) shadows!: readonly ShadowScoreAnswer[];
  @ApiPropertyOptional({ type: Restatement, nullable: true, description: 'With `known=now` only. Null: no signal came late for the day.' }) restated?: Restatement | null;
}

export class HealthDayList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [HealthDayAnswer] }) data!: HealthDayAnswer[];
  @ApiProperty() hasMore!: boolean;
}

export class CreateOverride {
  @ApiProperty({ minimum: 0, maximum: 100 })
  @IsNumber()
  @Min(0)
  @Max(100)
  healthScore!: number;

  @ApiProperty({ description: 'Why the computed score is wrong.' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;

  @ApiProperty({ format: 'date-time', description: 'At most 60 days ahead.' })
  @IsInstant()
  expiresAt!: string;
}

export class OverrideAnswer {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty() healthScore!: number;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
  @ApiProperty({ description: 'Who set it.' }) by!: string;
}

export const judgementActions = ['confirm', 'accept', 'dismiss', 'snooze'] as const;


export class CreateJudgement {
  @ApiProperty()
  @IsString()
  @IsNotEmpty()
  @MaxLength(2000)
  reason!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Needed to dismiss or snooze; at most 90 days ahead.' })
  @IsOptional()
  @IsInstant()
  until?: string;
}
