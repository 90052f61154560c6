import { join } from 'node:path';
import { ServiceProcess } from '../system/service-process.js';
import type { ChaosSystem, ServiceName } from '../system/system.js';

/** One more replica of a service beside the system, as a process of its own; not started yet. */
export async function replicaOf(system: ChaosSystem, service: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
  return new ServiceProcess(`${service}, second replica`, [join(import.meta.dirname, '../../apps', service, 'dist/main.js')], { ...(await system.replicaEnv(service)), ...env });
}
