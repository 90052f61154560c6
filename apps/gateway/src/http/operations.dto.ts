import { ApiProperty } from '@nestjs/swagger';
import type { DeadLetterDetail, DeadLetterView } from '@perennial/service-kit/operations/dead-letter-view';
import type { PipelineReport, TopicReport } from '@perennial/service-kit/operations/pipeline-report';

export class PartitionAnswer {
  @ApiProperty() partition!: number;
  @ApiProperty() lag!: number;
  @ApiProperty() oldestSeconds!: number;
}

export class TopicAnswer implements TopicReport {
  @ApiProperty() topic!: string;
  @ApiProperty({ description: 'Records that are not applied yet.' }) lag!: number;
  @ApiProperty({ description: 'Age of the oldest of them.' }) oldestSeconds!: number;
  @ApiProperty({ description: 'Records that wait for somebody.' }) deadLetters!: number;
  @ApiProperty({ type: [PartitionAnswer] }) partitions!: PartitionAnswer[];
}

export class ServiceAnswer implements PipelineReport {
  @ApiProperty() name!: string;
  @ApiProperty() ready!: boolean;
  @ApiProperty({ type: [String], description: 'What keeps it from being ready; empty when it is.' }) missing!: string[];
  @ApiProperty({ type: [TopicAnswer] }) topics!: TopicAnswer[];
  @ApiProperty({ type: Number, nullable: true, description: 'Events that are not sent yet; null where nobody could tell.' }) outbox!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Events that the log refused for good; null where nobody could tell.' }) parked!: number | null;
}

export class PipelineAnswer {
  @ApiProperty({ type: [ServiceAnswer] }) services!: ServiceAnswer[];
}

export class DeadLetterAnswer implements DeadLetterView {
  @ApiProperty() id!: string;
  @ApiProperty() service!: string;
  @ApiProperty() topic!: string;
  @ApiProperty() partition!: number;
  @ApiProperty({ type: String }) offset!: string;
  @ApiProperty({ type: String, enum: ['undecodable', 'poison', 'unknown'] }) class!: DeadLetterView['class'];
  @ApiProperty() code!: string;
  @ApiProperty({ description: 'Without personal data.' }) message!: string;
  @ApiProperty() attempt!: number;
  @ApiProperty({ format: 'date-time' }) firstSeen!: string;
  @ApiProperty({ type: String, enum: ['dead', 'replayed', 'superseded'] }) state!: DeadLetterView['state'];
}

export class DeadLetterDetailAnswer extends DeadLetterAnswer implements DeadLetterDetail {
  @ApiProperty({ type: String, nullable: true }) key!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } }) headers!: Record<string, string>;
  @ApiProperty({ description: 'JSON where the value is JSON, else its text, else `{base64}`; `{truncated, head}` when it is larger than 256 KiB.' }) payload!: unknown;
}

export class ReplayAnswer {
  @ApiProperty({ type: [String] }) ids!: string[];
  @ApiProperty() dryRun!: boolean;
}

export class RebuildStartAnswer {
  @ApiProperty() epoch!: number;
  @ApiProperty({ type: [String], description: 'Topics that no longer reach back to the start: what is rebuilt from them is partial.' }) partial!: readonly string[];
}

export class RebuildAnswer {
  @ApiProperty() running!: boolean;
}
