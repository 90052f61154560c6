import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import { BacktestDifferenceView } from './backtest-difference.dto.js';
import { Document } from './scorecard.dto.js';

const bands = ['unknown', 'red', 'amber', 'green'] as const;

export class StartSimulation {
  @Document()
  @IsOptional()
  @IsObject()
  document?: object;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'A kept revision, where no document is given; the newest by default.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(999_999_999)
  revision?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 90, description: 'Days up to today (UTC), at most as many as readings are kept (`READINGS_KEPT_DAYS`).' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  days?: number;
}

export class SimulatedAccountQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ description: 'Id of the last account already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class SimulationProgress {
  @ApiProperty({ type: 'integer', description: 'Accounts that were looked at.' }) done!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts of the book when it began; 0 before.' }) of!: number;
}

export class SideCount {
  @ApiProperty({ enum: bands, description: 'By what is in force.' }) from!: string;
  @ApiProperty({ enum: bands, description: 'By the draft.' }) to!: string;
  @ApiProperty({ type: 'integer' }) accounts!: number;
}

export class AlertsView {
  @ApiProperty({ type: 'integer', description: 'Changes of risk level from one day to the next.' }) riskChanges!: number;
  @ApiProperty({ type: 'integer', description: 'Those of them to red.' }) toRed!: number;
  @ApiProperty({ type: 'integer', description: 'Groups of indicators that began to strike.' }) strikes!: number;
  @ApiProperty({ type: 'integer', description: 'How often an account came to three strikes.' }) threeStrikes!: number;
}

export class WeekOfAlerts {
  @ApiProperty({ format: 'date', description: 'The Monday with which it begins.' }) week!: string;
  @ApiProperty({ type: AlertsView }) inForce!: AlertsView;
  @ApiProperty({ type: AlertsView }) draft!: AlertsView;
}

export class UnansweredView {
  @ApiProperty({ enum: ['inForce', 'draft'], description: 'Whose verdicts it concerns.' }) side!: string;
  @ApiProperty({ example: 'measures.touches' }) path!: string;
  @ApiProperty({ description: 'What was done instead.' }) text!: string;
  @ApiProperty({ type: 'integer' }) accounts!: number;
  @ApiProperty({ type: 'integer' }) accountDays!: number;
}

export class SimulationResult {
  @ApiProperty({ type: 'integer', description: 'Accounts of which days are kept.' }) accounts!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts of which none is: they are in no count.' }) withoutDays!: number;
  @ApiProperty({ type: 'integer' }) accountDays!: number;
  @ApiProperty({ type: [SideCount], description: 'Accounts by their band on their last day.' }) bands!: SideCount[];
  @ApiProperty({ type: [SideCount], description: 'Accounts by their risk level on their last day.' }) riskLevels!: SideCount[];
  @ApiProperty({ type: 'integer', description: 'Accounts whose bands differ on any day.' }) differing!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts that the draft has no band for on their last day, and what is in force does.' }) newlyUnknown!: number;
  @ApiProperty({ type: 'integer' }) noLongerUnknown!: number;
  @ApiProperty({ type: [WeekOfAlerts], description: 'Weeks in which either would have told of anything. The first day of an account is no change.' }) weeks!: WeekOfAlerts[];
  @ApiProperty({ type: BacktestDifferenceView, nullable: true, description: 'The draft held against how contracts ended; null of simulations that ran before there was such a figure, and where `noBacktest` says why.' }) backtest!: BacktestDifferenceView | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why the draft could not be held against how contracts ended, as where a book has more of them than fit into memory; all else was counted.' }) noBacktest!: string | null;
  @ApiProperty({ type: [UnansweredView], description: 'What the kept days cannot answer; empty: the counts are all there is to know.' }) unanswered!: UnansweredView[];
}

export class SimulationView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() scorecardId!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Null: a document that was sent and is not kept as a revision.' }) revision!: number | null;
  @ApiProperty({ format: 'date' }) from!: string;
  @ApiProperty({ format: 'date' }) to!: string;
  @ApiProperty({ enum: ['queued', 'running', 'completed', 'cancelled', 'failed'] }) state!: string;
  @ApiProperty({ type: SimulationProgress }) progress!: SimulationProgress;
  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' }) error!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty() createdBy!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt!: string | null;
  @ApiProperty({ type: SimulationResult, nullable: true, description: 'Null until it is completed.' }) result!: SimulationResult | null;
}

export class StandingView {
  @ApiProperty() scorecardId!: string;
  @ApiProperty({ type: Number, nullable: true }) healthScore!: number | null;
  @ApiProperty({ enum: bands }) band!: string;
  @ApiProperty({ enum: bands }) riskLevel!: string;
  @ApiProperty({ type: 'integer' }) strikes!: number;
}

export class BandChanges {
  @ApiProperty({ type: 'integer' }) inForce!: number;
  @ApiProperty({ type: 'integer' }) draft!: number;
}

export class SimulatedAccountView {
  @ApiProperty({ description: 'The account.' }) id!: string;
  @ApiProperty({ type: 'integer', description: 'Days that are kept of it.' }) days!: number;
  @ApiProperty({ type: StandingView, description: 'On its last day.' }) inForce!: StandingView;
  @ApiProperty({ type: StandingView, description: 'On its last day.' }) draft!: StandingView;
  @ApiProperty({ type: 'integer', description: 'Days on which the bands differ.' }) differingDays!: number;
  @ApiProperty({ type: BandChanges, description: 'Changes of band from one day to the next.' }) bandChanges!: BandChanges;
}
