import { NotFoundException, ParseUUIDPipe } from '@nestjs/common';

/** For the `:id` of a `thing` that has a UUID: what is no UUID is the id of nothing, 404 as any other unknown id. */
export function uuidOf(thing: string): ParseUUIDPipe {
  return new ParseUUIDPipe({ exceptionFactory: () => new NotFoundException(`there is no such ${thing}`) });
}
