import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { metrics, type MetricOptions, type ObservableGauge, type ObservableResult } from '@opentelemetry/api';

/** A gauge that is read when somebody scrapes, from its service's start to its end. One that cannot be read is absent from that scrape. */
export abstract class ScrapedGauge implements OnModuleInit, OnApplicationShutdown {
  private readonly gauge: ObservableGauge;
  private readonly callback = (result: ObservableResult): Promise<void> => this.read(result);

  protected constructor(name: string, options: MetricOptions) {
    this.gauge = metrics.getMeter('@perennial/service-kit').createObservableGauge(name, options);
  }

  protected abstract read(result: ObservableResult): Promise<void>;

  onModuleInit(): void {
    this.gauge.addCallback(this.callback);
  }

  onApplicationShutdown(): void {
    this.gauge.removeCallback(this.callback);
  }
}
