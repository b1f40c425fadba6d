import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.DecoderFactory;

/** What a program with org.apache.avro does with a schema registry. The address is in REGISTRY_URL, the data in SCENARIO. */
public final class RegistryScenario {
  private static final RegistryClient CLIENT = new RegistryClient(System.getenv("REGISTRY_URL"), null, null);
  private static JsonNode scenario;
  private static String topic;
  private static String subject;
  private static Report report;
  private static String v1;
  private static String v2;
  private static String broken;

  public static void main(String[] args) throws Exception {
    scenario = Report.JSON.readTree(new File(System.getenv("SCENARIO")));
    topic = scenario.get("topic").asText();
    subject = topic + "-value";
    v1 = scenario.get("v1").toString();
    v2 = withField(scenario.get("added"));
    broken = withField(scenario.get("addedWithoutDefault"));
    report = new Report("Java org.apache.avro " + Schema.class.getPackage().getImplementationVersion()
        + " (Java " + System.getProperty("java.version") + ")");
    readingAndWriting();
    schemas();
    references();
    normalization();
    compatibility();
    modes();
    metadata();
    deletions();
    names();
    atOnce();
    report.end();
  }

  private static String withField(JsonNode field) {
    ObjectNode changed = scenario.get("v1").deepCopy();
    ((ArrayNode) changed.get("fields")).add(field);
    return changed.toString();
  }

  private static Schema parsed(String text) {
    return new Schema.Parser().parse(text);
  }

  /** An event of the scenario, which has no union that its JSON could not tell. */
  private static Object valueOf(JsonNode event, Schema schema) throws Exception {
    ObjectNode tagged = event.deepCopy();
    if (tagged.has("berth")) tagged.set("berth", Report.JSON.createObjectNode().set("string", tagged.get("berth")));
    var decoder = DecoderFactory.get().jsonDecoder(schema, tagged.toString());
    return new GenericDatumReader<>(schema).read(null, decoder);
  }

  private static JsonNode jsonOf(Object value) throws Exception {
    return Report.JSON.readTree(GenericData.get().toString(value));
  }

  private static JsonNode event() {
    return scenario.get("event");
  }

  private static void readingAndWriting() throws Exception {
    int first = CLIENT.register(subject, v1);
    byte[] data = RegistryClient.write(first, parsed(v1), valueOf(event(), parsed(v1)));
    report.step("round trip", () -> jsonOf(CLIENT.read(data)));
    report.step("versions after the first event", () -> CLIENT.get("/subjects/" + subject + "/versions"));
    report.step("same id again", () -> CLIENT.register(subject, v1) == first);
    report.step("same id without registering", () -> lookUp(subject, v1).get("id").asInt() == first);
    report.step("unknown subject without registering", () -> lookUp("unknown", v1));
    report.step("unknown schema without registering", () -> lookUp(subject, v2));
    int newer = CLIENT.register(subject, v2);
    report.step("latest version is used", () -> latest(subject).get("id").asInt() == newer);
    report.step("latest version of an unknown subject", () -> latest("unknown"));
    report.step("old event for a new reader", () -> jsonOf(CLIENT.read(data, parsed(v2))).get("pilot"));
    ObjectNode newEvent = event().deepCopy();
    newEvent.put("pilot", "Li");
    byte[] newData = RegistryClient.write(newer, parsed(v2), valueOf(newEvent, parsed(v2)));
    report.step("new event for an old reader", () -> jsonOf(CLIENT.read(newData, parsed(v1))).equals(event()));
    report.step("unknown id", () -> CLIENT.schema(999_999));
    report.step("keys", () -> CLIENT.register(topic + "-key", "\"string\"") > 0);
  }

  private static JsonNode lookUp(String subject, String schema) throws Exception {
    return CLIENT.lookUp(subject, RegistryClient.bodyOf(schema), "");
  }

  private static JsonNode latest(String subject) throws Exception {
    return CLIENT.get("/subjects/" + subject + "/versions/latest");
  }

  private static boolean holds(JsonNode answer, String schema) throws Exception {
    return Report.JSON.readTree(answer.get("schema").asText()).equals(Report.JSON.readTree(schema));
  }

