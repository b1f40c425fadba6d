package city.citystreams.peers;

import java.nio.file.Path;

/** One program, several roles: {@code java ... Main <role> <job file>}. The job file is what the runner wrote. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("usage: Main generate|streams|plain|copy|dump|probe <job file>");
      System.exit(2);
    }
    Job job = Job.read(Path.of(args[1]));
    switch (args[0]) {
      case "generate" -> Generate.run(job);
      case "streams" -> StreamsPeer.run(job);
      case "plain" -> PlainPeer.run(job);
      case "copy" -> CopyPeer.run(job);
      case "dump" -> Dump.run(job);
      case "probe" -> Probe.run(job);
      default -> throw new IllegalArgumentException("no such role: " + args[0]);
    }
  }
}
