import { describe, expect, it } from '@jest/globals';
import { importKindNames } from '@perennial/signal-ingestion/domain/imports/import-kinds';
import { importKinds } from './import-kinds.js';

describe('importKinds', () => {
  it('are those of the service', () => expect([...importKinds].sort()).toEqual([...importKindNames].sort()));
});