  private static void schemas() throws Exception {
    JsonNode latest = latest(subject);
    String id = latest.get("id").asText();
    report.step("latest",
        () -> List.of(latest.get("subject").asText(), latest.get("version").asInt(), holds(latest, v2)));
    report.step("by id", () -> holds(CLIENT.get("/schemas/ids/" + id), v2));
    report.step("by id and subject", () -> holds(CLIENT.get("/schemas/ids/" + id + "?subject=" + subject), v2));
    report.step("text by id", () -> CLIENT.get("/schemas/ids/" + id + "/schema").equals(Report.JSON.readTree(v2)));
    report.step("by guid", () -> holds(CLIENT.get("/schemas/guids/" + latest.get("guid").asText()), v2));
    report.step("by version", () -> holds(CLIENT.get("/subjects/" + subject + "/versions/1"), v1));
    report.step("looked up", () -> lookUp(subject, v1).get("version"));
    report.step("unknown subject", () -> CLIENT.get("/subjects/unknown/versions"));
    report.step("unknown version", () -> CLIENT.get("/subjects/" + subject + "/versions/77"));
    report.step("unknown schema", () -> lookUp(subject, broken));
    report.step("unknown guid", () -> CLIENT.get("/schemas/guids/0b7a7e52-3f4c-2d6e-9b61-6d1c2a3f4e5b"));
    report.step("types", () -> CLIENT.get("/schemas/types"));
    report.step("contexts", () -> CLIENT.get("/contexts"));
    report.step("subjects of an id", () -> CLIENT.get("/schemas/ids/" + id + "/subjects"));
    report.step("versions of an id", () -> {
      List<Object> pairs = new ArrayList<>();
      for (JsonNode one : CLIENT.get("/schemas/ids/" + id + "/versions"))
        pairs.add(List.of(one.get("subject"), one.get("version")));
      return pairs;
    });
    report.step("no schema", () -> CLIENT.register(subject, "{\"type\":\"recor\"}"));
    report.step("another language of schemas",
        () -> CLIENT.register("json", RegistryClient.bodyOf("{}").put("schemaType", "JSON"), ""));
  }

  private static ObjectNode visitTo(String address, String subject) {
    ObjectNode body = RegistryClient.bodyOf(scenario.get("visit").toString());
    body.putArray("references").addObject().put("name", address).put("subject", subject).put("version", 1);
    return body;
  }

  private static void references() throws Exception {
    String address = "city.harbour.Address";
    CLIENT.register(address, scenario.get("address").toString());
    int id = CLIENT.register("visit-value", visitTo(address, address), "");
    Schema visit = CLIENT.schema(id);
    byte[] data = RegistryClient.write(id, visit, valueOf(scenario.get("visitEvent"), visit));
    report.step("round trip with a reference", () -> jsonOf(CLIENT.read(data)));
    report.step("references of a schema", () -> {
      JsonNode one = CLIENT.get("/schemas/ids/" + id).get("references").get(0);
      return List.of(List.of(one.get("name"), one.get("subject"), one.get("version")));
    });
    report.step("referenced by", () -> {
      JsonNode users = CLIENT.get("/subjects/" + address + "/versions/1/referencedby");
      return users.size() == 1 && users.get(0).asInt() == id;
    });
    report.step("looked up with its reference",
        () -> CLIENT.lookUp("visit-value", visitTo(address, address), "").get("version"));
    report.step("reference that is not there", () -> CLIENT.register("visit-value", visitTo(address, "unknown"), ""));
    report.step("deletion of what is referred to", () -> delete(address + "/versions/1"));
  }

  private static void normalization() throws Exception {
    ObjectNode one = RegistryClient.bodyOf(scenario.get("attributes").toString());
    ObjectNode other = RegistryClient.bodyOf(scenario.get("attributesInAnotherOrder").toString());
    int id = CLIENT.register("normal", one, "?normalize=true");
    report.step("same id when normalised", () -> CLIENT.register("normal", other, "?normalize=true") == id);
    report.step("looked up when normalised", () -> CLIENT.lookUp("normal", other, "?normalize=true").get("version"));
    report.step("looked up as it is", () -> CLIENT.lookUp("normal", one, "").get("version"));
    report.step("another id as it is", () -> CLIENT.register("plain", one, "") == id);
  }

  private static JsonNode compared(String subject, String version, String schema) throws Exception {
    String path = "/compatibility/subjects/" + RegistryClient.encoded(subject) + "/versions" + version;
    return CLIENT.ask("POST", path + "?verbose=true", RegistryClient.bodyOf(schema));
  }

  private static JsonNode set(String path, String member, String value) throws Exception {
    return CLIENT.ask("PUT", path, Report.JSON.createObjectNode().put(member, value));
  }

  private static void compatibility() throws Exception {
    report.step("compatible", () -> compared(subject, "/latest", v2).get("is_compatible"));
    report.step("incompatible", () -> compared(subject, "/latest", broken).get("is_compatible"));
    report.step("incompatible with one version", () -> compared(subject, "/1", broken).get("is_compatible"));
    report.step("incompatible with any version", () -> compared(subject, "", broken).get("is_compatible"));
    report.step("messages of what is incompatible", () -> compared(subject, "/latest", broken).get("messages"));
    report.step("compatible with a subject that is not there",
        () -> compared("unknown", "/latest", v1).get("is_compatible"));
    report.step("registering what is incompatible", () -> CLIENT.register(subject, broken));
    String config = "/config/" + subject;
    report.step("global level", () -> CLIENT.get("/config").get("compatibilityLevel"));
    report.step("level that is not set", () -> CLIENT.get(config));
    report.step("level by default", () -> CLIENT.get(config + "?defaultToGlobal=true").get("compatibilityLevel"));
    report.step("level set", () -> set(config, "compatibility", "NONE").get("compatibility"));
    report.step("level as it was set", () -> CLIENT.get(config).get("compatibilityLevel"));
    report.step("registering where nothing is compared", () -> CLIENT.register(subject, broken) > 0);
    report.step("unknown level", () -> set(config, "compatibility", "SIDEWAYS"));
    CLIENT.ask("DELETE", config, null);
    report.step("level after it was taken back", () -> CLIENT.get(config));
  }

