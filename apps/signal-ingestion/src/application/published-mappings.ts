import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import { compileMapping, type CompiledMapping } from '../domain/mapping/compile-mapping.js';
import { figuresOf } from '../domain/source-tally.js';
import { MappingStore } from './mapping-store.js';
import { NewestCopy } from './newest-copy.js';

interface InForce {
  readonly revision: number;
  readonly compiled: CompiledMapping;
}

/** The mapping of every source, ready to be applied: read before the service consumes, then asked for anew every two seconds. */
@Injectable()
export class PublishedMappings implements OnModuleInit, OnModuleDestroy {
  private readonly builtIn = compileMapping({ rules: [], builtIn: true });
  private readonly bySource: NewestCopy<ReadonlyMap<string, InForce>>;

  constructor(
    private readonly store: MappingStore,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {
    this.bySource = new NewestCopy<ReadonlyMap<string, InForce>>(new Map(), () => this.read());
  }

  onModuleInit(): Promise<void> {
    return this.bySource.keep(this.config.writeKeyPollMs);
  }

  onModuleDestroy(): void {
    this.bySource.stop();
  }

  of(sourceId: string): CompiledMapping {
    return this.bySource.value.get(figuresOf(sourceId))?.compiled ?? this.builtIn;
  }

  /** Reads them now: what was published here holds here at once. */
  refresh(): Promise<void> {
    return this.bySource.refresh();
  }

  private async read(): Promise<ReadonlyMap<string, InForce>> {
    const known = this.bySource.value;
    return new Map((await this.store.inForce()).map((one) => {
      const before = known.get(one.sourceId);
      return [one.sourceId, before?.revision === one.revision ? before : { revision: one.revision, compiled: compileMapping(one) }];
    }));
  }
}
