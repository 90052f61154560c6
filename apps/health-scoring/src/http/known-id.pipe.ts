import { NotFoundException, type PipeTransform } from '@nestjs/common';

/** Lets pass what can be an id at all; nothing has any other. */
export const knownId: PipeTransform<string, string> = {
  transform(id) {
    if (!/^[^\u0000-\u001f\u007f-\u009f]{1,250}$/.test(id)) throw new NotFoundException('there is nothing with this id');
    return id;
  },
};