  private static void modes() throws Exception {
    report.step("global mode", () -> CLIENT.get("/mode").get("mode"));
    report.step("mode that is not set", () -> CLIENT.get("/mode/" + subject));
    set("/mode/closed", "mode", "READONLY");
    report.step("registering where one may only read", () -> CLIENT.register("closed", v1));
    report.step("mode taken back", () -> CLIENT.ask("DELETE", "/mode/closed", null).get("mode"));
    report.step("registering again", () -> CLIENT.register("closed", v1) > 0);
  }

  private static void metadata() throws Exception {
    String[][] versions = {{"harbour", v1}, {"park", v2}};
    for (String[] version : versions) {
      ObjectNode body = RegistryClient.bodyOf(version[1]);
      body.putObject("metadata").putObject("properties").put("owner", version[0]);
      CLIENT.register("owned", body, "");
    }
    String path = "/subjects/owned/metadata?key=owner&value=";
    report.step("latest with metadata", () -> CLIENT.get(path + "harbour").get("version"));
    report.step("metadata nobody has", () -> CLIENT.get(path + "zoo"));
  }

  private static JsonNode delete(String path) throws Exception {
    return CLIENT.ask("DELETE", "/subjects/" + path, null);
  }

  private static boolean hasGone(String query) throws Exception {
    for (JsonNode name : CLIENT.get("/subjects" + query)) if (name.asText().equals("gone")) return true;
    return false;
  }

  private static void deletions() throws Exception {
    for (String schema : List.of(v1, v2)) CLIENT.register("gone", schema);
    String forGood = "?permanent=true";
    report.step("permanent before soft", () -> delete("gone/versions/1" + forGood));
    report.step("soft", () -> delete("gone/versions/1"));
    report.step("soft again", () -> delete("gone/versions/1"));
    report.step("versions left", () -> CLIENT.get("/subjects/gone/versions"));
    report.step("deleted but asked for", () -> CLIENT.get("/subjects/gone/versions/1?deleted=true").get("version"));
    report.step("permanent", () -> delete("gone/versions/1" + forGood));
    report.step("deletion of an unknown subject", () -> delete("unknown" + forGood));
    report.step("subject soft", () -> delete("gone"));
    report.step("subject soft again", () -> delete("gone"));
    report.step("subjects with the deleted", () -> hasGone("?deleted=true"));
    report.step("subjects without the deleted", () -> hasGone(""));
    CLIENT.register("gone", v1);
    report.step("version after a deletion", () -> latest("gone").get("version"));
    report.step("subject permanent before soft", () -> delete("gone" + forGood));
    report.step("subject soft with its new version", () -> delete("gone"));
    report.step("subject permanent", () -> delete("gone" + forGood));
    report.step("subjects at last", () -> hasGone("?deleted=true"));
  }

  private static void names() throws Exception {
    String odd = scenario.get("oddSubject").asText();
    String path = RegistryClient.encoded(odd);
    int id = CLIENT.register(odd, v1);
    report.step("odd name", () -> latest(path).get("subject"));
    report.step("odd name in the list", () -> {
      JsonNode list = CLIENT.get("/subjects?subjectPrefix=harbour/");
      return list.size() == 1 && list.get(0).asText().equals(odd);
    });
    report.step("odd name of an id", () -> CLIENT.get("/schemas/ids/" + id + "/subjects").toString().contains(odd));
    report.step("odd name compared", () -> compared(odd, "/latest", v2).get("is_compatible"));
    report.step("odd name configured", () -> set("/config/" + path, "compatibility", "FULL").get("compatibility"));
    report.step("odd name deleted", () -> delete(path));
    report.step("strange prefix", () -> CLIENT.get("/subjects?subjectPrefix=nobody"));
  }

  private static void atOnce() throws Exception {
    ObjectNode schema = scenario.get("v1").deepCopy();
    String text = schema.put("name", "AtOnce").toString();
    Set<Integer> ids = new ConcurrentSkipListSet<>();
    Callable<Boolean> register = () -> ids.add(CLIENT.register("at-once", text));
    var pool = Executors.newFixedThreadPool(16);
    for (var done : pool.invokeAll(java.util.Collections.nCopies(64, register))) done.get();
    pool.shutdown();
    report.step("ids of many at once", ids::size);
    report.step("versions of many at once", () -> CLIENT.get("/subjects/at-once/versions"));
  }
}
