import { ApiProperty } from '@nestjs/swagger';
import { Count, Days, DaysView, Estimate, EstimateView, Finding, LeftOutView, Share, ShareView, Text } from './backtest-report.dto.js';

const Difference = () => ApiProperty({
  enum: ['too_few', 'no_difference', 'better', 'worse', 'mixed'],
  description: '`too_few`: outcomes are missing, figures are null. `no_difference`: chance alone explains it. `better`, `worse`: the draft tells losses from renewals better, or worse, than what is in force. `mixed` (of the whole): better at one lead, worse at another.',
});

export class SideFiguresView {
  @Finding() finding!: string;
  @Estimate('Area under the ROC curve of the score; null: too few outcomes.') auc!: EstimateView | null;
  @Share('Of the red terms, those that were lost; null where the score says nothing.') precision!: ShareView | null;
  @Share('Of the lost terms, those that were red; null where the score says nothing.') recall!: ShareView | null;
}

export class GrowthView {
  @Estimate('Of the area, on the same terms.') auc!: EstimateView | null;
  @Estimate('Of precision; null where either side has none.') precision!: EstimateView | null;
  @Estimate('Of recall; null where either side has none.') recall!: EstimateView | null;
}

export class LeadDifferenceView {
  @Count('Days before the notice date.') leadDays!: number;
  @Count('Terms that both sides have a reading of.') terms!: number;
  @Count() losses!: number;
  @Count() accounts!: number;
  @ApiProperty({ type: LeftOutView }) leftOut!: LeftOutView;
  @Difference() finding!: string;
  @Text() text!: string;
  @Share('Of these terms, those that were lost: what precision is to be held against.') lossRate!: ShareView | null;
  @ApiProperty({ type: SideFiguresView }) inForce!: SideFiguresView;
  @ApiProperty({ type: SideFiguresView }) draft!: SideFiguresView;
  @ApiProperty({ type: GrowthView, description: 'How much each figure grows by the draft.' }) growth!: GrowthView;
}

export class SidesOfDays {
  @Days('By what is in force.') inForce!: DaysView | null;
  @Days('By the draft.') draft!: DaysView | null;
}

export class SidesOfShares {
  @Share('By what is in force.') inForce!: ShareView | null;
  @Share('By the draft.') draft!: ShareView | null;
}

export class RedDifferenceView {
  @Count('Losses of which a day was kept before the decision.') losses!: number;
  @ApiProperty({ type: SidesOfDays, description: 'From turning red (the last time) to the notice date, of the losses that did.' }) leadDays!: SidesOfDays;
  @Days('Days by which the draft was red earlier, of the losses that turned red by both; below 0: later.') earlier!: DaysView | null;
  @ApiProperty({ type: SidesOfShares, description: 'Losses that were never red.' }) neverRed!: SidesOfShares;
  @Estimate('How much the share that was never red grows.') neverRedGrowth!: EstimateView | null;
}

export class BacktestDifferenceView {
  @Count('Terms that ended and of which a day was kept before the decision.') terms!: number;
  @Count() losses!: number;
  @Count() accounts!: number;
  @Difference() finding!: string;
  @Text() text!: string;
  @ApiProperty({ type: [LeadDifferenceView] }) leads!: readonly LeadDifferenceView[];
  @ApiProperty({ type: RedDifferenceView }) red!: RedDifferenceView;
  @ApiProperty({ description: 'How often a shown interval may miss; a finding holds at this level over all leads together.' }) level!: number;
}
