import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsPlainText } from '@perennial/service-kit/http/text-rules';
import { UuidListQuery } from '@perennial/service-kit/list';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

export class PlaybookRef {
  @ApiProperty({ example: 'risk-response' }) id!: string;
  @ApiProperty({ type: 'integer', minimum: 1 }) revision!: number;
}

export class PlaybookTrack {
  @ApiProperty() id!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What starts the track: `{"on":"risk"|"savePlanReview"|"indicator"|"renewal", ..}`.' }) trigger!: object;
  @ApiProperty({ type: 'array', items: { type: 'object', additionalProperties: true }, description: 'Steps of kind task, wait or branch, in order.' }) steps!: object[];
}

export class Playbook {
  @ApiProperty({ example: 'risk-response' }) id!: string;
  @ApiProperty({ type: 'integer', minimum: 1 }) revision!: number;
  @ApiProperty() title!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ type: [PlaybookTrack] }) tracks!: PlaybookTrack[];
}

export class RunStep {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['task', 'wait', 'branch'] }) kind!: string;
  @ApiProperty({ description: 'task: open, done, skipped, cancelled; wait: waiting, elapsed, cancelled; branch: taken' }) state!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) at!: string | null;
}

export class PlaybookRun {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty({ type: PlaybookRef }) playbook!: PlaybookRef;
  @ApiProperty({ example: 'risk green to red' }) trigger!: string;
  @ApiProperty({ enum: ['running', 'completed', 'exited', 'failed'] }) state!: string;
  @ApiProperty({ type: String, nullable: true, example: 'risk_cleared' }) outcome!: string | null;
  @ApiProperty({ type: [RunStep] }) steps!: RunStep[];
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty({ format: 'date-time', description: 'Last change, e.g. by a second trigger.' }) updatedAt!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) endedAt!: string | null;
}

export const taskStatuses = ['open', 'done', 'skipped', 'cancelled'] as const;
export const closedStatuses = ['done', 'skipped', 'cancelled'] as const;

export class PlaybookTask {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() accountId!: string;
  @ApiProperty({ format: 'uuid' }) runId!: string;
  @ApiProperty({ type: PlaybookRef }) playbook!: PlaybookRef;
  @ApiProperty() title!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null: the unassigned queue.' }) ownerId!: string | null;
  @ApiProperty({ format: 'date' }) dueOn!: string;
  @ApiProperty({ enum: taskStatuses }) status!: (typeof taskStatuses)[number];
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
}

export class RunQuery extends UuidListQuery {
  @ApiPropertyOptional({ description: 'Runs of this account only.' })
  @IsOptional()
  @IsPlainText()
  accountId?: string;
}

export class TaskQuery extends RunQuery {
  @ApiPropertyOptional({ description: 'Tasks of this owner only.' })
  @IsOptional()
  @IsPlainText()
  ownerId?: string;

  @ApiPropertyOptional({ enum: taskStatuses })
  @IsOptional()
  @IsIn(taskStatuses)
  status?: (typeof taskStatuses)[number];
}

export class ChangeTask {
  @ApiPropertyOptional({ enum: closedStatuses, description: 'Closes the task; left out: only the owner changes.' })
  @IsOptional()
  @IsIn(closedStatuses)
  status?: (typeof closedStatuses)[number];

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000, description: 'Required to skip or cancel. For a save-plan review: the decision.' })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  reason?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, description: 'New owner; null: the unassigned queue.' })
  @IsOptional()
  @IsPlainText()
  ownerId?: string | null;
}
