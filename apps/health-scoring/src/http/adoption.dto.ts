import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsOptional } from 'class-validator';

const roles = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer', 'user'] as const;

export class AdoptionContactsQuery extends OmitType(ListQuery, ['startingAfter']) {
  @ApiPropertyOptional({ description: 'Id of the last person already seen.' })
  @IsOptional()
  @IsPlainText()
  startingAfter?: string;
}

export class BreadthAnswer {
  @ApiProperty({ type: 'integer', description: 'Features used in 28 days.' }) features!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'Of one active contact, on average.' }) featuresPerContact!: number | null;
}

export class DepthAnswer {
  @ApiProperty({ type: Number, nullable: true, description: 'Days with use in 28 of one active contact, on average.' }) activeDaysPerContact!: number | null;
}

export class AdoptionFiguresAnswer {
  @ApiProperty({ type: 'integer', description: 'Contacts active today (UTC).' }) dau!: number;
  @ApiProperty({ type: 'integer', description: 'Contacts active in the last 7 days, today included.' }) wau!: number;
  @ApiProperty({ type: 'integer', description: 'Contacts active in the last 28 days, today included.' }) mau!: number;
  @ApiProperty({ type: BreadthAnswer }) breadth!: BreadthAnswer;
  @ApiProperty({ type: DepthAnswer }) depth!: DepthAnswer;
}

export class RoleAdoptionAnswer extends AdoptionFiguresAnswer {
  @ApiProperty({ enum: roles, nullable: true, description: 'Null: contacts without a role. One with several counts for each.' }) role!: string | null;
}

export class ProductAdoptionAnswer extends AdoptionFiguresAnswer {
  @ApiProperty({ type: String, nullable: true, description: 'Null: use that names no product.' }) product!: string | null;
}

export class FeatureUseAnswer {
  @ApiProperty({ type: String, nullable: true }) product!: string | null;
  @ApiProperty() feature!: string;
  @ApiProperty({ type: 'integer', description: 'Who used it in 28 days.' }) contacts!: number;
  @ApiProperty({ type: 'integer', description: 'Days with use, summed over contacts.' }) contactDays!: number;
  @ApiProperty({ format: 'date' }) lastOn!: string;
}

export class AdoptionDayAnswer {
  @ApiProperty({ format: 'date' }) day!: string;
  @ApiProperty({ type: 'integer' }) dau!: number;
  @ApiProperty({ type: 'integer' }) wau!: number;
  @ApiProperty({ type: 'integer' }) mau!: number;
}

export class AdoptionAnswer extends AdoptionFiguresAnswer {
  @ApiProperty() accountId!: string;
  @ApiProperty({ format: 'date', description: 'The day up to which is counted.' }) day!: string;
  @ApiProperty({ description: 'Quantity of use in 28 days, that of nobody known included.' }) events!: number;
  @ApiProperty({ type: [RoleAdoptionAnswer] }) byRole!: RoleAdoptionAnswer[];
  @ApiProperty({ type: [ProductAdoptionAnswer] }) byProduct!: ProductAdoptionAnswer[];
  @ApiProperty({ type: [FeatureUseAnswer], description: 'Most used first.' }) features!: FeatureUseAnswer[];
  @ApiProperty({ type: [AdoptionDayAnswer], description: 'The last 28 days, oldest first.' }) days!: AdoptionDayAnswer[];
}

export class ContactAdoptionAnswer {
  @ApiProperty({ description: 'Of the person.' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ enum: roles, isArray: true }) roles!: readonly string[];
  @ApiProperty({ type: String, format: 'date', nullable: true, description: 'Last day with use; null: none yet.' }) lastActiveOn!: string | null;
  @ApiProperty({ type: 'integer', description: 'Days with use in 28.' }) activeDays!: number;
  @ApiProperty({ type: [String], description: 'Products used in 28 days, of those that were named.' }) products!: readonly string[];
  @ApiProperty({ type: [String], description: 'Features used in 28 days.' }) features!: readonly string[];
}

export class ContactAdoptionList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [ContactAdoptionAnswer] }) data!: ContactAdoptionAnswer[];
  @ApiProperty() hasMore!: boolean;
}
