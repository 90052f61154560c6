import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { UuidListQuery } from '@perennial/service-kit/list';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Type } from 'class-transformer';
import type { Import } from '../application/imports/import-store.js';
import type { Preview } from '../application/imports/preview-import.js';
import { importKindNames } from '../domain/imports/import-kinds.js';

export class ImportsQuery extends UuidListQuery {
  @ApiPropertyOptional({ description: 'SHA-256 of the file, hexadecimal: imports of this file.' })
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/)
  sha256?: string;

  @ApiPropertyOptional({ enum: importKindNames })
  @IsOptional()
  @IsIn(importKindNames)
  as?: string;
}

export class ImportErrorsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 100, description: 'Rows to answer at most.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 100;

  @ApiPropertyOptional({ type: 'integer', description: 'Row number of the last error already seen.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  startingAfter?: number;
}

export class ImportColumn {
  @ApiProperty() column!: string;
  @ApiProperty({ type: String, nullable: true, description: 'What it is taken for; null: it is not used.' }) field!: string | null;
  @ApiProperty({ type: String, nullable: true, enum: ['given', 'guessed'] }) how!: string | null;
}

export class ImportFormat {
  @ApiProperty({ enum: ['csv', 'ndjson'] }) kind!: string;
  @ApiProperty() encoding!: string;
  @ApiProperty({ type: String, nullable: true }) delimiter!: string | null;
}

export class ImportRows {
  @ApiProperty({ type: 'integer' }) read!: number;
  @ApiProperty({ type: 'integer', description: 'Told something new.' }) taken!: number;
  @ApiProperty({ type: 'integer', description: 'Were known already: no effect.' }) repeated!: number;
  @ApiProperty({ type: 'integer', description: 'Are faulty: see errors.' }) rejected!: number;
}

export class ImportFailure {
  @ApiProperty() code!: string;
  @ApiProperty() detail!: string;
}

export class ImportView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: importKindNames }) as!: string;
  @ApiProperty({ type: String, nullable: true }) fileName!: string | null;
  @ApiProperty({ enum: ['uploading', 'waiting', 'running', 'ending', 'done', 'failed', 'cancelled'] }) state!: string;
  @ApiProperty() dryRun!: boolean;
  @ApiProperty({ type: String, nullable: true, description: 'SHA-256 of the file, hexadecimal.' }) sha256!: string | null;
  @ApiProperty({ type: 'integer', description: 'Bytes of the file that arrived: an upload goes on here.' }) receivedBytes!: number;
  @ApiProperty({ type: ImportFormat, nullable: true }) format!: ImportFormat | null;
  @ApiProperty({ type: [ImportColumn] }) columns!: ImportColumn[];
  @ApiProperty({ type: ImportRows }) rows!: ImportRows;
  @ApiProperty({ type: 'integer', description: 'Signals published or kept.' }) signals!: number;
  @ApiProperty({ type: 'integer', description: 'Those of them whose people have no account yet: see /api/v1/people?unassigned=true.' }) waitingSignals!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts touched.' }) accounts!: number;
  @ApiProperty({ type: 'number', description: 'Share of the file that is done, 0 to 1.' }) progress!: number;
  @ApiProperty({ type: 'number', nullable: true }) rowsPerSecond!: number | null;
  @ApiProperty({ type: 'number', nullable: true, description: 'Seconds left, as fast as it went so far.' }) remainingSeconds!: number | null;
  @ApiProperty({ type: ImportFailure, nullable: true, description: 'Why it failed.' }) failure!: ImportFailure | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) endedAt!: string | null;
}

export class ImportErrorView {
  @ApiProperty({ type: 'integer', description: 'As a spreadsheet numbers it: the header is row 1.' }) row!: number;
  @ApiProperty({ type: 'integer', description: 'Line of the text.' }) line!: number;
  @ApiProperty() code!: string;
  @ApiProperty({ type: String, nullable: true }) column!: string | null;
  @ApiProperty({ description: 'What to do about it.' }) detail!: string;
}

export function importView(one: Import): ImportView {
  const { counts, workedMs, state, receivedBytes, atByte } = one;
  const isOver = state === 'ending' || one.endedAt !== null;
  const progress = state === 'done' || one.outcome === 'done' ? 1 : receivedBytes === 0 ? 0 : Math.min(1, atByte / receivedBytes);
  const { read, taken, repeated, rejected } = counts;
  return {
    id: one.id, as: one.options.as, fileName: one.fileName, state, dryRun: one.dryRun, sha256: one.sha256, receivedBytes,
    format: one.shape?.format ?? null,
    columns: (one.plan?.columns ?? []).map((column) => ({ ...column })),
    rows: { read, taken, repeated, rejected },
    signals: counts.signals, waitingSignals: counts.waiting, accounts: one.accounts,
    progress: Math.round(progress * 1e4) / 1e4,
    rowsPerSecond: workedMs === 0 ? null : Math.round((read / workedMs) * 1000),
    remainingSeconds: isOver || workedMs === 0 || progress === 0 ? null : Math.round((workedMs / 1000) * ((1 - progress) / progress)),
    failure: one.failure === null ? null : { code: one.failure.code, detail: one.failure.detail },
    createdAt: one.createdAt.toISOString(),
    endedAt: one.endedAt?.toISOString() ?? null,
  };
}

/** What a preview answers. */
export function previewView({ shape, plan, rows }: Preview): object {
  return {
    format: shape.format,
    columns: plan.columns,
    constants: plan.constants,
    rows: rows.map(({ row, says, fault }) => ({ row, says, error: fault === null ? null : { code: fault.code, column: fault.pointer === '' ? null : fault.pointer, detail: fault.detail } })),
  };
}
