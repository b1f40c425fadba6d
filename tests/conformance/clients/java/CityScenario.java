import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.AppInfoParser;

/**
 * An agency's service with Kafka's and Avro's own libraries: publishes flights (`publish`) or reads a view (`subscribe`).
 * Tokens for Kafka come from the city's issuer; the registry is told client id and secret.
 */
public final class CityScenario {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String TOPIC = System.getenv("TOPIC");
  private static final String OTHER = System.getenv("OTHER_TOPIC");
  private static final String SUBJECT = "/subjects/" + TOPIC + "-value";
  private static final String CLIENT_ID = System.getenv("CLIENT_ID");
  private static final String SECRET = System.getenv("CLIENT_SECRET");
  private static final RegistryClient REGISTRY = registry(CLIENT_ID, SECRET);
  private static Report report;

  public static void main(String[] args) throws Exception {
    report = new Report("Java kafka-clients " + AppInfoParser.getVersion() + " and org.apache.avro "
        + Schema.class.getPackage().getImplementationVersion()
        + " (Java " + System.getProperty("java.version") + "), " + args[0]);
    if (args[0].equals("publish")) publish();
    else subscribe();
    report.end();
  }

  private static RegistryClient registry(String clientId, String secret) {
    return new RegistryClient(System.getenv("REGISTRY_URL"), clientId, secret);
  }

  private static Properties kafka(Map<String, Object> more) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", System.getenv("BROKERS"));
    settings.put("client.id", CLIENT_ID);
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", "OAUTHBEARER");
    settings.put("sasl.oauthbearer.token.endpoint.url", System.getenv("TOKEN_ENDPOINT"));
    settings.put("sasl.login.callback.handler.class",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler");
    settings.put("sasl.jaas.config", String.format(
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
            + " clientId=\"%s\" clientSecret=\"%s\" scope=\"citystreams.kafka\";", CLIENT_ID, SECRET));
    settings.putAll(more);
    return settings;
  }

  private static void registrySteps() throws Exception {
    report.step("without credentials", () -> registry(null, null).get("/subjects"));
    report.step("with a wrong secret", () -> registry(CLIENT_ID, "wrong").get("/subjects"));
    report.step("subjects", () -> REGISTRY.get("/subjects"));
    report.step("schema of another's topic", () -> REGISTRY.get("/subjects/" + OTHER + "-value/versions/latest"));
    report.step("id of another's schema", () -> REGISTRY.get("/schemas/ids/" + System.getenv("OTHER_ID")));
    report.step("id of no schema", () -> REGISTRY.get("/schemas/ids/999999"));
  }

  private static void publish() throws Exception {
    JsonNode latest = REGISTRY.get(SUBJECT + "/versions/latest");
    int id = latest.get("id").asInt();
    Schema contract = REGISTRY.schema(id);
    registrySteps();
    // Schema.toString() of a parsed schema keeps docs and attributes; generated code has neither.
    Schema bare = bare(contract);
    report.step("id without docs and attributes", () -> REGISTRY.register(TOPIC + "-value", bare.toString()) == id);
    List<String> refusals = new ArrayList<>();
    int delivered = 0;
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(kafka(Map.of("enable.idempotence", true)), new StringSerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (JsonNode flight : Report.JSON.readTree(System.getenv("FLIGHTS"))) {
        var decoder = DecoderFactory.get().jsonDecoder(bare, flight.toString());
        Object value = new GenericDatumReader<>(bare).read(null, decoder);
        String key = flight.get("flightId").asText();
        ProducerRecord<String, byte[]> one =
            new ProducerRecord<>(TOPIC, key, RegistryClient.write(id, bare, value));
        Map<String, String> headers = Map.of("ce_specversion", "1.0", "ce_type", TOPIC, "ce_source", "/java",
            "ce_id", "flight-" + key, "content-type", "application/avro");
        headers.forEach((name, text) -> one.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        sent.add(producer.send(one));
      }
      for (Future<RecordMetadata> one : sent) {
        try {
          one.get();
          delivered++;
        } catch (ExecutionException refused) {
          refusals.add(refused.getCause().toString());
        }
      }
      int left = sent.size() - delivered;
      var outcome = Map.of("delivered", delivered, "left", left, "refusals", refusals);
      report.step("events", () -> outcome);
      report.step("writing another's topic", () -> {
        try {
          producer.send(new ProducerRecord<>(OTHER, new byte[1])).get();
          return List.of("written");
        } catch (ExecutionException refused) {
          return List.of(nameOf(refused.getCause()));
        }
      });
    }
    report.step("versions afterwards", () -> REGISTRY.get(SUBJECT + "/versions"));
    report.step("what is no contract", () -> REGISTRY.register(TOPIC + "-value", "\"string\""));
    report.step("another level", () -> REGISTRY.ask("PUT", "/config/" + TOPIC + "-value",
        Report.JSON.createObjectNode().put("compatibility", "NONE")));
    report.step("deletion", () -> REGISTRY.ask("DELETE", SUBJECT, null));
    report.step("a subject of another agency", () -> REGISTRY.register(OTHER + "-value", "\"string\""));
  }

  private static Schema bare(Schema contract) {
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : contract.getFields()) fields.add(new Schema.Field(field.name(), field.schema()));
    return Schema.createRecord(contract.getName(), null, contract.getNamespace(), false, fields);
  }

  private static String nameOf(Throwable refused) {
    return refused instanceof AuthorizationException ? "TOPIC_AUTHORIZATION_FAILED" : refused.toString();
  }

  /** Everything, until as many records are there and then nothing more comes. With the group protocol of KIP-848. */
  private static List<ConsumerRecord<String, byte[]>> read(String topic, int wanted) {
    Map<String, Object> settings = Map.of("group.id", CLIENT_ID + ".java", "auto.offset.reset", "earliest",
        "isolation.level", "read_committed", "group.protocol", "consumer");
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(kafka(settings), new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < until) {
        var polled = consumer.poll(Duration.ofSeconds(1));
        polled.forEach(records::add);
        if (polled.isEmpty() && records.size() >= wanted) break;
      }
      return records;
    }
  }

  private static void subscribe() throws Exception {
    registrySteps();
    var records = read(TOPIC, Integer.parseInt(System.getenv("WANTED")));
    report.step("events", () -> {
      List<Object> events = new ArrayList<>();
      for (var one : records) {
        JsonNode value = Report.JSON.readTree(GenericData.get().toString(REGISTRY.read(one.value())));
        events.add(List.of(one.key(), value));
      }
      return events;
    });
    report.step("headers", () -> {
      TreeSet<String> names = new TreeSet<>();
      for (var one : records) one.headers().forEach(header -> names.add(header.key()));
      return names;
    });
    report.step("one event",
        () -> List.of(records.get(0).key(), Base64.getEncoder().encodeToString(records.get(0).value())));
    report.step("writing the view's subject", () -> REGISTRY.register(TOPIC + "-value", "\"string\""));
    report.step("reading another's topic", () -> {
      try {
        return read(OTHER, 0).size() + " records";
      } catch (AuthorizationException refused) {
        return nameOf(refused);
      }
    });
  }
}
