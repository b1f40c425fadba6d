package city.citystreams.peers;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Event number n is the same in every run: about 300 bytes, six CloudEvents headers, a string key of nine bytes. */
final class OrderEvents {
  /** 2025-01-01T00:00:00Z; five events in a millisecond from there on. */
  private static final long FIRST_MS = 1_735_689_600_000L;
  private static final int PER_MS = 5;
  private static final String[] STREETS = {"Fuhua 3rd Road", "Shennan Avenue", "Binhe Avenue", "Hongli West Road"};
  private static final String[] DISTRICTS = {"Futian", "Nanshan", "Luohu", "Bao'an", "Longgang", "Yantian"};
  private static final String[] TAGS = {"express", "gift", "fragile", "invoice"};
  private static final String[] DEVICES = {
    "Mozilla/5.0 (Linux; Android 15) Mobile Safari", "Mozilla/5.0 (iPhone; CPU iPhone OS 19)", "kiosk at the service hall"
  };
  private static final String[] DESCRIPTIONS = {
    "household goods in two parcels, signature of an adult required at the door",
    "groceries of the week, to be kept cool until they are handed over",
    "books and stationery for the third form of a primary school",
    "瓷器一箱，请轻放，送到门口，谢谢您的帮助",
  };

  private final Schema schema;
  private final Schema address;
  private final String source;
  private final Header specVersion = header("ce_specversion", "1.0");
  private final Header type;
  private final Header origin;
  private final Header contentType = header("content-type", "application/avro");
  private final Frames frames;
  private long state;

  OrderEvents(Job job) {
    this.schema = job.sourceSchema();
    this.address = schema.getField("address").schema();
    this.source = job.source();
    this.type = header("ce_type", schema.getFullName());
    this.origin = header("ce_source", "urn:citystreams:bench");
    this.frames = new Frames(job.sourceSchemaId(), schema);
  }

  /** {@code timestamp} null: the event's own time. */
  ProducerRecord<byte[], byte[]> record(long n, Long timestamp) {
    String orderId = orderId(n);
    long at = FIRST_MS + n / PER_MS;
    byte[] value = frames.encode(event(n, orderId, at));
    List<Header> headers =
        List.of(
            specVersion,
            type,
            origin,
            header("ce_id", ceId(n)),
            header("ce_time", Instant.ofEpochMilli(at).toString()),
            contentType);
    byte[] key = orderId.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(source, null, timestamp == null ? at : timestamp, key, value, headers);
  }

  /** 26 characters, the last ones the number. */
  static String ceId(long n) {
    return String.format("01JGFJJZ00%016d", n);
  }

  static long numberOf(byte[] ceId) {
    long n = 0;
    for (int i = 10; i < ceId.length; i++) n = n * 10 + ceId[i] - '0';
    return n;
  }

  private static String orderId(long n) {
    return "o-" + (1_000_000 + n % 9_000_000);
  }

  private GenericRecord event(long n, String orderId, long at) {
    state = n * 0x9E3779B97F4A7C15L;
    GenericRecord event = new GenericData.Record(schema);
    event.put("orderId", orderId);
    event.put("customerId", "c-" + (1_000_000 + below(500_000)));
    event.put("placedAt", at);
    event.put("status", symbol("status", below(4)));
    event.put("channel", symbol("channel", below(3)));
    event.put("currency", symbol("currency", below(10) == 0 ? 1 + below(2) : 0));
    event.put("amount", (100 + below(500_000)) / 100.0);
    event.put("discount", below(7) == 0 ? below(30) / 100.0 : 0.0);
    event.put("score", below(1000) / 1000.0);
    event.put("items", 1 + below(12));
    event.put("sequence", 10_000_000_000L + n);
    GenericRecord place = new GenericData.Record(address);
    place.put("street", STREETS[below(STREETS.length)] + " " + (1 + below(400)));
    place.put("district", DISTRICTS[below(DISTRICTS.length)]);
    place.put("postcode", "5180" + (10 + below(90)));
    place.put("latitude", 22.4 + below(400_000) / 1e6);
    place.put("longitude", 113.75 + below(600_000) / 1e6);
    event.put("address", place);
    List<String> tags = new ArrayList<>();
    for (int i = below(3); i > 0; i--) tags.add(TAGS[below(TAGS.length)]);
    event.put("tags", tags);
    event.put("email", below(2) == 0 ? "resident" + (10_000 + below(90_000)) + "@example.org" : null);
    event.put("phone", below(10) == 0 ? null : "138" + (10_000_000 + below(90_000_000)));
    event.put("note", below(3) == 0 ? "please leave it at the door of the neighbour" : null);
    event.put("referrer", below(10) < 8 ? "https://shop.example.org/campaigns/" + (100 + below(900)) : null);
    event.put("agent", below(4) == 0 ? (long) (4_000 + below(1_000)) : null);
    event.put("device", DEVICES[below(DEVICES.length)]);
    event.put("description", DESCRIPTIONS[below(DESCRIPTIONS.length)]);
    return event;
  }

  private GenericData.EnumSymbol symbol(String field, int index) {
    Schema type = schema.getField(field).schema();
    return new GenericData.EnumSymbol(type, type.getEnumSymbols().get(index));
  }

  /** SplitMix64. */
  private int below(int bound) {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return (int) Long.remainderUnsigned(z ^ z >>> 31, bound);
  }

  private static Header header(String name, String value) {
    return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
