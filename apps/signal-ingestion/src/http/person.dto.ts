import { ApiProperty } from '@nestjs/swagger';
import { StakeholderRole } from '@perennial/contracts/primitives';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Length, Matches } from 'class-validator';
import type { Role } from '../domain/contact.js';
import { AssignBody, noControl, ReasonBody } from './identity.dto.js';

const roles = StakeholderRole.enum as readonly Role[];

export class RolesBody extends AssignBody {
  @ApiProperty({ enum: roles, isArray: true, description: 'Whole: an empty list takes all away.' })
  @IsArray()
  @ArrayMaxSize(roles.length)
  @ArrayUnique()
  @IsIn(roles, { each: true })
  roles!: Role[];
}

export class MergePersonBody extends ReasonBody {
  @ApiProperty({ minLength: 1, maxLength: 200, description: 'The person that stays; any id of theirs.' })
  @IsString()
  @Length(1, 200)
  @Matches(/^\P{Cc}*$/u, noControl)
  intoPersonId!: string;
}

export class MembershipView {
  @ApiProperty() accountId!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
  @ApiProperty({ enum: roles, isArray: true }) roles!: readonly string[];
  @ApiProperty({ enum: ['active', 'deactivated', 'bounced', 'departed'] }) status!: string;
}

export class PersonDetailView {
  @ApiProperty() id!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The person that took this one in.' }) mergedInto!: string | null;
  @ApiProperty({ type: [String] }) otherIds!: string[];
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Whose signals are theirs that name no account, as it was named; null: they wait.' }) accountId!: string | null;
  @ApiProperty({ type: 'integer' }) waitingSignals!: number;
  @ApiProperty({ type: [MembershipView], description: 'Every account they are at.' }) accounts!: MembershipView[];
}

export class PersonMergeView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() personId!: string;
  @ApiProperty() intoPersonId!: string;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) mergedAt!: string;
  @ApiProperty() mergedBy!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null: it is in force.' }) unmergedAt!: string | null;
  @ApiProperty({ type: String, nullable: true }) unmergedBy!: string | null;
  @ApiProperty({ type: String, nullable: true }) unmergeReason!: string | null;
}
