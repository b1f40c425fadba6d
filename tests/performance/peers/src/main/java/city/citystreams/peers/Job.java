package city.citystreams.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * What a program is told: where Kafka is, who it is, what it reads and which views it makes of it. The same views, ids
 * and keys as the router gets over its control topics. {@code caFile} is null without TLS.
 */
public record Job(
    String brokers,
    String securityProtocol,
    String caFile,
    String tokenEndpoint,
    String clientId,
    String clientSecret,
    String source,
    int sourceSchemaId,
    Schema sourceSchema,
    String group,
    long commitMs,
    List<View> views,
    Map<String, String> tuning,
    JsonNode role) {

  /** A view as its consumers know it. {@code definition} holds fields, masks and predicate as the contracts write them. */
  public record View(String topic, int schemaId, Schema schema, byte[] maskKey, JsonNode definition) {}

  public static Job read(Path file) throws IOException {
    JsonNode root = new ObjectMapper().readTree(file.toFile());
    List<View> views = new ArrayList<>();
    for (JsonNode view : root.path("views")) {
      views.add(
          new View(
              view.get("topic").asText(),
              view.get("schemaId").asInt(),
              new Schema.Parser().parse(view.get("schema").asText()),
              HexFormat.of().parseHex(view.get("maskKey").asText()),
              view.get("definition")));
    }
    Map<String, String> tuning = new TreeMap<>();
    root.path("tuning").properties().forEach(e -> tuning.put(e.getKey(), e.getValue().asText()));
    return new Job(
        root.get("brokers").asText(),
        root.get("securityProtocol").asText(),
        root.get("caFile").asText(null),
        root.get("tokenEndpoint").asText(),
        root.get("clientId").asText(),
        root.get("clientSecret").asText(),
        root.get("source").asText(),
        root.get("sourceSchemaId").asInt(),
        new Schema.Parser().parse(root.get("sourceSchema").asText()),
        root.get("group").asText(),
        root.get("commitMs").asLong(),
        List.copyOf(views),
        tuning,
        root.path("role"));
  }

  /** A number of the role's own, such as how many events to make. */
  public long number(String name, long otherwise) {
    return role.path(name).asLong(otherwise);
  }
}
