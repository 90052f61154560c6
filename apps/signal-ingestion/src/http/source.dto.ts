import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, Length } from 'class-validator';
import { sourceTypes, type SourceType } from '../application/sources.js';

export const sourceTypeNames = Object.keys(sourceTypes) as SourceType[];

export class CreateSource {
  @ApiProperty({ enum: sourceTypeNames, description: '`segment`: SDKs that speak Segment\'s HTTP API. `generic`: POST /api/v1/signals.' })
  @IsIn(sourceTypeNames)
  type!: SourceType;

  @ApiProperty({ example: 'Web app', minLength: 1, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;
}

export class SourceView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: sourceTypeNames }) type!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null where it was shown once, when the source was made.' }) writeKey!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Null: this type sends to common paths, not to an address of its own.' }) hookPath!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class CreatedSource extends SourceView {
  @ApiProperty({ description: 'The key its clients send with.' }) declare writeKey: string;
}
