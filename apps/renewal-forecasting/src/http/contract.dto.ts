import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { ListQuery } from '@perennial/service-kit/list';
import { IsOptional } from 'class-validator';
import { OptionalDay } from './calendar-day.js';

const statuses = ['created', 'amended', 'agreed', 'extended', 'cancel_scheduled', 'cancel_withdrawn', 'cancelled', 'renewed', 'lost'] as const;

export class ContractDayQuery {
  @OptionalDay('The day the contract is shown as of; today when left out.')
  on?: string;
}

export class ContractQuery extends ListQuery {
  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  accountId?: string;

  @OptionalDay('The day the contracts are shown as of; today when left out.')
  on?: string;
}

export class ContractEntryResponse {
  @ApiProperty({ description: 'Id of the signal that told it.' }) id!: string;
  @ApiProperty({ enum: statuses }) status!: (typeof statuses)[number];
  @ApiProperty({ format: 'date' }) startsOn!: string;
  @ApiProperty({ format: 'date', type: String, nullable: true }) endsOn!: string | null;
  @ApiProperty({ type: 'integer' }) arrMinor!: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ type: 'integer', nullable: true }) seats!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) noticeDays!: number | null;
  @ApiProperty({ type: Boolean, nullable: true }) autoRenew!: boolean | null;
  @ApiProperty({ type: String, nullable: true }) product!: string | null;
  @ApiProperty({ format: 'date', description: 'The day from which the entry holds.' }) effectiveOn!: string;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ type: Boolean, nullable: true }) controllable!: boolean | null;
  @ApiProperty({ format: 'date-time' }) occurredAt!: string;
}

export class ContractResponse {
  @ApiProperty() id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty({ type: [ContractEntryResponse], description: 'The ledger, by effective day. Entries are never edited.' }) entries!: ContractEntryResponse[];
  @ApiProperty({ type: 'integer', description: 'ARR on the day, minor units.' }) arrMinor!: number;
  @ApiProperty() currency!: string;
  @ApiProperty({ format: 'date', type: String, nullable: true, description: 'Start of the term of the day.' }) startsOn!: string | null;
  @ApiProperty({ format: 'date', type: String, nullable: true, description: 'Its last day; null: open-ended.' }) endsOn!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) seats!: number | null;
  @ApiProperty() autoRenew!: boolean;
  @ApiProperty({ type: 'integer' }) noticeDays!: number;
}
