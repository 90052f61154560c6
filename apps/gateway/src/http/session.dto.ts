import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { roles, type Role } from '../domain/roles.js';
import { allScopes, type Scope } from '../domain/scope.js';

export class SignInRequest {
  @ApiProperty({ example: 'anna@example.com' })
  @IsString()
  @MinLength(1)
  @MaxLength(320)
  email!: string;

  @ApiProperty({ format: 'password' })
  @IsString()
  @MinLength(1)
  @MaxLength(1_000)
  password!: string;
}

export class SessionResponse {
  @ApiProperty() userId!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ enum: roles }) role!: Role;
  @ApiProperty({ enum: allScopes, isArray: true }) scopes!: readonly Scope[];
  @ApiProperty({ description: 'Send it in the header x-csrf-token with every call that changes something.' }) csrfToken!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
}
