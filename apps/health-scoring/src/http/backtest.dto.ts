import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { BacktestReportView } from './backtest-report.dto.js';

export class AskForBacktest {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Any revision, drafts too; the one in force, else the newest, where it is left out.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(999_999_999)
  revision?: number;
}

export class BacktestRow {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() scorecardId!: string;
  @ApiProperty({ type: 'integer' }) revision!: number;
  @ApiProperty({ enum: ['waiting', 'running', 'done', 'failed'] }) state!: string;
  @ApiProperty({ format: 'date-time' }) askedAt!: string;
  @ApiProperty() askedBy!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: string | null;
  @ApiProperty({ type: 'integer', nullable: true, description: 'Accounts with outcomes to go through; null until it began.' }) accounts!: number | null;
  @ApiProperty({ type: 'integer' }) accountsDone!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' }) problem!: string | null;
}

export class BacktestView extends BacktestRow {
  @ApiProperty({ type: BacktestReportView, nullable: true, description: 'Null until it is done.' }) report!: BacktestReportView | null;
}
