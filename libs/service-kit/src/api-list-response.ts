import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';

/** Documents a list of `row`s: `{object: "list", data, hasMore}`. */
export function ApiListResponse(row: Type<unknown>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(row),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['object', 'data', 'hasMore'],
        properties: { object: { type: 'string', enum: ['list'] }, data: { type: 'array', items: { $ref: getSchemaPath(row) } }, hasMore: { type: 'boolean' } },
      },
    }),
  );
}
