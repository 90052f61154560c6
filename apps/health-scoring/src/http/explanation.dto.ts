import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay } from '@perennial/service-kit/http/text-rules';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { ScorecardReference } from './health.dto.js';

const levels = ['unknown', 'green', 'amber', 'red'] as const;
const Nullable = (description?: string) => ApiProperty({ type: Number, nullable: true, ...(description !== undefined && { description }) });

export class ExplanationQuery {
  @ApiPropertyOptional({ format: 'date', description: 'A day that is over: also says what changed the score since its end.' })
  @IsOptional()
  @IsDay()
  since?: string;
}

export class WeeklyQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 52, default: 12, description: 'Mondays to answer at most.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(52)
  weeks: number = 12;
}

export class NeededChangeAnswer {
  @ApiProperty({ enum: ['measure', 'data', 'cap', 'override'], description: 'measure: more points of it; data: it has to be known (again); cap: the fact has to end; override: it has to lapse or be taken back.' }) kind!: string;
  @ApiProperty({ description: 'Of the measure, the cap, the override.' }) id!: string;
  @Nullable('Points now.') from!: number | null;
  @Nullable('Points that it takes at least; null where they do not matter.') to!: number | null;
  @Nullable('The value that has these points, where the scorecard states the curve.') value!: number | null;
  @ApiProperty({ type: String, nullable: true }) unit!: string | null;
  @ApiProperty() text!: string;
}

export class NextBandAnswer {
  @ApiProperty({ enum: ['red', 'amber', 'green'] }) band!: string;
  @ApiProperty({ description: 'The computed score from which it is given.' }) score!: number;
  @ApiProperty({ type: 'integer', description: 'Days running that it takes; 0: it is given at once.' }) days!: number;
  @ApiProperty({ description: 'False: not even with every measure at its best.' }) reachable!: boolean;
  @ApiProperty({ type: [NeededChangeAnswer], description: 'What stands in the way first, then the fewest measures, and of those sets the one with least points to gain.' }) changes!: readonly NeededChangeAnswer[];
  @ApiProperty() text!: string;
}

export class MissingDataAnswer {
  @ApiProperty() measure!: string;
  @ApiProperty({ enum: ['missing', 'stale'] }) state!: string;
  @ApiProperty({ minimum: 0, maximum: 1, description: 'What it would add to the coverage.' }) share!: number;
  @ApiProperty({ description: 'What would bring the data.' }) text!: string;
}

export class NotApplicableAnswer {
  @ApiProperty() measure!: string;
  @ApiProperty() text!: string;
}

export class DataCoverageAnswer {
  @ApiProperty({ minimum: 0, maximum: 1 }) share!: number;
  @ApiProperty() text!: string;
  @ApiProperty({ type: [MissingDataAnswer] }) missing!: readonly MissingDataAnswer[];
  @ApiProperty({ type: [NotApplicableAnswer] }) notApplicable!: readonly NotApplicableAnswer[];
}

export class TrendAnswer {
  @ApiProperty({ enum: ['rising', 'falling', 'flat'] }) direction!: string;
  @Nullable('Points from the first day to the last, by the Theil-Sen slope; null with too few days.') change!: number | null;
  @ApiProperty({ type: 'integer' }) days!: number;
  @ApiProperty() text!: string;
}

export class MeasureGapAnswer {
  @ApiProperty() measure!: string;
  @Nullable() points!: number | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Accounts of the cohort with data for it; null: not enough peers.' }) accounts!: number | null;
  @Nullable('Points from which the top quarter begins; null: not enough peers.') topQuartile!: number | null;
  @Nullable('Points that are wanting to it; null: not enough peers, or no data.') gap!: number | null;
  @Nullable('What closing the gap would add to the computed score.') worth!: number | null;
  @ApiProperty() text!: string;
}

export class CohortGapAnswer {
  @ApiProperty({ type: String, nullable: true }) segment!: string | null;
  @ApiProperty({ enum: ['under_3_months', '3_to_12_months', '12_to_24_months', 'over_24_months'] }) tenure!: string;
  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'Day of the table that was used; null: there is none yet.' }) table!: string | null;
  @ApiProperty({ type: [MeasureGapAnswer], description: 'What is worth most first.' }) measures!: readonly MeasureGapAnswer[];
}

