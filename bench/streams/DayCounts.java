import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.Stores;

/**
 * B4: the fold of bench/fold (events of an account in each of 28 days) as Kafka Streams does it, exactly once.
 * Prints the events/s from when the program is warm until everything is committed, and ends.
 */
public class DayCounts {
  private static final int DAYS = 28;
  private static final long DAY_MS = 86_400_000;
  private static final JsonFactory JSON = new JsonFactory();

  /** Arguments: brokers, topic, group, threads, `memory` or `rocksdb`, ms between commits, events until it is warm, events in all. */
  public static void main(String[] args) throws Exception {
    var brokers = args[0];
    var group = args[2];
    long warm = Long.parseLong(args[6]);
    long all = Long.parseLong(args[7]);
    var failed = new CompletableFuture<Void>();
    try (var streams = new KafkaStreams(topology(args[1], args[4]).build(), settings(brokers, group, args[3], args[5]));
         var admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      streams.setUncaughtExceptionHandler(error -> {
        failed.completeExceptionally(error);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      });
      streams.start();
      long from = waitFor(admin, group, warm, failed);
      long start = System.nanoTime();
      long until = waitFor(admin, group, all, failed);
      System.out.println((until - from) * 1e9 / (System.nanoTime() - start));
    }
  }

  private static StreamsBuilder topology(String topic, String kind) {
    var builder = new StreamsBuilder();
    var store = kind.equals("memory") ? Stores.inMemoryKeyValueStore("counts") : Stores.persistentKeyValueStore("counts");
    builder.stream(topic, Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
        .aggregate(() -> new byte[DAYS * Integer.BYTES], (account, event, counts) -> counted(counts, dayOf(event)),
            Materialized.<String, byte[]>as(store).withKeySerde(Serdes.String()).withValueSerde(Serdes.ByteArray()).withCachingEnabled());
    return builder;
  }

  private static byte[] counted(byte[] counts, long day) {
    var next = counts.clone();
    int at = (int) (day % DAYS) * Integer.BYTES;
    var buffer = ByteBuffer.wrap(next);
    buffer.putInt(at, buffer.getInt(at) + 1);
    return next;
  }

  /** Reads no further than the one field that the fold needs. */
  private static long dayOf(byte[] event) {
    try (var parser = JSON.createParser(event)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean found = parser.currentName().equals("occurredAt");
        parser.nextToken();
        if (found) return Instant.parse(parser.getText()).toEpochMilli() / DAY_MS;
        parser.skipChildren();
      }
    } catch (IOException error) {
      throw new IllegalArgumentException(error);
    }
    throw new IllegalArgumentException("an event without occurredAt");
  }

  private static Properties settings(String brokers, String group, String threads, String commitMs) throws IOException {
    var settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, commitMs);
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256 * 1024 * 1024L);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("streams").toString());
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 * 1024);
    return settings;
  }

  /** Waits until so many records are committed; how many are. */
  private static long waitFor(Admin admin, String group, long records, CompletableFuture<Void> failed) throws Exception {
    for (;; Thread.sleep(10)) {
      if (failed.isCompletedExceptionally()) failed.get();
      long committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
          .mapToLong(offset -> offset == null ? 0 : offset.offset()).sum();
      if (committed >= records) return committed;
    }
  }
}
