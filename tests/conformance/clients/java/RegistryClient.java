import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** The registry by plain HTTP, and the wire format by hand: 0, the schema's id in four bytes, what Avro makes. */
final class RegistryClient {
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    final int status;
    final int code;

    Refused(int status, int code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  private static final int HEADER = 5;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String authorization;

  /** @param clientId null where nobody asks who one is */
  RegistryClient(String url, String clientId, String secret) {
    this.url = url;
    byte[] pair = (clientId + ":" + secret).getBytes(StandardCharsets.UTF_8);
    this.authorization = clientId == null ? null : "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  static String encoded(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  JsonNode ask(String method, String path, JsonNode body) throws Exception {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(method, content)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json")
            .header("Content-Type", "application/vnd.schemaregistry.v1+json");
    if (authorization != null) request.header("Authorization", authorization);
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    JsonNode json = Report.JSON.readTree(answer.body());
    if (answer.statusCode() == 200) return json;
    throw new Refused(answer.statusCode(), json.path("error_code").asInt(), json.path("message").asText());
  }

  JsonNode get(String path) throws Exception {
    return ask("GET", path, null);
  }

  static ObjectNode bodyOf(String schema) {
    return Report.JSON.createObjectNode().put("schema", schema);
  }

  int register(String subject, String schema) throws Exception {
    return register(subject, bodyOf(schema), "");
  }

  int register(String subject, ObjectNode body, String query) throws Exception {
    return ask("POST", "/subjects/" + encoded(subject) + "/versions" + query, body).get("id").asInt();
  }

  JsonNode lookUp(String subject, ObjectNode body, String query) throws Exception {
    return ask("POST", "/subjects/" + encoded(subject) + query, body);
  }

  /** With everything that it refers to. */
  Schema schema(int id) throws Exception {
    JsonNode found = get("/schemas/ids/" + id);
    Schema.Parser parser = new Schema.Parser();
    for (JsonNode reference : found.path("references")) {
      String subject = encoded(reference.get("subject").asText());
      parser.parse(get("/subjects/" + subject + "/versions/" + reference.get("version").asInt()).get("schema").asText());
    }
    return parser.parse(found.get("schema").asText());
  }

  static byte[] write(int id, Schema schema, Object value) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array());
    var encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<>(schema).write(value, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  static int idOf(byte[] data) {
    if (data[0] != 0) throw new IllegalArgumentException("not the wire format");
    return ByteBuffer.wrap(data, 1, 4).getInt();
  }

  Object read(byte[] data) throws Exception {
    return read(data, schema(idOf(data)));
  }

  /** @param reader what the event is wanted as */
  Object read(byte[] data, Schema reader) throws Exception {
    var decoder = DecoderFactory.get().binaryDecoder(data, HEADER, data.length - HEADER, null);
    Object value = new GenericDatumReader<>(schema(idOf(data)), reader).read(null, decoder);
    if (!decoder.isEnd()) throw new IllegalStateException("bytes are left over");
    return value;
  }
}
