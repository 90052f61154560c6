import { applyDecorators } from '@nestjs/common';
import { IsISO8601, IsString, Matches, type ValidationOptions } from 'class-validator';

/** 1 to 200 characters without control characters: an id of the contracts, or a part of a name to look for. */
export const IsPlainText = () => applyDecorators(IsString(), Matches(/^[^\u0000-\u001f\u007f-\u009f]{1,200}$/, { message: '$property must be 1 to 200 characters without control characters' }));

/** An ISO calendar day. */
export const IsDay = () =>
  applyDecorators(Matches(/^\d{4}-\d{2}-\d{2}$/, { message: '$property must be a day such as 2026-03-31' }), IsISO8601({ strict: true }, { message: '$property must be a day of the calendar' }));

const instant: ValidationOptions = { message: '$property must be an instant with its offset, such as 2026-03-31T12:00:00Z' };

/** An RFC 3339 instant; without an offset it would mean another time on every machine. */
export const IsInstant = () => applyDecorators(Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, instant), IsISO8601({ strict: true, strictSeparator: true }, instant));
