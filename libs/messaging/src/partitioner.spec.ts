import { murmur2, partitionOf } from './partitioner.js';

// Vectors of org.apache.kafka.common.utils.UtilsTest.testMurmur2
describe('murmur2', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as the Java client does', (key, hash) => {
    expect(murmur2(Buffer.from(key))).toBe(hash);
  });

  it('maps every key into range', () => {
    for (let i = 0; i < 1000; i++) expect(partitionOf(`account-${i}`, 12)).toBeLessThan(12);
  });
});
