import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.util.internal.JacksonUtils;

/**
 * Says what the Java library makes of schemas and pairs of schemas. Reads a question per line and answers each with a
 * line, both JSON; the first line it writes names the library's version.
 *
 * <p>{"schema": text, "references": [text], "names": "ascii" | "unicode", "validateDefaults": boolean} is answered with
 * what the schema is to the library, or with its refusal. {"reader": text, "writer": text} is answered with the
 * differences.
 */
public class SchemaOracle {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    out.println(JSON.createObjectNode().put("version", Schema.class.getPackage().getImplementationVersion()));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode question = JSON.readTree(line);
      out.println(JSON.writeValueAsString(question.has("schema") ? describe(question) : compare(question)));
    }
    out.flush();
  }

  private static ObjectNode describe(JsonNode question) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      boolean ascii = question.path("names").asText().equals("ascii");
      Schema.Parser parser = new Schema.Parser(ascii ? NameValidator.STRICT_VALIDATOR : NameValidator.UTF_VALIDATOR);
      parser.setValidateDefaults(question.path("validateDefaults").asBoolean(true));
      List<Schema> references = new ArrayList<>();
      for (JsonNode reference : question.path("references")) {
        references.add(parser.parse(reference.textValue()));
      }
      Schema schema = parser.parse(question.get("schema").textValue());
      answer.put("text", schema.toString(references, false));
      answer.put("normalised", normalised(schema, references));
      answer.put("parsingForm", SchemaNormalization.toParsingForm(schema));
      answer.put("crc64", Long.toUnsignedString(SchemaNormalization.parsingFingerprint64(schema)));
      byte[] sha256 = SchemaNormalization.parsingFingerprint("SHA-256", schema);
      answer.put("sha256", String.format("%064x", new BigInteger(1, sha256)));
    } catch (Throwable refusal) {
      answer.put("refusal", refusal.toString());
    }
    return answer;
  }

  /**
   * The registry's normalised text, put together from what the library says of each part. Null where the library does
   * not say what a default is as a value of its type, or fails over an attribute.
   */
  private static String normalised(Schema schema, List<Schema> references) throws Exception {
    Set<String> known = new HashSet<>();
    for (Schema reference : references) {
      known.add(reference.getFullName());
    }
    try {
      Schema again = reparsed(JSON.writeValueAsString(normal(schema, known)), references);
      return again.toString(references, false);
    } catch (RuntimeException noValue) {
      return null;
    }
  }

  private static Schema reparsed(String text, List<Schema> references) {
    Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    parser.setValidateDefaults(false);
    for (Schema reference : references) {
      parser.addTypes(List.of(reference));
    }
    return parser.parse(text);
  }

  private static JsonNode normal(Schema schema, Set<String> known) {
    if (schema.getType() == Schema.Type.UNION) {
      ArrayNode branches = JSON.createArrayNode();
      schema.getTypes().forEach(branch -> branches.add(normal(branch, known)));
      return branches;
    }
    ObjectNode node = JSON.createObjectNode();
    node.put("type", schema.getType().getName());
    switch (schema.getType()) {
      case ARRAY:
        node.set("items", normal(schema.getElementType(), known));
        break;
      case MAP:
        node.set("values", normal(schema.getValueType(), known));
        break;
      case RECORD:
      case ENUM:
      case FIXED:
        if (!known.add(schema.getFullName())) {
          return JSON.getNodeFactory().textNode(schema.getFullName());
        }
        nameAndContent(schema, node, known);
        break;
      default:
    }
    logicalType(schema.getLogicalType(), node);
    attributes(schema.getObjectProps(), node);
    return node;
  }

  private static void nameAndContent(Schema schema, ObjectNode node, Set<String> known) {
    node.put("name", schema.getFullName());
    if (schema.getNamespace() == null) {
      // Without this, a type without namespace would move into the one around it.
      node.put("namespace", "");
    }
    if (schema.getDoc() != null && !schema.getDoc().isEmpty()) {
      node.put("doc", schema.getDoc());
    }
    aliases(schema.getAliases(), node);
    if (schema.getType() == Schema.Type.FIXED) {
      node.put("size", schema.getFixedSize());
    } else if (schema.getType() == Schema.Type.ENUM) {
      schema.getEnumSymbols().forEach(node.putArray("symbols")::add);
      if (schema.getEnumDefault() != null) {
        node.put("default", schema.getEnumDefault());
      }
    } else {
      ArrayNode fields = node.putArray("fields");
      schema.getFields().forEach(field -> fields.add(normal(field, known)));
    }
  }

  private static ObjectNode normal(Schema.Field field, Set<String> known) {
    ObjectNode node = JSON.createObjectNode().put("name", field.name());
    node.set("type", normal(field.schema(), known));
    node.put("order", field.order().name());
    if (field.doc() != null) {
      node.put("doc", field.doc());
    }
    aliases(field.aliases(), node);
    if (field.hasDefaultValue()) {
      node.set("default", valueOf(field));
    }
    attributes(field.getObjectProps(), node);
    return node;
  }

  private static JsonNode valueOf(Schema.Field field) {
    Object value = field.defaultVal();
    if (value == null) {
      throw new NoSuchElementException();
    }
    return sorted(JacksonUtils.toJsonNode(value));
  }

  private static void logicalType(LogicalType type, ObjectNode node) {
    if (type != null) {
      node.put("logicalType", type.getName());
    }
    if (type instanceof LogicalTypes.Decimal) {
      LogicalTypes.Decimal decimal = (LogicalTypes.Decimal) type;
      node.put("precision", decimal.getPrecision());
      if (decimal.getScale() != 0) {
        node.put("scale", decimal.getScale());
      }
    }
  }

  private static void aliases(Set<String> aliases, ObjectNode node) {
    if (!aliases.isEmpty()) {
      new TreeSet<>(aliases).forEach(node.putArray("aliases")::add);
    }
  }

  /** Sorted; one that is there already keeps its place and takes the value. */
  private static void attributes(Map<String, Object> attributes, ObjectNode node) {
    for (String name : new TreeSet<>(attributes.keySet())) {
      node.set(name, sorted(JacksonUtils.toJsonNode(attributes.get(name))));
    }
  }

  private static JsonNode sorted(JsonNode node) {
    if (node.isArray()) {
      ArrayNode items = JSON.createArrayNode();
      node.forEach(item -> items.add(sorted(item)));
      return items;
    }
    if (node.isFloat()) {
      return shortest(node.floatValue());
    }
    if (!node.isObject()) {
      return node;
    }
    TreeSet<String> names = new TreeSet<>();
    node.fieldNames().forEachRemaining(names::add);
    ObjectNode members = JSON.createObjectNode();
    names.forEach(name -> members.set(name, sorted(node.get(name))));
    return members;
  }

  /** What Java writes from version 19 on; older ones write a digit too many of some floats. */
  private static JsonNode shortest(float value) {
    for (int digits = 0; digits < 9; digits += 1) {
      String text = String.format(Locale.ROOT, "%." + digits + "e", value);
      if (Float.isFinite(value) && Float.parseFloat(text) == value) {
        return JSON.getNodeFactory().numberNode(Double.parseDouble(text));
      }
    }
    return JSON.getNodeFactory().numberNode(value);
  }

  private static ObjectNode compare(JsonNode question) {
    ObjectNode answer = JSON.createObjectNode();
    Schema reader;
    Schema writer;
    try {
      reader = new Schema.Parser().parse(question.get("reader").textValue());
      writer = new Schema.Parser().parse(question.get("writer").textValue());
    } catch (Throwable refusal) {
      return answer.put("refusal", refusal.toString());
    }
    try {
      ArrayNode differences = answer.putArray("differences");
      for (Incompatibility found : SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult()
          .getIncompatibilities()) {
        differences.addObject().put("kind", found.getType().name()).put("location", found.getLocation())
            .put("message", found.getMessage());
      }
    } catch (Throwable failure) {
      answer.put("failure", failure.getMessage() == null ? failure.toString() : failure.getMessage());
    }
    return answer;
  }
}
