import { BadRequestException, Controller, Get, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveStream } from '../application/live-stream.js';
import { StreamHub } from '../application/stream-hub.js';
import { ResponseReader } from './response-reader.js';

@ApiTags('stream')
@Controller('api/v1/stream')
export class StreamController {
  constructor(
    private readonly hub: StreamHub,
    private readonly stream: LiveStream,
  ) {}

  @Get('risk-changes')
  @RequireScope('notifications:read')
  @ApiOperation({ summary: 'Live risk changes as server-sent events', description: 'Each event has an id. A reader that sends it back as Last-Event-ID gets everything after it; without it, what happens from now on. Events are kept for 30 days; a reader that has missed some is told by an event `gap` first. A comment comes every 20 s.' })
  @ApiOkResponse({ description: 'A stream without an end.', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  async riskChanges(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // Not as a parameter: the documentation would list the header a second time, as required.
    const lastEventId = request.headers['last-event-id'] as string | undefined;
    if (lastEventId !== undefined && !/^\d{1,18}$/.test(lastEventId)) throw new BadRequestException('Last-Event-ID must be the id of an event of this stream');
    const last = await this.stream.lastId();
    const first = (await this.stream.oldest())?.id ?? last + 1n;
    const asked = lastEventId === undefined ? last : BigInt(lastEventId);
    // An id that was never given is of a stream before a restore: what came since cannot be told apart.
    const known = asked <= last && asked + 1n >= first;
    if (request.method === 'HEAD') return void reply.type('text/event-stream').send();
    reply.hijack();
    const reader = new ResponseReader(reply.raw);
    try {
      if (!known) reader.gap(first);
      await this.hub.serve(reader, known ? asked : first - 1n);
    } finally {
      reader.end();
    }
  }
}
