import { metrics } from '@opentelemetry/api';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';

/** Measures the process itself: event loop, garbage, heap, memory, processor. Once per process, after its meter provider is set. */
export function measureProcess(): void {
  // Made anew for the provider given: its constructor asks for a meter before it has anything to measure.
  new RuntimeNodeInstrumentation().setMeterProvider(metrics.getMeterProvider());
  const meter = metrics.getMeter('@perennial/service-kit');
  meter.createObservableCounter('process.cpu', { unit: 's', description: 'Processor time, user and system.' }).addCallback((result) => {
    const { user, system } = process.cpuUsage();
    result.observe((user + system) / 1e6);
  });
  meter.createObservableGauge('process.resident_memory', { unit: 'By', description: 'Resident memory.' }).addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter.createObservableGauge('process.start_time', { unit: 's', description: 'When the process started, in seconds since 1970.' }).addCallback((result) => result.observe(performance.timeOrigin / 1000));
}
