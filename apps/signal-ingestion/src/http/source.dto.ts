import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { sourceTypes } from '../application/sources.js';
import { hookSources } from '../domain/hooks/hook-sources.js';
import { HookSettingsBody } from './hook-source.dto.js';

export const sourceTypeNames = [...new Set([...Object.keys(sourceTypes), ...hookSources.map(({ name }) => name)])];

export class CreateSource {
  @ApiProperty({ enum: sourceTypeNames, description: 'A vendor whose SDKs send here, or a business system that calls the source\'s `hookPath`: see docs/sources.md. `generic`: POST /api/v1/signals, and webhooks with a mapping of your own.' })
  @IsIn(sourceTypeNames)
  type!: string;

  @ApiProperty({ example: 'Web app', minLength: 1, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: 4096, description: 'What the sender signs with. Where it takes any secret and none is given, one is made and answered.' })
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  secret?: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: 8192, description: 'RSA public key of a sender that signs with tokens: PEM, or its base64.' })
  @IsOptional()
  @IsString()
  @Length(1, 8192)
  publicKey?: string;

  @ApiPropertyOptional({ type: HookSettingsBody })
  @IsOptional()
  @ValidateNested()
  @Type(() => HookSettingsBody)
  settings?: HookSettingsBody;
}

export class SourceSecretView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['secret', 'public_key'] }) kind!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it holds until another one takes its place.' }) expiresAt!: string | null;
}

export class SourceView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: sourceTypeNames }) type!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null where it was shown once, when the source was made, and where the source has none because it calls its `hookPath`.' }) writeKey!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Where webhooks go, behind the public address. Null: this type sends to common paths.' }) hookPath!: string | null;
  @ApiProperty({ type: HookSettingsBody, nullable: true, description: 'Null without a `hookPath`.' }) settings!: HookSettingsBody | null;
  @ApiProperty({ type: [SourceSecretView], description: 'Secrets that calls are checked with, newest first; never their values.' }) secrets!: SourceSecretView[];
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class CreatedSource extends SourceView {
  @ApiProperty({ type: String, nullable: true, description: 'The key its clients send with; null: it calls its `hookPath`.' }) declare writeKey: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The secret that was made for it, shown this once; null: you gave it, or give it later.' }) secret!: string | null;
}
