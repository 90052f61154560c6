import type { RawOperation } from '@perennial/service-kit/openapi';
import { importKindNames } from '../domain/imports/import-kinds.js';

type Operation = NonNullable<RawOperation['operation']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const query = (name: string, description: string, schema: object = { type: 'string' }, required = false): Parameter => ({ name, in: 'query', required, description, schema });
const many = { type: 'array', items: { type: 'string' } };
const formatParameters: Parameter[] = [
  query('as', 'What the rows are.', { type: 'string', enum: importKindNames }, true),
  query('map', '`column=field`: what a column is, where its name does not tell. Several.', many),
  query('set', '`field=value`: the same for every row. Several.', many),
  query('encoding', 'Encoding of the text, where it is not found out rightly, e.g. `windows-1252`.'),
  query('delimiter', 'Separator of CSV, where it is not found out rightly; `tab` for a tabulator.'),
  query('dates', 'Whether 1/2/2026 puts the day or the month first.', { type: 'string', enum: ['dmy', 'mdy'] }),
];
const body = { required: true, content: { 'text/csv': { schema: { type: 'string' } }, 'application/x-ndjson': { schema: { type: 'string' } }, 'application/gzip': { schema: { type: 'string', format: 'binary' } } } };
const importAnswer = (description: string) => ({ description, content: { 'application/json': { schema: { $ref: '#/components/schemas/ImportView' } } } });
const uploadComplete: Parameter = { name: 'Upload-Complete', in: 'header', required: false, description: '`?0`: more of the file follows by PATCH.', schema: { type: 'string', enum: ['?0', '?1'] } };

/** `POST /api/v1/imports` for the OpenAPI document. */
export const createOperation: Operation = {
  operationId: 'imports_create',
  tags: ['imports'],
  summary: 'Import a file',
  description: 'CSV with a header, or NDJSON; gzip too. The body is the file, read as a stream; its rows are worked off after the answer. A row that was taken before has no second effect. Requests are cut off after 30 seconds: large files over slow lines go in parts, with `Upload-Complete: ?0` and PATCH.',
  parameters: [
    ...formatParameters,
    query('dryRun', 'Everything is checked, nothing has an effect.', { type: 'boolean' }),
    query('fileName', 'Name to show.'),
    query('sha256', 'SHA-256 of the whole file, hexadecimal; what arrives is checked against it.'),
    uploadComplete,
  ],
  requestBody: body,
  responses: { 201: importAnswer('The file came; `GET /api/v1/imports/{id}` shows how far it is.') },
};

/** `PATCH /api/v1/imports/{id}`. */
export const appendOperation: Operation = {
  operationId: 'imports_append',
  tags: ['imports'],
  summary: 'Send more of a file',
  description: 'Goes on at `receivedBytes`, also after an upload that broke off. Answers 409 where the file goes on elsewhere or is complete.',
  parameters: [
    { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    { name: 'Upload-Offset', in: 'header', required: true, description: 'Byte of the file at which the body begins.', schema: { type: 'integer', minimum: 0 } },
    uploadComplete,
  ],
  requestBody: body,
  responses: { 200: importAnswer('What came is stored.') },
};

/** `POST /api/v1/imports/preview`. */
export const previewOperation: Operation = {
  operationId: 'imports_preview',
  tags: ['imports'],
  summary: 'See what a file would tell',
  description: 'From its first bytes: format, what each column is taken for, what the first rows say. Nothing is stored.',
  parameters: formatParameters,
  requestBody: body,
  responses: {
    200: {
      description: 'What would be told.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['format', 'columns', 'constants', 'rows'],
            properties: {
              format: { type: 'object' },
              columns: { type: 'array', items: { type: 'object' } },
              constants: { type: 'object', additionalProperties: { type: 'string' } },
              rows: { type: 'array', items: { type: 'object' } },
            },
          },
        },
      },
    },
  },
};
