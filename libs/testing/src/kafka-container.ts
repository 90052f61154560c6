import { request } from 'node:http';
import { freePort, waitForPort } from './kafka-ports.js';
import { testBrokerSettings } from './kafka-settings.js';
import type { TestKafka } from './kafka.js';

const image = 'apache/kafka:4.1.1';
const containerPort = 9092;
const startTimeoutMs = 120_000;

/** True when a Docker engine answers within half a second. */
export function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const target = host.startsWith('unix://') ? { socketPath: host.slice('unix://'.length) } : { host: new URL(host).hostname, port: new URL(host).port };
  return new Promise((resolve) => {
    const ping = request({ ...target, path: '/_ping', timeout: 500 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on('timeout', () => ping.destroy());
    ping.on('error', () => resolve(false));
    ping.end();
  });
}

let started: Promise<TestKafka> | null = null;

/** The broker of this process, in a container that Testcontainers removes when the process ends. */
export function containerBroker(): Promise<TestKafka> {
  started ??= start().catch((error: unknown) => {
    started = null;
    throw error;
  });
  return started;
}

async function start(): Promise<TestKafka> {
  // Loaded only where it is used: it is large.
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer(image)
    .withExposedPorts({ container: containerPort, host: port })
    .withEnvironment(environment(port))
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(startTimeoutMs)
    .start();
  const engine = (await getContainerRuntimeClient()).container.getById(container.getId());
  const kill = async () => {
    await engine.kill();
  };
  return {
    brokers: [`127.0.0.1:${port}`],
    origin: 'docker',
    controllable: true,
    kill,
    shutDown: async () => {
      await engine.stop();
    },
    pause: async () => {
      await engine.pause();
    },
    resume: async () => {
      await engine.unpause();
    },
    restart: async () => {
      if ((await engine.inspect()).State.Running) await kill();
      await engine.start();
      if (!(await waitForPort(port, true, startTimeoutMs))) throw new Error(`the broker does not answer on port ${port}`);
    },
    stop: async () => {
      started = null;
      await container.stop({ remove: true, removeVolumes: true });
    },
  };
}

/** The image takes `broker.setting` as `KAFKA_BROKER_SETTING`. */
function environment(port: number): Record<string, string> {
  const settings = {
    ...testBrokerSettings,
    'controller.quorum.voters': '1@127.0.0.1:9093',
    'listeners': `PLAINTEXT://0.0.0.0:${containerPort},BROKER://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093`,
    // Within the container the outer port is not there, and the broker calls itself to check transactions.
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},BROKER://127.0.0.1:9094`,
    'inter.broker.listener.name': 'BROKER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, String(value)]));
}
