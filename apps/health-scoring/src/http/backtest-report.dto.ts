import { ApiProperty } from '@nestjs/swagger';

const findings = ['too_few', 'no_signal', 'signal', 'reversed'] as const;
export const Finding = () => ApiProperty({ enum: findings, description: '`too_few`: outcomes are missing, figures are null. `no_signal`: chance alone explains what was seen. `signal`: it tells losses from renewals. `reversed`: it points the wrong way.' });
export const Text = () => ApiProperty({ description: 'The finding in words.' });
export const Count = (description?: string) => ApiProperty({ type: 'integer', ...(description !== undefined && { description }) });

export class EstimateView {
  @ApiProperty() value!: number;
  @ApiProperty({ description: 'Lower end of the 95 % interval.' }) low!: number;
  @ApiProperty() high!: number;
}

export class ShareView {
  @Count() count!: number;
  @Count() of!: number;
  @ApiProperty({ minimum: 0, maximum: 1 }) share!: number;
  @ApiProperty({ description: 'Lower end of the 95 % interval (Wilson), by accounts.' }) low!: number;
  @ApiProperty() high!: number;
}

export class DaysView {
  @ApiProperty() median!: number;
  @ApiProperty({ description: 'Lower end of the 95 % interval.' }) low!: number;
  @ApiProperty() high!: number;
}

export const Estimate = (description: string) => ApiProperty({ type: EstimateView, nullable: true, description });
export const Share = (description: string) => ApiProperty({ type: ShareView, nullable: true, description });
export const Days = (description: string) => ApiProperty({ type: DaysView, nullable: true, description });

export class LeftOutView {
  @Count('Terms whose outcome was known by then.') decided!: number;
  @Count('Terms without a reading about then.') unread!: number;
}

export class LeadFiguresView {
  @Count('Days before the notice date.') leadDays!: number;
  @Count() terms!: number;
  @Count() losses!: number;
  @Count() accounts!: number;
  @ApiProperty({ type: LeftOutView }) leftOut!: LeftOutView;
  @Finding() finding!: string;
  @Text() text!: string;
  @Share('Of these terms, those that were lost: what precision is to be held against.') lossRate!: ShareView | null;
  @Estimate('Area under the ROC curve of the score: how often a lost term had a lower one than a renewed term.') auc!: EstimateView | null;
  @Estimate('The same of goal attainment alone.') goalsOnlyAuc!: EstimateView | null;
  @Share('Of the red terms, those that were lost.') precision!: ShareView | null;
  @Share('Of the lost terms, those that were red.') recall!: ShareView | null;
}

export class RedFiguresView {
  @Count('Terms with readings in the year before the notice date.') terms!: number;
  @Count() losses!: number;
  @Count('Terms without any.') unread!: number;
  @Days('From turning red (the last time) to the notice date, of the losses that did.') leadDays!: DaysView | null;
  @Share('Losses that were never red.') neverRed!: ShareView | null;
  @Share('Losses whose last NPS answer was 9 or 10, of those that had one.') contentNps!: ShareView | null;
  @Share('Lost, of those that turned red and were met, called or written to within 30 days.') answered!: ShareView | null;
  @Share('Lost, of those that turned red and were left alone.') untouched!: ShareView | null;
}

export class BookFiguresView {
  @Count() terms!: number;
  @Count() losses!: number;
  @Count() accounts!: number;
  @Finding() finding!: string;
  @Text() text!: string;
  @ApiProperty({ type: [LeadFiguresView] }) leads!: readonly LeadFiguresView[];
  @ApiProperty({ type: RedFiguresView }) red!: RedFiguresView;
}

export class SegmentFiguresView extends BookFiguresView {
  @ApiProperty({ type: String, nullable: true, description: 'Null: accounts without a segment.' }) segment!: string | null;
}

export class IndicatorFiguresView {
  @ApiProperty() kind!: string;
  @Count('Terms in which it stood within a year before the notice date.') raised!: number;
  @Count() notRaised!: number;
  @Finding() finding!: string;
  @Text() text!: string;
  @Share('Of the terms in which it stood, those that were lost.') precision!: ShareView | null;
  @Share('Of all other terms, those that were lost.') otherwise!: ShareView | null;
  @Share('Of the losses, those in which it stood.') recall!: ShareView | null;
  @Days('From when it first stood to the notice date, of the losses.') leadDays!: DaysView | null;
}

export class AddedFiguresView {
  @ApiProperty() measure!: string;
  @Count() terms!: number;
  @Count() losses!: number;
  @Finding() finding!: string;
  @Text() text!: string;
  @Estimate('Of goal attainment alone, 90 days before the notice date.') goalsOnlyAuc!: EstimateView | null;
  @Estimate('Of both together, in the proportion of their weights.') auc!: EstimateView | null;
  @Estimate('The difference, with its own interval.') gain!: EstimateView | null;
}

export class MeasureAtLeadView {
  @Count('Days before the notice date.') leadDays!: number;
  @Estimate('Area under the ROC curve; null: too few outcomes.') auc!: EstimateView | null;
}

export class LoyaltyDriverView {
  @ApiProperty() measure!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Share of the half-samples in which it was chosen; null: known for too few terms.' }) chosen!: number | null;
  @ApiProperty({ description: 'Chosen in four of five half-samples or more.' }) isDriver!: boolean;
  @Estimate('Factor on the odds of renewal for one standard deviation more of it, the others being equal; 5th to 95th percentile of the half-samples.') odds!: EstimateView | null;
  @ApiProperty({ type: [MeasureAtLeadView], description: 'How well it tells losses from renewals by itself.' }) aucs!: readonly MeasureAtLeadView[];
  @ApiProperty({ description: 'Related to the outcome only shortly before it: it may follow the decision.' }) mayFollow!: boolean;
  @Text() text!: string;
}

export class LoyaltyDriversView {
  @Count('Days before the notice date at which the measures were read.') readAt!: number;
  @Count() terms!: number;
  @Count() losses!: number;
  @Text() text!: string;
  @ApiProperty({ type: [LoyaltyDriverView], description: 'Most often chosen first.' }) drivers!: readonly LoyaltyDriverView[];
}

export class BacktestReportView extends BookFiguresView {
  @Count('Accounts of which outcomes are known.') accountsWithOutcomes!: number;
  @ApiProperty({ type: [String], description: 'Measures that nobody read with these settings on some of the days: there they count as unknown.' }) unreadMeasures!: readonly string[];
  @ApiProperty({ type: [SegmentFiguresView], description: 'By losses, the most first; at most fifty.' }) segments!: readonly SegmentFiguresView[];
  @ApiProperty({ type: [IndicatorFiguresView] }) indicators!: readonly IndicatorFiguresView[];
  @ApiProperty({ type: [AddedFiguresView], description: 'What each further measure adds to goals alone.' }) added!: readonly AddedFiguresView[];
  @ApiProperty({ type: LoyaltyDriversView }) drivers!: LoyaltyDriversView;
  @ApiProperty({ description: 'How often a shown interval may miss; a finding holds at this level over all figures of its table together.' }) level!: number;
}
