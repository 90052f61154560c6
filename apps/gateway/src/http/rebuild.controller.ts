import { Controller, Get, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, RequireScope, type Principal } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { backends, type Backend } from '../domain/routing-table.js';
import { BackendClient, type BackendAnswer } from './backend-client.js';
import { RebuildAnswer, RebuildStartAnswer } from './operations.dto.js';

@ApiTags('operations')
@Controller('api/v1/pipeline/:service/rebuild')
@RequireScope('operate')
export class RebuildController {
  constructor(private readonly services: BackendClient) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Build a service anew from the log', description: 'Clears what it derived and reads its topics from the start. It tells nothing twice, and what states it comes to once it has read what there was.' })
  @ApiAcceptedResponse({ type: RebuildStartAnswer })
  async start(@Param('service') service: string, @CurrentPrincipal() principal: Principal): Promise<RebuildStartAnswer> {
    const answer = await this.services.post<RebuildStartAnswer>(backendOf(service), '/internal/rebuild', principal, {});
    if (answer.status === 409) throw new ProblemException(409, `${service} is being rebuilt already, or holds nothing that the log could fill again`, { code: 'cannot_rebuild' });
    return bodyOf(answer);
  }

  @Get()
  @ApiOperation({ summary: 'Whether a rebuild is running' })
  @ApiOkResponse({ type: RebuildAnswer })
  async running(@Param('service') service: string, @CurrentPrincipal() principal: Principal): Promise<RebuildAnswer> {
    return bodyOf(await this.services.get<RebuildAnswer>(backendOf(service), '/internal/rebuild', principal));
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
