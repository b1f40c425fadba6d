package city.citystreams.peers;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Turns SIGTERM into a flag that a loop looks at, and lets the loop end before the process does. */
final class Stopping {
  private static final long PATIENCE_S = 10;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean asked;

  Stopping() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked = true;
                  try {
                    ended.await(PATIENCE_S, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
  }

  boolean asked() {
    return asked;
  }

  void ended() {
    ended.countDown();
  }
}
