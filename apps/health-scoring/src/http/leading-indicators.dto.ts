import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { IsOptional } from 'class-validator';

const directions = ['up', 'down', 'flat'] as const;

export class LeadingBookQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  ownerId?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  segment?: string;
}

export class LeadingRoleAnswer {
  @ApiProperty({ enum: ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user'], description: '`user`: without a stakeholder’s role.' }) role!: string;
  @ApiProperty({ type: 'integer', nullable: true }) value!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) before!: number | null;
  @ApiProperty({ enum: directions, nullable: true }) trend!: string | null;
}

export class LeadingIndicatorAnswer {
  @ApiProperty({ enum: ['plan_progress', 'usage_by_role', 'ticket_trend', 'executive_contact', 'stakeholder_sentiment'] }) id!: string;
  @ApiProperty({ enum: ['share', 'contacts', 'tickets', 'of 10'] }) unit!: string;
  @ApiProperty({ type: Number, nullable: true, description: 'Null: nothing is known.' }) value!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: '28 days before.' }) before!: number | null;
  @ApiProperty({ enum: directions, nullable: true, description: 'Of `value` against `before`; flat where the difference may be chance.' }) trend!: string | null;
  @ApiProperty({ enum: ['up', 'down'], description: 'The direction that is good news.' }) better!: string;
  @ApiProperty() text!: string;
  @ApiPropertyOptional({ type: [LeadingRoleAnswer], description: 'Of usage_by_role.' }) byRole?: readonly LeadingRoleAnswer[];
}

export class LeadingOfAccountAnswer {
  @ApiProperty() accountId!: string;
  @ApiProperty({ type: String, format: 'date' }) day!: string;
  @ApiProperty({ type: [LeadingIndicatorAnswer] }) indicators!: readonly LeadingIndicatorAnswer[];
}

export class LeadingOfBookAnswer {
  @ApiProperty({ type: String, format: 'date', description: 'At the end of which the book is told: yesterday.' }) day!: string;
  @ApiProperty({ type: 'integer', description: 'Accounts in it.' }) accounts!: number;
  @ApiProperty({ description: 'Some accounts are not counted yet: ask again.' }) isPartial!: boolean;
  @ApiProperty({ type: [LeadingIndicatorAnswer] }) indicators!: readonly LeadingIndicatorAnswer[];
}
