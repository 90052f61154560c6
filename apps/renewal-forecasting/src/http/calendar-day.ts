import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, Matches } from 'class-validator';

/** A query parameter that may name an ISO calendar day. */
export const OptionalDay = (description: string) =>
  applyDecorators(
    ApiPropertyOptional({ format: 'date', description }),
    IsOptional(),
    Matches(/^\d{4}-\d{2}-\d{2}$/, { message: '$property must be a day such as 2027-01-30' }),
    IsISO8601({ strict: true }, { message: '$property must be a day of the calendar' }),
  );
