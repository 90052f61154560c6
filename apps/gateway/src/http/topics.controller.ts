import { Controller, Get, NotFoundException, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import { topicNamed, unknownTopic } from './topic-names.js';
import { TopicTail } from './topic-tail.js';

export class TailQuery {
  @ApiPropertyOptional({ enum: ['start', 'now'], default: 'now' })
  @IsOptional()
  @IsIn(['start', 'now'])
  from: 'start' | 'now' = 'now';

  @ApiPropertyOptional({ description: 'Only events with this key: the account id on most topics.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  account?: string;
}

@ApiTags('operations')
@Controller('api/v1/topics')
@RequireScope('operate')
export class TopicsController {
  constructor(private readonly tail: TopicTail) {}

  @Get(':topic/events')
  @ApiOperation({ summary: 'Follow a topic, as server-sent events', description: 'Short name (`signals`) or full name (`perennial.signals.v1`). Reads without a consumer group.' })
  @ApiOkResponse({ description: 'A stream without an end.', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  async events(@Param('topic') name: string, @Query() query: TailQuery, @Res() reply: FastifyReply): Promise<void> {
    const topic = topicNamed(name);
    if (!topic) throw new NotFoundException(unknownTopic(name));
    const events = this.tail.follow(topic.name, query.from, query.account ?? null, () => reply.raw.destroyed);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    reply.raw.write(': following\n\n');
    try {
      for await (const event of events) {
        // A reader slower than the log: nothing more is read until it took what there is.
        if (!reply.raw.write(`data: ${JSON.stringify(event)}\n\n`)) await drained(reply.raw);
      }
    } finally {
      reply.raw.end();
    }
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}
