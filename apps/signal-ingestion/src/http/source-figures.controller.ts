import { Controller, Get, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { Clock } from '@perennial/service-kit/clock';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { figuresKeptDays } from '../application/purge-figures.js';
import { SourceFigures } from '../application/source-figures.js';
import { SourceNames, type NameNotice } from '../application/source-names.js';
import { SourceStore } from '../application/source-store.js';
import { nameCaps, otherEvent } from '../domain/name-caps.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;
/** Whole minutes the rate is taken from. */
const rateMinutes = 15;

export class FiguresQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: figuresKeptDays * 24, default: 24, description: 'The last so many hours, the one that runs included.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(figuresKeptDays * 24)
  hours: number = 24;
}

export class HourView {
  @ApiProperty({ format: 'date-time', description: 'Its beginning.' }) hour!: string;
  @ApiProperty({ type: 'integer' }) accepted!: number;
  @ApiProperty({ type: 'integer' }) duplicates!: number;
  @ApiProperty({ type: 'integer' }) rejected!: number;
}

export class RejectedReason {
  @ApiProperty() code!: string;
  @ApiProperty({ type: 'integer' }) count!: number;
}

export class NoticeView {
  @ApiProperty({ enum: ['too_many_event_names', 'too_many_property_names'] }) code!: string;
  @ApiProperty({ type: 'integer', description: 'How often it happened.' }) count!: number;
  @ApiProperty({ description: 'The last name that found no room.' }) example!: string;
  @ApiProperty({ format: 'date-time' }) firstAt!: string;
  @ApiProperty({ format: 'date-time' }) lastAt!: string;
  @ApiProperty({ description: 'What became of it, and what to do.' }) detail!: string;
}

export class FiguresView {
  @ApiProperty() sourceId!: string;
  @ApiProperty({ format: 'date-time' }) since!: string;
  @ApiProperty({ enum: ['active', 'quiet', 'never_sent'], description: '`quiet`: silent against the rhythm of its last four weeks.' }) state!: string;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) stateSince!: string | null;
  @ApiProperty({ type: 'integer' }) accepted!: number;
  @ApiProperty({ type: 'integer', description: 'The same message again; it counts once.' }) duplicates!: number;
  @ApiProperty({ type: 'integer' }) rejected!: number;
  @ApiProperty({ type: [RejectedReason], description: 'Items that are still listed, by reason.' }) rejectedByCode!: RejectedReason[];
  @ApiProperty({ type: 'integer', description: 'Were about somebody who was erased or suppressed, and reached the log by another way than the front door, or before.' }) suppressed!: number;
  @ApiProperty({ type: 'integer', description: 'Lay more than 5 min ahead of their receipt and were moved back to it.' }) clamped!: number;
  @ApiProperty({ type: 'integer', description: 'Were received more than a day after they happened.' }) late!: number;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) newestEventAt!: string | null;
  @ApiProperty({ format: 'date-time', type: String, nullable: true }) newestReceivedAt!: string | null;
  @ApiProperty({ type: 'number', nullable: true, description: 'Mean of receipt minus sending: positive where the sender\'s clock is behind. Null: it does not say when it sends.' }) clockSkewMs!: number | null;
  @ApiProperty({ type: 'number', description: `Accepted a minute, over the last ${rateMinutes} whole minutes.` }) eventsPerMinute!: number;
  @ApiProperty({ type: [NoticeView], description: 'What its clients should mend.' }) notices!: NoticeView[];
  @ApiProperty({ type: [HourView], description: 'Hours in which anything came, oldest first.' }) hours!: HourView[];
}

@ApiTags('sources')
@Controller('api/v1/sources/:id/figures')
export class SourceFiguresController {
  constructor(
    private readonly sources: SourceStore,
    private readonly figures: SourceFigures,
    private readonly names: SourceNames,
    private readonly clock: Clock,
  ) {}

  @Get()
  @RequireScope('operate')
  @ApiOperation({ summary: 'What came from a source', description: 'By time of receipt. `api` stands for all API keys, `topic` for other producers on the telemetry topic, `import` for imported files, of which each row is counted.' })
  @ApiOkResponse({ type: FiguresView })
  async get(@Param('id') sourceId: string, @Query() { hours }: FiguresQuery): Promise<FiguresView> {
    if ((await this.sources.nameOf(null, sourceId)) === null) throw new NotFoundException('there is no such source');
    const now = this.clock.now().getTime();
    const since = new Date((Math.floor(now / hourMs) - hours + 1) * hourMs);
    const minute = Math.floor(now / minuteMs) * minuteMs;
    const [sum, perHour, byCode, accepted, watched, notices] = await Promise.all([
      this.figures.since(sourceId, since), this.figures.hours(sourceId, since), this.figures.rejectedByCode(sourceId, since),
      this.figures.accepted(sourceId, new Date(minute - rateMinutes * minuteMs), new Date(minute)), this.figures.watched(sourceId), this.names.notices(sourceId),
    ]);
    return {
      sourceId, since: since.toISOString(), state: watched?.state ?? 'never_sent', stateSince: watched?.since.toISOString() ?? null,
      accepted: sum.accepted, duplicates: sum.repeated, rejected: sum.rejected, rejectedByCode: [...byCode].map(([code, count]) => ({ code, count })), suppressed: sum.suppressed, clamped: sum.clamped, late: sum.late,
      newestEventAt: sum.newestEventAt?.toISOString() ?? null, newestReceivedAt: sum.newestReceivedAt?.toISOString() ?? null, clockSkewMs: sum.skewMs === null ? null : Math.round(sum.skewMs),
      eventsPerMinute: Math.round((accepted / rateMinutes) * 100) / 100,
      notices: notices.map(noticeOf),
      hours: perHour.map(({ hour, accepted: taken, repeated, rejected }) => ({ hour: hour.toISOString(), accepted: taken, duplicates: repeated, rejected })),
    };
  }
}

function noticeOf({ kind, count, example, firstAt, lastAt }: NameNotice): NoticeView {
  const become = kind === 'event' ? `events with further names count as "${otherEvent}"` : 'further ones are left out of their events';
  return {
    code: `too_many_${kind}_names`, count, example, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString(),
    detail: `the source has sent ${nameCaps[kind]} names of ${kind === 'event' ? 'events' : 'properties'}: ${become}. Do not make names of values`,
  };
}
