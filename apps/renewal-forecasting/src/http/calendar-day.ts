import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsDay } from '@perennial/service-kit/http/text-rules';
import { IsOptional } from 'class-validator';

/** A query parameter that may name an ISO calendar day. */
export const OptionalDay = (description: string) => applyDecorators(ApiPropertyOptional({ format: 'date', description }), IsOptional(), IsDay());
