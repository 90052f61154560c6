import { Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { backends, type Backend } from '../domain/routing-table.js';
import { BackendClient, type BackendAnswer } from './backend-client.js';

interface RebuildStart {
  readonly epoch: number;
  /** Topics that no longer reach back to the start: what is rebuilt from them is partial. */
  readonly partial: readonly string[];
}

@ApiTags('operations')
@Controller('api/v1/pipeline/:service/rebuild')
@RequireScope('operate')
export class RebuildController {
  constructor(private readonly services: BackendClient) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Build a service anew from the log', description: 'Clears what it derived and reads its topics from the start; it publishes nothing until it has caught up.' })
  async start(@Param('service') service: string, @CurrentPrincipal() principal: Principal): Promise<RebuildStart> {
    const answer = await this.services.post<RebuildStart>(backendOf(service), '/internal/rebuild', principal, {});
    if (answer.status === 409) throw new ProblemException(409, `${service} is being rebuilt already, or holds nothing that the log could fill again`, { code: 'cannot_rebuild' });
    return bodyOf(answer);
  }

  @Get()
  @ApiOperation({ summary: 'Whether a rebuild is running' })
  async running(@Param('service') service: string, @CurrentPrincipal() principal: Principal): Promise<{ running: boolean }> {
    return bodyOf(await this.services.get<{ running: boolean }>(backendOf(service), '/internal/rebuild', principal));
  }
}

function backendOf(service: string): Backend {
  const backend = backends.find((name) => name === service);
  if (!backend) throw new NotFoundException(`there is no service ${service}: one of ${backends.join(', ')}`);
  return backend;
}

function bodyOf<T>({ backend, body }: BackendAnswer<T>): T {
  if (body === null) throw new ProblemException(503, `${backend} does not answer`, { code: 'unavailable', retryAfterSeconds: 1 });
  return body;
}
