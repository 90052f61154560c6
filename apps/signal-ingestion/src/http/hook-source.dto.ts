import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsDefined, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, Min, ValidateNested } from 'class-validator';
import { genericSignatures, surveyTypes, type HookSettings, type SurveyType } from '../domain/hooks/hook-settings.js';

export class HookSettingsBody implements HookSettings {
  @ApiPropertyOptional({ type: [String], example: ['/data/object/metadata/account_id'], description: 'JSON pointers to the account\'s id in an event; the first that holds one counts.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  accountAt?: string[];

  @ApiPropertyOptional({ type: [String], example: ['/form_response/hidden/user_id'], description: 'JSON pointers to the person\'s id or mail address in an event.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 300, { each: true })
  personAt?: string[];

  @ApiPropertyOptional({ example: 'zendesk:', maxLength: 50, description: 'Stands before the ids of accounts: for a system that numbers them as another one does.' })
  @IsOptional()
  @IsString()
  @Length(0, 50)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  accountPrefix?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string', enum: [...surveyTypes] }, example: { 'how-likely': 'nps' }, description: 'Surveys: what each question asks, by its id or reference.' })
  @IsOptional()
  @IsObject()
  questions?: Record<string, SurveyType>;

  @ApiPropertyOptional({ example: 'EUR', description: 'Currency of amounts that come without one, ISO 4217.' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/, { message: 'must be an ISO 4217 code, e.g. EUR' })
  currency?: string;

  @ApiPropertyOptional({ enum: genericSignatures, description: '`generic`: how the sender signs; default `standard-webhooks`.' })
  @IsOptional()
  @IsIn(genericSignatures)
  signature?: (typeof genericSignatures)[number];

  @ApiPropertyOptional({ example: 'x-signature', description: '`generic`: the header with the signature (`hmac-sha256`) or the secret (`shared-secret`).' })
  @IsOptional()
  @IsString()
  @Matches(/^[A-Za-z0-9-]{1,100}$/, { message: 'must be the name of a header' })
  header?: string;

  @ApiPropertyOptional({ maxLength: 16384, example: '{"kind": "pulse", "accountId": customer.id, "data": {"pulse": rating, "reason": text}}', description: '`generic`: JSONata that makes one SIGNAL, or an array of them, of a payload.' })
  @IsOptional()
  @IsString()
  @Length(1, 16_384)
  mapping?: string;
}

export class RotateSecret {
  @ApiPropertyOptional({ minLength: 1, maxLength: 4096, description: 'The new secret. Without it and without a public key one is made, where the sender takes any.' })
  @IsOptional()
  @IsString()
  @Length(1, 4096)
  secret?: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: 8192 })
  @IsOptional()
  @IsString()
  @Length(1, 8192)
  publicKey?: string;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 720, default: 24, description: 'How long the secrets before it still hold, at most.' })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(720)
  overlapHours?: number;
}

export class TryHook {
  @ApiProperty({ description: 'A payload as the sender would send it: any JSON, or a text for what is no JSON (SOAP, a form).' })
  @IsDefined({ message: 'is missing' })
  payload!: unknown;

  @ApiPropertyOptional({ type: HookSettingsBody, description: 'Settings to try instead of those that are kept.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => HookSettingsBody)
  settings?: HookSettingsBody;
}

export class TriedFault {
  @ApiProperty() code!: string;
  @ApiProperty({ type: String, nullable: true, description: 'JSON pointer into the event, or into the signal it became.' }) pointer!: string | null;
  @ApiProperty() detail!: string;
}

export class TriedSignal {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'A SIGNAL.' }) signal!: unknown;
  @ApiProperty({ type: TriedFault, nullable: true, description: 'Why it would be rejected; null: it would be taken.' }) fault!: TriedFault | null;
}

export class TriedEvent {
  @ApiProperty({ description: 'Under which a repetition is known.' }) id!: string;
  @ApiProperty() type!: string;
  @ApiProperty({ type: [TriedSignal], description: 'None, and no fault: the event means nothing to us.' }) signals!: TriedSignal[];
  @ApiProperty({ type: TriedFault, nullable: true, description: 'Why the event could not be understood.' }) fault!: TriedFault | null;
}

export class TriedHook {
  @ApiProperty({ type: [TriedEvent] }) events!: TriedEvent[];
  @ApiProperty({ type: TriedFault, nullable: true, description: 'Why the payload holds no events at all.' }) fault!: TriedFault | null;
}
