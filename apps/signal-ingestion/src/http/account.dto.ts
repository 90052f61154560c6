import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO31661Alpha2, IsISO8601, IsObject, IsOptional, IsString, IsTimeZone, Length, Matches } from 'class-validator';
import { ListQuery } from '@perennial/service-kit/list';
import { IsIn } from 'class-validator';
import { signalKinds, type SignalKind } from '@perennial/contracts/signal';

const text = (description: string) => ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength: 200, description });

/** What may be set; fields that are not given stay, null clears one. */
export class SaveAccountBody {
  @text('Name people know it by.') @IsOptional() @IsString() @Length(1, 200) name?: string | null;
  @text('Segment, e.g. `enterprise`.') @IsOptional() @IsString() @Length(1, 200) segment?: string | null;
  @text('Tier: `high`, `mid`, `digital` or one of your own.') @IsOptional() @IsString() @Length(1, 200) tier?: string | null;
  @text('Region.') @IsOptional() @IsString() @Length(1, 200) region?: string | null;
  @text('Stage of its life cycle.') @IsOptional() @IsString() @Length(1, 200) lifecycleStage?: string | null;
  @text('User id of its owner.') @IsOptional() @IsString() @Length(1, 200) ownerId?: string | null;
  @text('Account it belongs to.') @IsOptional() @IsString() @Length(1, 200) @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' }) parentId?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Europe/Berlin', description: 'IANA time zone.' })
  @IsOptional()
  @IsTimeZone()
  timeZone?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'DE', description: 'ISO 3166-1 alpha-2.' })
  @IsOptional()
  @IsISO31661Alpha2()
  country?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, format: 'date', description: 'Day on which it went or goes live.' })
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: 'must be a day, e.g. 2026-01-31' })
  @IsISO8601({ strict: true })
  goLive?: string | null;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'Own fields; those given are set, null removes one.' })
  @IsOptional()
  @IsObject()
  traits?: Record<string, unknown>;
}

/** An account as the API answers it. */
export class AccountView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, nullable: true }) segment!: string | null;
  @ApiProperty({ type: String, nullable: true }) tier!: string | null;
  @ApiProperty({ type: String, nullable: true }) region!: string | null;
  @ApiProperty({ type: String, nullable: true }) country!: string | null;
  @ApiProperty({ type: String, nullable: true }) timeZone!: string | null;
  @ApiProperty({ type: String, nullable: true }) lifecycleStage!: string | null;
  @ApiProperty({ type: String, nullable: true }) ownerId!: string | null;
  @ApiProperty({ type: String, nullable: true }) parentId!: string | null;
  @ApiProperty({ type: [String], description: 'Every other id whose signals are this account\'s: ids in other systems, and accounts merged into it.' }) aliases!: string[];
  @ApiProperty({ type: String, nullable: true, description: 'The account that took this one in.' }) mergedInto!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) goLive!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) traits!: Record<string, unknown>;
  @ApiProperty({ format: 'date-time', description: 'Earliest event known of it.' }) createdAt!: string;
  @ApiProperty({ type: 'integer' }) version!: number;
}

export class TimelineQueryDto extends ListQuery {
  @ApiPropertyOptional({ enum: signalKinds })
  @IsOptional()
  @IsIn(signalKinds)
  kind?: SignalKind;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before this instant or day.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not after this instant or day.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;

  @ApiPropertyOptional({ description: '`cursor` of the last row already seen, in place of `startingAfter`: exact also where two sources use the same id.' })
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  cursor?: string;
}

/** A signal as it stands in an account's timeline. */
export class TimelineSignal {
  @ApiProperty() id!: string;
  @ApiProperty({ enum: signalKinds }) kind!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty({ description: 'The account as the signal named it: an alias, or one that was merged into this.' }) namedAccountId!: string;
  @ApiProperty({ type: String, nullable: true }) personId!: string | null;
  @ApiProperty({ format: 'date-time' }) occurredAt!: string;
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty() sourceId!: string;
  @ApiProperty({ type: String, nullable: true }) product!: string | null;
  @ApiProperty({ description: 'It lay more than 5 min ahead of its receipt and was moved back to it.' }) clamped!: boolean;
  @ApiProperty({ type: 'object', additionalProperties: true }) data!: object;
  @ApiProperty({ description: 'Its place in the timeline, to go on from with `cursor`.' }) cursor!: string;
}
