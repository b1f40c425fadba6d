package city.citystreams.peers;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/**
 * What came out: one hash over key, value, timestamp and headers of every committed record, each partition in its own
 * order, views in the job's order. Two programs that give one hash wrote the same.
 */
final class Dump {
  private Dump() {}

  static void run(Job job) throws Exception {
    MessageDigest all = MessageDigest.getInstance("SHA-256");
    long records = 0;
    long valueBytes = 0;
    List<String> perView = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(Clients.consumer(job))) {
      for (Job.View view : job.views()) {
        MessageDigest ofView = MessageDigest.getInstance("SHA-256");
        for (Part part : read(consumer, view.topic())) {
          byte[] sum = part.digest.digest();
          all.update(sum);
          ofView.update(sum);
          records += part.records;
          valueBytes += part.valueBytes;
        }
        perView.add('"' + shortHex(ofView) + '"');
      }
    }
    System.out.printf(
        "{\"hash\":\"%s\",\"records\":%d,\"valueBytes\":%d,\"views\":%s}%n",
        shortHex(all), records, valueBytes, perView);
  }

  private static final class Part {
    final MessageDigest digest;
    long records;
    long valueBytes;

    Part(MessageDigest digest) {
      this.digest = digest;
    }
  }

  private static Iterable<Part> read(KafkaConsumer<byte[], byte[]> consumer, String topic) throws Exception {
    Map<Integer, Part> parts = new TreeMap<>();
    List<TopicPartition> partitions = new ArrayList<>();
    for (var info : consumer.partitionsFor(topic)) {
      partitions.add(new TopicPartition(topic, info.partition()));
      parts.put(info.partition(), new Part(MessageDigest.getInstance("SHA-256")));
    }
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    ByteBuffer numbers = ByteBuffer.allocate(12);
    while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
        Part part = parts.get(record.partition());
        part.records++;
        part.valueBytes += record.value() == null ? 0 : record.value().length;
        add(part.digest, numbers, record.key());
        add(part.digest, numbers, record.value());
        part.digest.update(numbers.clear().putLong(record.timestamp()).flip());
        for (Header header : record.headers()) {
          add(part.digest, numbers, header.key().getBytes(StandardCharsets.UTF_8));
          add(part.digest, numbers, header.value());
        }
        part.digest.update((byte) '\n');
      }
    }
    return parts.values();
  }

  private static void add(MessageDigest digest, ByteBuffer numbers, byte[] bytes) {
    digest.update(numbers.clear().putInt(bytes == null ? -1 : bytes.length).flip());
    if (bytes != null) digest.update(bytes);
  }

  private static String shortHex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest(), 0, 8);
  }
}
