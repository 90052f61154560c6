import { testKafka } from './kafka.js';

describe('testKafka', () => {
  it('takes KAFKA_BROKERS before anything else, and does not pretend that it could stop them', async () => {
    const kafka = await testKafka({ KAFKA_BROKERS: ' one:9092, two:9092 ,' });
    if ('unavailable' in kafka) throw new Error(kafka.unavailable);
    expect(kafka).toMatchObject({ brokers: ['one:9092', 'two:9092'], origin: 'KAFKA_BROKERS', controllable: false });
    await expect(kafka.kill()).rejects.toThrow('not ours to stop');
    await kafka.stop();
  });

  it('says what is missing and what to do where there is no Kafka', async () => {
    const kafka = await testKafka({ JAVA_HOME: '/nonexistent', DOCKER_HOST: 'unix:///nonexistent' });
    expect(kafka).toEqual({ unavailable: 'no Docker engine answers; no Java: set KAFKA_BROKERS, start Docker, or install Java 17 and Maven' });
  });
});
