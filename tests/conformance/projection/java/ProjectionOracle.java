import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * A second view of the city, from the rules and on Avro's own library: decode, test, show what the view shows, encode.
 * Reads one JSON object a line (a writer, a view, events) and writes one a line: what each event becomes.
 */
public class ProjectionOracle {
  static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.println(JSON.createObjectNode().put("version", Schema.class.getPackage().getImplementationVersion()));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        out.println(new Case(JSON.readTree(line)).answer());
      } catch (Exception e) {
        throw new IllegalStateException("no answer to " + line, e);
      }
    }
    out.flush();
  }
}

/** Maps keep the order in which they were written. */
class OrderedMaps extends GenericData {
  static final OrderedMaps DATA = new OrderedMaps();

  @Override
  public Object newMap(Object old, int size) {
    return new LinkedHashMap<Object, Object>();
  }
}

class Case {
  final Schema writer;
  final Schema view;
  final JsonNode of;
  final Masks masks;

  Case(JsonNode of) {
    this.of = of;
    this.writer = new Schema.Parser().parse(of.get("writer").toString());
    this.view = new Schema.Parser().parse(of.get("view").toString());
    this.masks = new Masks(of);
  }

  ObjectNode answer() throws Exception {
    ObjectNode answer = ProjectionOracle.JSON.createObjectNode();
    ArrayNode events = answer.putArray("events");
    ArrayNode resolved = answer.putArray("resolved");
    for (JsonNode bytes : of.get("events")) {
      byte[] body = Base64.getDecoder().decode(bytes.asText());
      GenericRecord event = decode(body, writer);
      events.add(event == null ? ProjectionOracle.JSON.createObjectNode().put("unreadable", true) : shown(event));
      if (of.get("resolvable").asBoolean()) resolved.add(encode(decode(body, view)));
    }
    return answer;
  }

  /** null where the library (1.12.2) loses its way in lists of types that contain themselves: its own parser fails. */
  GenericRecord decode(byte[] body, Schema reader) throws IOException {
    try {
      return new GenericDatumReader<GenericRecord>(writer, reader, OrderedMaps.DATA)
          .read(null, DecoderFactory.get().binaryDecoder(body, null));
    } catch (NullPointerException e) {
      return null;
    }
  }

  String encode(GenericRecord shown) throws IOException {
    if (shown == null) return null;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(view).write(shown, encoder);
    encoder.flush();
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  JsonNode shown(GenericRecord event) throws Exception {
    ObjectNode answer = ProjectionOracle.JSON.createObjectNode();
    try {
      if (of.hasNonNull("predicate") && !new Predicates(of.get("absent")).test(of.get("predicate"), event))
        return answer.put("withheld", true);
    } catch (NoSuchFieldException e) {
      return answer.put("failed", true);
    }
    GenericRecord shown = (GenericRecord) masks.record(event, view, List.of(""), new HashMap<>());
    Object key = of.hasNonNull("key") ? valueOf(shown, of.get("key").asText()) : null;
    Object time = of.hasNonNull("time") ? valueOf(shown, of.get("time").asText()) : null;
    answer.put("body", encode(shown));
    if (key != null) answer.put("key", Base64.getEncoder().encodeToString(key.toString().getBytes(StandardCharsets.UTF_8)));
    if (time instanceof Long || time instanceof Integer) answer.put("time", time.toString());
    return answer;
  }

  static Object valueOf(GenericRecord shown, String name) {
    return shown.hasField(name) ? shown.get(name) : null;
  }
}
