import { ApiProperty } from '@nestjs/swagger';
import { CauseGroup } from '@perennial/contracts/primitives';
import { Indicator } from '@perennial/contracts/health';

const levels = ['unknown', 'green', 'amber', 'red'];

export class OverrideOutcomeAnswer {
  @ApiProperty() renewalId!: string;
  @ApiProperty({ format: 'date' }) renewalOn!: string;
  @ApiProperty({ enum: ['renewed', 'churned'] }) result!: string;
}

export class JudgedOverrideAnswer {
  @ApiProperty({ minimum: 0, maximum: 100 }) healthScore!: number;
  @ApiProperty({ enum: levels, nullable: true }) band!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'What the facts alone gave when it was set.' }) computedScore!: number | null;
  @ApiProperty({ enum: levels, nullable: true }) computedBand!: string | null;
  @ApiProperty({ type: OverrideOutcomeAnswer, nullable: true, description: 'How the first term ended that was decided after the day it was set on.' }) outcome!: OverrideOutcomeAnswer | null;
  @ApiProperty({ enum: ['override', 'computed', 'same'], nullable: true, description: 'Whose score was nearer: a renewal is 100, a loss 0.' }) nearer!: string | null;
}

export class JudgementAnswer {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['override', 'withdraw', 'confirm', 'accept', 'dismiss', 'snooze'] }) action!: string;
  @ApiProperty({ type: String, nullable: true }) indicatorId!: string | null;
  @ApiProperty() reason!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) until!: string | null;
  @ApiProperty({ description: 'Who said so.' }) by!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ type: JudgedOverrideAnswer, nullable: true, description: 'Of an override only.' }) override!: JudgedOverrideAnswer | null;
}

export class JudgementList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [JudgementAnswer] }) data!: JudgementAnswer[];
  @ApiProperty() hasMore!: boolean;
}

export class OverrideScoreAnswer {
  @ApiProperty({ type: String, nullable: true, description: 'Null: everybody.' }) by!: string | null;
  @ApiProperty({ type: 'integer' }) overrides!: number;
  @ApiProperty({ type: 'integer', description: 'Those of which a term’s end is known.' }) decided!: number;
  @ApiProperty({ type: 'integer' }) overrideNearer!: number;
  @ApiProperty({ type: 'integer' }) computedNearer!: number;
  @ApiProperty({ type: 'integer' }) same!: number;
}

export class OverrideScoreList {
  @ApiProperty({ enum: ['list'] }) object!: 'list';
  @ApiProperty({ type: [OverrideScoreAnswer] }) data!: OverrideScoreAnswer[];
  @ApiProperty() hasMore!: boolean;
}

const groupList = { type: 'array', items: CauseGroup } as const;
const texts = { type: 'array', items: { type: 'string' } } as const;
const indicators = { type: 'array', items: Indicator } as const;

/** OpenAPI schema of a strike ledger. */
export const strikeLedgerSchema = {
  type: 'object',
  required: ['strikes', 'groups', 'causes', 'never', 'reviews'],
  properties: {
    strikes: { type: 'object', required: ['count', 'groups', 'savePlanReview'], properties: { count: { type: 'integer' }, groups: groupList, savePlanReview: { type: 'boolean' } } },
    groups: {
      type: 'array',
      items: {
        type: 'object', required: ['group', 'counted', 'sharesEvidenceWith', 'indicators'],
        properties: { group: CauseGroup, counted: { type: 'boolean', description: 'False: all it has rests on evidence that another group is counted for.' }, sharesEvidenceWith: groupList, indicators },
      },
    },
    causes: {
      type: 'array', description: 'Each set of indicators that share evidence.',
      items: {
        type: 'object', required: ['indicators', 'groups', 'countedFor', 'sharedEvidence'],
        properties: { indicators: texts, groups: groupList, countedFor: { ...CauseGroup, nullable: true, description: 'Null: other causes stand for its groups already.' }, sharedEvidence: texts },
      },
    },
    never: { ...indicators, description: 'Our own homework and opportunities: never strikes.' },
    reviews: { type: 'array', items: { type: 'object', required: ['id', 'state', 'groups'], properties: { id: { type: 'string' }, state: { type: 'string', enum: ['open', 'decided'] }, groups: groupList } } },
  },
};
