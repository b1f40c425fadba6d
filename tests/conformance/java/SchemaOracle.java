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
import java.util.List;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaNormalization;

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
      answer.put("parsingForm", SchemaNormalization.toParsingForm(schema));
      answer.put("crc64", Long.toUnsignedString(SchemaNormalization.parsingFingerprint64(schema)));
      byte[] sha256 = SchemaNormalization.parsingFingerprint("SHA-256", schema);
      answer.put("sha256", String.format("%064x", new BigInteger(1, sha256)));
    } catch (Throwable refusal) {
      answer.put("refusal", refusal.toString());
    }
    return answer;
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
