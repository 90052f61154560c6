import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import type { PastDay } from '../application/past-days.js';
import { isoDay, isoInstant } from '../domain/time/day.js';
import { bandOf } from '../domain/verdict/band.js';
import { groupOf } from '../domain/verdict/strikes.js';
import { knownWhens, Restatement, ScorecardReference } from './health.dto.js';

const levels = ['unknown', 'green', 'amber', 'red'] as const;

export class PastDayQuery {
  @ApiPropertyOptional({ description: 'Judge the day by this scorecard; by the one that judged it by default. Needs `revision`.' })
  @IsOptional()
  @IsPlainText()
  scorecardId?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(999_999_999)
  revision?: number;

  @ApiPropertyOptional({ enum: knownWhens, default: 'then', description: 'then: as it was shown that day. now: with the signals that came for it later.' })
  @IsOptional()
  @IsIn(knownWhens)
  known?: (typeof knownWhens)[number];
}

export class PastMeasure {
  @ApiProperty() id!: string;
  @ApiProperty() family!: string;
  @ApiProperty({ type: Number, nullable: true }) value!: number | null;
  @ApiProperty({ type: String, nullable: true }) unit!: string | null;
  @ApiProperty({ type: Number, nullable: true }) points!: number | null;
  @ApiProperty({ enum: levels }) band!: string;
  @ApiProperty() weight!: number;
  @ApiProperty({ type: Number, nullable: true }) contribution!: number | null;
  @ApiProperty({ enum: ['ok', 'stale', 'missing', 'not_applicable'] }) state!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) validUntil!: string | null;
}

export class PastAdjustment {
  @ApiProperty({ enum: ['cap', 'override'] }) kind!: string;
  @ApiProperty({ description: 'Empty for an override: its record keeps it.' }) reason!: string;
  @ApiProperty() points!: number;
}

export class PastIndicator {
  @ApiProperty() kind!: string;
  @ApiProperty() group!: string;
  @ApiProperty() severe!: boolean;
}

export class PastStrikes {
  @ApiProperty({ type: 'integer' }) count!: number;
  @ApiProperty({ type: [String] }) groups!: readonly string[];
}

export class PastDayView {
  @ApiProperty() accountId!: string;
  @ApiProperty({ format: 'date' }) day!: string;
  @ApiProperty({ format: 'date-time', description: 'The look that it is made from: the last of the day that changed anything.' }) asOf!: string;
  @ApiProperty({ type: Number, nullable: true }) healthScore!: number | null;
  @ApiProperty({ type: Number, nullable: true }) rawScore!: number | null;
  @ApiProperty({ type: [PastAdjustment] }) adjustments!: readonly PastAdjustment[];
  @ApiProperty({ enum: levels }) band!: string;
  @ApiProperty({ enum: levels }) riskLevel!: string;
  @ApiProperty() dataCoverage!: number;
  @ApiProperty() lowConfidence!: boolean;
  @ApiProperty({ type: PastStrikes }) strikes!: PastStrikes;
  @ApiProperty({ type: [PastMeasure] }) measures!: readonly PastMeasure[];
  @ApiProperty({ type: [PastIndicator], description: 'Those that were raised at the time and that the scorecard knows.' }) indicators!: readonly PastIndicator[];
  @ApiProperty({ type: ScorecardReference }) scorecard!: ScorecardReference;
  @ApiProperty({ type: Boolean, nullable: true, description: 'It is what was said that day. False: this version of the software makes something else of the same facts. Null: another revision judges it here, or it is restated.' }) asSaid!: boolean | null;
  @ApiProperty({ type: [String], description: 'Measures of the revision that nobody read with its settings that day: they count for nothing.' }) unread!: readonly string[];
  @ApiProperty({ type: Restatement, nullable: true, description: 'Null without `known=now`, and where no signal came late for the day.' }) restated!: Restatement | null;
}

const points = (basisPoints: number | null | undefined): number | null => (basisPoints == null ? null : basisPoints / 100);

export function pastDayViewOf(accountId: string, { kept, facts, card, verdict, isAsSaid, unread, restated }: PastDay): PastDayView {
  const { measures, contributionsBp, adjusted, rawBp, band, riskLevel, dataCoverage, lowConfidence, strikes, indicators } = verdict;
  return {
    accountId, day: isoDay(kept.day), asOf: isoInstant(facts.asOf), healthScore: points(adjusted.healthBp), rawScore: points(rawBp), adjustments: adjusted.adjustments, band, riskLevel, dataCoverage, lowConfidence,
    strikes: { count: strikes.count, groups: strikes.groups },
    measures: measures.map(({ definition, weight, reading, state, pointsBp, validUntil }, i) => ({
      id: definition.id, family: definition.family, value: reading.found ? reading.value : null, unit: reading.found ? definition.unit : null, points: points(pointsBp), band: bandOf(pointsBp, card.bands), weight,
      contribution: points(contributionsBp[i]), state, validUntil: validUntil === null ? null : isoInstant(validUntil),
    })),
    indicators: indicators.map((indicator) => ({ kind: indicator.kind, group: groupOf(indicator), severe: indicator.severe })),
    scorecard: { id: card.id, revision: card.revision }, asSaid: isAsSaid, unread, restated,
  };
}
