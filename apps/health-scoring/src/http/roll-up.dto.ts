import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { rollUpChoices, type RollUpChoice } from '../domain/hierarchy/roll-up.js';

const levels = ['unknown', 'green', 'amber', 'red'] as const;

export class RollUpQuery {
  @ApiPropertyOptional({ enum: rollUpChoices, default: 'arr_weighted', description: 'How the scores become one.' })
  @IsOptional()
  @IsIn(rollUpChoices)
  by: RollUpChoice = 'arr_weighted';
}

export class TreeAccountAnswer {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, nullable: true }) parentId!: string | null;
  @ApiProperty({ type: 'integer', minimum: 0, description: 'Steps below the account that is asked for.' }) depth!: number;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Minor units of `currency`.' }) arrMinor!: number | null;
  @ApiProperty({ type: String, nullable: true }) currency!: string | null;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100 }) healthScore!: number | null;
  @ApiProperty({ enum: levels }) band!: string;
  @ApiProperty({ enum: levels }) riskLevel!: string;
  @ApiProperty({ type: 'integer', description: 'Its own strikes: listed, and not added to those above.' }) strikes!: number;
  @ApiProperty({ type: [String] }) groups!: readonly string[];
}

export class CoveredAnswer {
  @ApiProperty({ type: 'integer', description: 'The account and those below it without a contract of their own.' }) accounts!: number;
  @ApiProperty({ description: 'Quantity of use in 28 days.' }) events!: number;
  @ApiProperty({ type: 'integer', description: 'Active in 28 days; who is active in two accounts counts in each.' }) activeContacts!: number;
  @ApiProperty({ type: 'integer', nullable: true }) seatsBought!: number | null;
  @ApiProperty({ type: 'integer', description: 'Assigned where reported, else active contacts.' }) seatsUsed!: number;
  @ApiProperty({ type: Number, nullable: true }) utilisation!: number | null;
}

export class RollUpAnswer {
  @ApiProperty() accountId!: string;
  @ApiProperty({ enum: rollUpChoices }) by!: string;
  @ApiProperty({ type: Number, nullable: true, minimum: 0, maximum: 100, description: 'Of the account and all below it; null where none has a score, or none of those has ARR to weigh it by.' }) healthScore!: number | null;
  @ApiProperty({ type: TreeAccountAnswer, description: 'The account itself.' }) own!: TreeAccountAnswer;
  @ApiProperty({ type: TreeAccountAnswer, nullable: true, description: 'The worst below it, by risk level, then score.' }) worst!: TreeAccountAnswer | null;
  @ApiProperty({ type: CoveredAnswer, nullable: true, description: 'Use and seats of all that the account’s contract is for; null where it holds none.' }) covered!: CoveredAnswer | null;
  @ApiProperty({ type: [TreeAccountAnswer], description: 'All below it, parents first, at most 2,000.' }) below!: readonly TreeAccountAnswer[];
}
