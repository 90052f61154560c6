import { signalKinds } from '@perennial/contracts/signal';
import { ApiProperty, ApiPropertyOptional, IntersectionType, OmitType, PartialType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsDefined, IsIn, IsInt, IsObject, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import { roleNames } from '../domain/contact.js';
import { maxRules, type MappedValue, type MappingRule } from '../domain/mapping/mapping-rule.js';

const kinds = [...signalKinds, 'none'] as const;
/** Days of telemetry that are kept. */
const mostDays = 7;
const value = (description: string) => ApiPropertyOptional({ description: `${description} A constant, or {"cel": "<expression>"}.`, oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }, { type: 'array', items: {} }, { type: 'object', required: ['cel'], properties: { cel: { type: 'string' } } }] });

export class RuleBody implements MappingRule {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @IsString()
  @Length(1, 200)
  name!: string;

  @ApiPropertyOptional({ type: [String], maxItems: 200, description: 'Names of events it is for; without it all.' })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 200, { each: true })
  events?: string[];

  @ApiPropertyOptional({ example: 'properties.pages > 10', maxLength: 500, description: 'CEL over event, call, vendor, properties, traits, context and body that must be true.' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  condition?: string;

  @ApiPropertyOptional({ enum: kinds, description: '`none`: it tells nothing. Without it the kind stays.' })
  @IsOptional()
  @IsIn(kinds)
  kind?: (typeof kinds)[number];

  @ApiPropertyOptional({ type: 'object', additionalProperties: {}, example: { milestoneId: { cel: 'properties.step' }, status: 'achieved' }, description: 'Fields of the signal\'s data: constants or {"cel": ..}. What has no value is left out.' })
  @IsOptional()
  @IsObject()
  data?: Record<string, MappedValue>;

  @value('Feature that was used.') @IsOptional() @IsDefined() feature?: MappedValue;
  @value('How much of it.') @IsOptional() @IsDefined() quantity?: MappedValue;
  @value('Product it is about.') @IsOptional() @IsDefined() product?: MappedValue;

  @ApiPropertyOptional({ type: 'object', additionalProperties: {}, description: 'What it says of its account: traits, of which name, segment, tier and region are fields.' })
  @IsOptional()
  @IsObject()
  account?: Record<string, MappedValue>;

  @ApiPropertyOptional({ enum: roleNames, description: 'The role its person has at the account.' })
  @IsOptional()
  @IsIn(roleNames)
  role?: (typeof roleNames)[number];
}

export class MappingBody {
  @ApiProperty({ type: [RuleBody], maxItems: maxRules, description: 'The first rule that fits a message decides.' })
  @IsArray()
  @ArrayMaxSize(maxRules)
  @ValidateNested({ each: true })
  @Type(() => RuleBody)
  rules!: RuleBody[];

  @ApiPropertyOptional({ default: true, description: 'Whether the rules for Segment\'s B2B SaaS events follow.' })
  @IsOptional()
  @IsBoolean()
  builtIn?: boolean;
}

export class PublishMapping extends MappingBody {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'The revision it was made from; another one in force is answered 409.' })
  @IsInt()
  @Min(0)
  expectedRevision!: number;

  @ApiPropertyOptional({ minLength: 1, maxLength: 500, description: 'What changed and why.' })
  @IsOptional()
  @IsString()
  @Length(1, 500)
  note?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: mostDays, description: 'Read what was received in the last so many days anew by these rules, and judge the accounts again; without it they hold from now on only. No further back than the log of telemetry reaches.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(mostDays)
  restateDays?: number;
}

/** A body that is about to be published can be tried as it is. */
export class DryRunBody extends IntersectionType(MappingBody, PartialType(OmitType(PublishMapping, ['rules', 'builtIn'] as const))) {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: mostDays, default: mostDays })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(mostDays)
  days?: number;
}

export class MappingView {
  @ApiProperty({ description: 'The revision, as text: rows of a list have ids.' }) id!: string;
  @ApiProperty({ type: 'integer', description: '0: nothing was published, the built-in rules hold.' }) revision!: number;
  @ApiProperty({ type: [RuleBody] }) rules!: readonly MappingRule[];
  @ApiProperty() builtIn!: boolean;
  @ApiProperty({ type: String, nullable: true }) note!: string | null;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) createdAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) createdBy!: string | null;
}

export class PublishedMappingView extends MappingView {
  @ApiProperty({ format: 'uuid', type: String, nullable: true, description: 'The restatement that was asked for with it: see /restatements.' }) restatementId!: string | null;
}

export class MappingRestatementView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ type: 'integer' }) revision!: number;
  @ApiProperty({ format: 'date-time', description: 'Messages received before stay as they are.' }) since!: string;
  @ApiProperty({ enum: ['waiting', 'reading', 'telling', 'done', 'superseded'], description: '`waiting`: until the revision holds everywhere. `telling`: accounts are asked to be judged again. `superseded`: another revision was published before it began, or with a restatement of its own before it had read all.' }) state!: string;
  @ApiProperty({ type: 'integer', description: 'Messages of the source that were read.' }) messages!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, telling something else now.' }) changed!: number;
  @ApiProperty({ type: 'integer', description: 'Would tell something else and stay as they were: what they tell of people, what speaks of somebody who was erased or suppressed, and what these rules make no signal of.' }) kept!: number;
  @ApiProperty({ type: 'integer', description: 'Accounts that are judged again.' }) accounts!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) doneAt!: string | null;
}

export class OutcomeView {
  @ApiPropertyOptional() kind?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, nullable: true }) data?: unknown;
  @ApiPropertyOptional({ type: String, nullable: true }) role?: string | null;
  @ApiPropertyOptional({ type: String, nullable: true, description: 'The rule that decided; null: none did.' }) rule?: string | null;
  @ApiPropertyOptional({ description: 'It would be refused and listed, for this reason.' }) code?: string;
  @ApiPropertyOptional() pointer?: string;
  @ApiPropertyOptional() detail?: string;
}

export class ExampleView {
  @ApiProperty({ format: 'date-time' }) receivedAt!: string;
  @ApiProperty() call!: string;
  @ApiProperty({ type: String, nullable: true }) event!: string | null;
  @ApiProperty({ type: OutcomeView, description: 'By the mapping in force.' }) before!: OutcomeView;
  @ApiProperty({ type: OutcomeView }) after!: OutcomeView;
}

export class RuleReportView {
  @ApiProperty({ type: 'integer' }) index!: number;
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', description: 'Messages it would decide.' }) matched!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, refused because what it makes of them is no signal.' }) unfit!: number;
  @ApiProperty({ type: [ExampleView] }) examples!: readonly ExampleView[];
}

export class ChangeView {
  @ApiProperty({ example: 'usage -> milestone' }) change!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
}

export class DryRunView {
  @ApiProperty({ type: 'integer' }) days!: number;
  @ApiProperty({ description: 'False: there was more than a dry run looks at, and older messages of these days were left out.' }) complete!: boolean;
  @ApiProperty({ type: 'integer', description: 'Messages of the source.' }) messages!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, decided by a rule of this mapping.' }) matched!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, telling something else than by the mapping in force.' }) changed!: number;
  @ApiProperty({ type: [ChangeView] }) changes!: readonly ChangeView[];
  @ApiProperty({ type: [RuleReportView] }) rules!: readonly RuleReportView[];
  @ApiProperty({ type: [ExampleView], description: 'Of messages that change.' }) examples!: readonly ExampleView[];
}