export class ChangePartAnswer {
  @ApiProperty({ enum: ['measure', 'scorecard', 'cap', 'override'] }) kind!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Of the measure, or of the scorecard that judges now.' }) id!: string | null;
  @ApiProperty({ description: 'Points of the score.' }) by!: number;
  @Nullable('Points of the measure then.') from!: number | null;
  @Nullable('Points of the measure now.') to!: number | null;
  @ApiProperty() text!: string;
}

class ScoresThenAndNow {
  @Nullable() from!: number | null;
  @Nullable() to!: number | null;
}

class ScorecardsThenAndNow {
  @ApiProperty({ type: ScorecardReference }) from!: ScorecardReference;
  @ApiProperty({ type: ScorecardReference }) to!: ScorecardReference;
}

export class ScoreChangeAnswer {
  @ApiProperty({ format: 'date' }) day!: string;
  @ApiProperty({ type: ScoresThenAndNow }) healthScore!: ScoresThenAndNow;
  @ApiProperty({ type: ScorecardsThenAndNow }) scorecard!: ScorecardsThenAndNow;
  @Nullable('Null: there was no score then, or is none now; the parts then go from or to 50.') change!: number | null;
  @ApiProperty({ type: [ChangePartAnswer], description: 'Largest first. They sum to the change, exactly.' }) parts!: readonly ChangePartAnswer[];
  @ApiProperty() text!: string;
}

export class JudgedTierAnswer {
  @ApiProperty({ type: String, nullable: true, description: 'What was told of the account.' }) told!: string | null;
  @ApiProperty({ description: 'The tier of the scorecard whose expectations count.' }) judgedAs!: string;
  @ApiProperty() text!: string;
}

export class ExplanationAnswer {
  @ApiProperty() accountId!: string;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) healthScore!: number | null;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) rawScore!: number | null;
  @ApiProperty({ enum: levels }) band!: string;
  @ApiProperty({ enum: levels }) riskLevel!: string;
  @ApiProperty({ type: ScorecardReference }) scorecard!: ScorecardReference;
  @ApiProperty({ format: 'date-time' }) asOf!: string;
  @ApiProperty({ type: NextBandAnswer, nullable: true, description: 'Null: it is in the best.' }) nextBand!: NextBandAnswer | null;
  @ApiProperty({ type: DataCoverageAnswer }) coverage!: DataCoverageAnswer;
  @ApiProperty({ type: JudgedTierAnswer, nullable: true, description: 'A tier that the scorecard does not know is judged as its default one. Null before the first day of the account is kept.' }) tier!: JudgedTierAnswer | null;
  @ApiProperty({ type: TrendAnswer }) trend!: TrendAnswer;
  @ApiProperty({ type: CohortGapAnswer, nullable: true }) cohort!: CohortGapAnswer | null;
  @ApiProperty({ type: ScoreChangeAnswer, nullable: true, description: 'Null where no day was asked for.' }) since!: ScoreChangeAnswer | null;
}

export class MeasureLightAnswer {
  @ApiProperty() measure!: string;
  @ApiProperty({ enum: levels }) light!: string;
  @Nullable('Null: no data, or the scorecard of the time does not have the measure.') points!: number | null;
}

export class LightCauseAnswer {
  @ApiProperty() measure!: string;
  @ApiProperty({ enum: levels }) from!: string;
  @ApiProperty({ enum: levels }) to!: string;
  @ApiProperty() text!: string;
}

export class WeeklyLightAnswer {
  @ApiProperty({ format: 'date', description: 'The Monday at whose 00:00 UTC it was taken.' }) week!: string;
  @ApiProperty({ enum: levels, description: 'The worst of the three that are known.' }) light!: string;
  @ApiProperty({ type: [MeasureLightAnswer] }) lights!: readonly MeasureLightAnswer[];
  @ApiProperty({ type: [LightCauseAnswer], description: 'Every light that differs from the week before.' }) causes!: readonly LightCauseAnswer[];
}

export class WeeklyLightList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [WeeklyLightAnswer] }) data!: WeeklyLightAnswer[];
  @ApiProperty() hasMore!: boolean;
}
