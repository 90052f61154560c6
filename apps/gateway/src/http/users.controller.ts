import { Body, Controller, Delete, Get, HttpCode, NotFoundException, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Database } from '@perennial/persistence/transaction';
import { ApiListResponse } from '@perennial/service-kit/api-list-response';
import { RequireScope } from '@perennial/service-kit/access';
import { ProblemException } from '@perennial/service-kit/http/problem';
import { Idempotent, once, type IdempotentCall } from '@perennial/service-kit/idempotency';
import { ListQuery, listOf, type List } from '@perennial/service-kit/list';
import { ManageUsers, type UserResult } from '../application/manage-users.js';
import { UserStore } from '../application/user-store.js';
import type { User } from '../domain/user.js';
import { NewUserRequest, UserChangeRequest, UserResponse } from './user.dto.js';

@ApiTags('users')
@Controller('api/v1/users')
@RequireScope('admin')
export class UsersController {
  constructor(
    private readonly users: UserStore,
    private readonly manage: ManageUsers,
    private readonly database: Database,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make a user' })
  @ApiCreatedResponse({ type: UserResponse })
  create(@Body() draft: NewUserRequest, @Idempotent() call: IdempotentCall | null): Promise<UserResponse> {
    return this.database.transaction((tx) => once(tx, call, async () => view(done(await this.manage.create(tx, draft)))));
  }

  @Get()
  @ApiListResponse(UserResponse)
  @ApiOperation({ summary: 'All users, oldest first' })
  async list(@Query() { limit, startingAfter }: ListQuery): Promise<List<UserResponse>> {
    return listOf((await this.users.page({ limit, ...(startingAfter === undefined ? {} : { startingAfter }) })).map(view), limit);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One user' })
  @ApiOkResponse({ type: UserResponse })
  async one(@Param('id') id: string): Promise<UserResponse> {
    const user = await this.users.byId(id);
    if (!user) throw new NotFoundException('no such user');
    return view(user);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a user', description: "A new password, a new role or active: false ends the user's sessions." })
  @ApiOkResponse({ type: UserResponse })
  async change(@Param('id') id: string, @Body() change: UserChangeRequest): Promise<UserResponse> {
    return view(done(await this.manage.change(id, change)));
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Deactivate a user', description: 'The user cannot sign in any more; tasks and audits go on naming the id.' })
  async remove(@Param('id') id: string): Promise<void> {
    done(await this.manage.change(id, { active: false }));
  }
}

function done(result: UserResult): User {
  switch (result.kind) {
    case 'done':
      return result.user;
    case 'unknown':
      throw new NotFoundException('no such user');
    case 'email-taken':
      throw new ProblemException(409, 'a user with this e-mail exists', { code: 'email_taken' });
    case 'last-admin':
      throw new ProblemException(409, 'this is the last active admin', { code: 'last_admin' });
  }
}

function view({ id, email, name, role, active, createdAt }: User): UserResponse {
  return { id, email, name, role, active, createdAt: createdAt.toISOString() };
}
