import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { UuidListQuery } from '@perennial/service-kit/list';

/** What an endpoint can ask for. */
export const eventTypes = ['risk.changed'] as const;

export class CreateWebhookEndpoint {
  @ApiProperty({ example: 'https://example.com/hooks/perennial' })
  @IsString()
  @MaxLength(2000)
  url!: string;

  @ApiPropertyOptional({ enum: eventTypes, isArray: true, default: eventTypes })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(eventTypes.length)
  @ArrayUnique()
  @IsIn(eventTypes, { each: true })
  eventTypes?: (typeof eventTypes)[number][];
}

export class WebhookEndpoint {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() url!: string;
  @ApiProperty({ enum: eventTypes, isArray: true }) eventTypes!: string[];
  @ApiProperty({ enum: ['active', 'disabled'] }) state!: string;
  @ApiProperty({ type: String, nullable: true }) disabledReason!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class CreatedWebhookEndpoint extends WebhookEndpoint {
  @ApiProperty({ description: 'Verifies the signature of every delivery; shown this once.', example: 'whsec_..' }) secret!: string;
}

export class DeliveryQuery extends UuidListQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  endpointId?: string;
}

export class DeliveryAttempt {
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ type: 'integer', nullable: true }) status!: number | null;
  @ApiProperty({ type: String, nullable: true }) error!: string | null;
  @ApiProperty({ type: 'integer', description: 'Milliseconds.' }) ms!: number;
}

export class Delivery {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) endpointId!: string;
  @ApiProperty({ description: 'Sent as webhook-id.' }) messageId!: string;
  @ApiProperty() eventType!: string;
  @ApiProperty({ enum: ['pending', 'delivered', 'failed', 'disabled'] }) state!: string;
  @ApiProperty({ type: [DeliveryAttempt] }) attempts!: DeliveryAttempt[];
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) nextAt!: string | null;
}
