import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';

export const noControl = { message: 'must not hold control characters' };

export class ReasonBody {
  @ApiPropertyOptional({ minLength: 1, maxLength: 300, description: 'Told with every verdict that follows from it, and kept.' })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  reason?: string;
}

export class AssignBody {
  @ApiProperty({ minLength: 1, maxLength: 200, description: 'An account, by its id or an alias.' })
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}*$/u, noControl)
  accountId!: string;
}

/** An account that somebody unknown may belong to: nothing follows until a person assigns it. */
export class SuggestionView {
  @ApiProperty() accountId!: string;
  @ApiProperty({ enum: ['same_people', 'email_domain'], description: 'The same people are known there, or most people of the mail domain are.' }) because!: string;
  @ApiProperty({ type: 'integer', description: 'People it rests on.' }) people!: number;
  @ApiProperty({ minimum: 0, maximum: 1, description: 'Share of these among all that were looked at.' }) share!: number;
}
