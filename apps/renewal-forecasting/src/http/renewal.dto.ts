import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn, IsOptional } from 'class-validator';
import { OptionalDay } from './calendar-day.js';

export const renewalStates = ['open', 'agreed', 'renewed', 'extended', 'churn_notified', 'churned'] as const;
const methods = ['scorecard', 'map', 'additive', 'boosted', 'base_rate', 'state'] as const;
const outcomes = ['flat', 'upsell', 'downsell', 'extended', 'churned'] as const;

export class RenewalQuery extends ListQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  accountId?: string;

  @OptionalDay('First renewal date, included.')
  renewalFrom?: string;

  @OptionalDay('Last renewal date, included.')
  renewalTo?: string;

  @ApiPropertyOptional({ enum: renewalStates })
  @IsOptional()
  @IsIn(renewalStates)
  state?: (typeof renewalStates)[number];
}

export class DriverResponse {
  @ApiProperty({ example: 'usage_drop' }) id!: string;
  @ApiProperty() text!: string;
  @ApiProperty({ description: 'Added to the log-odds.' }) logOdds!: number;
}

export class ForecastResponse {
  @ApiProperty({ minimum: 0, maximum: 1 }) probability!: number;
  @ApiProperty({ enum: methods }) method!: (typeof methods)[number];
  @ApiProperty({ type: 'integer', description: 'Outcomes of account-terms the method rests on.' }) outcomes!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Where the goals alone would start.' }) seedPrior!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'With the drivers it gives the log-odds of `probability`; null for method `state`.' }) baseLogOdds!: number | null;
  @ApiProperty({ type: [DriverResponse] }) drivers!: DriverResponse[];
  @ApiProperty({ description: 'Names the state for method `state`, else what is known of the goals.' }) text!: string;
  @ApiProperty({ format: 'date-time' }) asOf!: string;
  @ApiProperty() model!: string;
}

export class RenewalResponse {
  @ApiProperty({ description: 'Contract id, `~`, term end.', example: 'C-17~2027-03-31' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty() contractId!: string;
  @ApiProperty({ format: 'date' }) renewalOn!: string;
  @ApiProperty({ format: 'date', description: 'The last day the customer can still say no.' }) noticeOn!: string;
  @ApiProperty({ type: 'integer', description: 'ARR due at the term end, minor units.' }) arrMinor!: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ enum: renewalStates }) state!: (typeof renewalStates)[number];
  @ApiProperty({ enum: outcomes, nullable: true, type: String }) outcome!: (typeof outcomes)[number] | null;
  @ApiProperty({ type: ForecastResponse, nullable: true, description: 'Null once the renewal is decided.' }) forecast!: ForecastResponse | null;
  @ApiProperty({ type: 'integer', description: "Version of the account's renewals it was published with." }) version!: number;
}
