import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsEmail, IsIn, IsOptional, IsString, MaxLength, MinLength, ValidateIf } from 'class-validator';
import { roles, type Role } from '../domain/roles.js';

const passwordRule = 'Twelve characters or more.';

export class NewUserRequest {
  @ApiProperty({ format: 'email' })
  @IsEmail()
  @MaxLength(320)
  email!: string;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string | null;

  @ApiProperty({ enum: roles })
  @IsIn(roles)
  role!: Role;

  @ApiPropertyOptional({ description: passwordRule, format: 'password' })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MinLength(12)
  @MaxLength(1_000)
  password?: string;
}

export class UserChangeRequest {
  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  name?: string | null;

  @ApiPropertyOptional({ enum: roles })
  @ValidateIf((_, value) => value !== undefined)
  @IsIn(roles)
  role?: Role;

  @ApiPropertyOptional()
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({ description: passwordRule, format: 'password' })
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @MinLength(12)
  @MaxLength(1_000)
  password?: string;
}

export class UserResponse {
  @ApiProperty() id!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ enum: roles }) role!: Role;
  @ApiProperty() active!: boolean;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}
