import { Controller, Get, Module } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { PublicRoute } from '../src/access.js';
import { runService } from '../src/main-service.js';

@Controller('greeter')
class GreeterController {
  @Get('slow')
  @PublicRoute()
  async slow(): Promise<{ done: boolean }> {
    await sleep(600);
    return { done: true };
  }

  @Get('broken')
  @PublicRoute()
  broken(): never {
    throw new Error('a bug');
  }
}

@Module({ controllers: [GreeterController] })
class GreeterModule {}

await runService({
  name: 'greeter',
  module: GreeterModule,
  entities: [],
  migrations: [],
  writes: [],
  parseConfig: (env) => ({ config: {}, faults: env['GREETING'] === 'rude' ? ['GREETING must be polite'] : [] }),
});
