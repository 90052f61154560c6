import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { IsInstant } from '@perennial/service-kit/http/text-rules';

/** Moves the business time of a whole system; only a system started with a test clock has one. */
export interface TestClockDriver {
  now(): Date;
  /** Resolves when all that fell due up to `to` has been worked off. Throws a RangeError for an instant in the past. */
  advance(to: Date): Promise<void>;
}

export const TEST_CLOCK_DRIVER = Symbol('TestClockDriver');

export class TestClockRequest {
  @ApiProperty({ format: 'date-time' })
  @IsInstant()
  now!: string;
}

export class TestClockResponse {
  @ApiProperty({ format: 'date-time' }) now!: string;
}

@ApiTags('operations')
@Controller('api/v1/test-clock')
@RequireScope('operate')
export class TestClockController {
  constructor(@Inject(TEST_CLOCK_DRIVER) private readonly driver: TestClockDriver) {}

  @Get()
  @ApiOperation({ summary: 'What time it is' })
  @ApiOkResponse({ type: TestClockResponse })
  read(): TestClockResponse {
    return { now: this.driver.now().toISOString() };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Move the test clock forward', description: 'Answers when all that fell due up to then has been worked off.' })
  @ApiOkResponse({ type: TestClockResponse })
  async move(@Body() { now }: TestClockRequest): Promise<TestClockResponse> {
    const to = new Date(now);
    if (to < this.driver.now()) throw new ProblemException(400, `the test clock stands at ${this.driver.now().toISOString()} and never goes back`, { code: 'clock_goes_forward', errors: [{ pointer: '/now', detail: 'must not be in the past' }] });
    await this.driver.advance(to);
    return this.read();
  }
}
