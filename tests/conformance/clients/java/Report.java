import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/** One line of JSON for each step: its result, or status and code of the error that the registry answered with. */
final class Report {
  static final ObjectMapper JSON = new ObjectMapper();

  /** Anything, by whatever means. */
  interface Action {
    Object run() throws Exception;
  }

  private int steps;

  Report(String client) throws Exception {
    tell(Map.of("client", client));
  }

  /** Does it and reports it. An error that the registry did not answer with ends the program. */
  void step(String name, Action action) throws Exception {
    steps++;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", name);
    try {
      line.put("result", action.run());
    } catch (RegistryClient.Refused refused) {
      line.put("error", Map.of("status", refused.status, "code", refused.code));
    }
    tell(line);
  }

  void end() throws Exception {
    tell(Map.of("done", steps));
  }

  private static void tell(Object line) throws Exception {
    System.out.println(JSON.writeValueAsString(line));
  }
}
