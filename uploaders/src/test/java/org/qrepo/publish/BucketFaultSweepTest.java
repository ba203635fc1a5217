package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.s3.S3Server;

/**
 * Calls of a publish to a bucket of a real S3 server fail: each one in turn with {@code
 * -Dqrepo.full=true}, else some that are spread over them. What is left is held to the same as in a
 * local repository.
 */
class BucketFaultSweepTest {
  private static final int STEP = Boolean.getBoolean("qrepo.full") ? 1 : 11;
  @TempDir static Path directory;
  private static S3Server server;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(FaultyStore.Mode.class)
  void callsFailInTurn(FaultyStore.Mode mode) throws IOException {
    int points = 0;
    int begun = 0;
    int n = 1 + mode.ordinal();
    for (boolean reached = true; reached; n += STEP) {
      String prefix = mode.name() + n;
      FaultSweepTest.Attempt attempt =
          new FaultSweepTest.Attempt(
              Place.CONDITIONAL, () -> server.store(prefix), false, directory.resolve(prefix));
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      reached = store.count() >= n;
      begun += attempt.judge(store.calls(), n) ? 0 : 1;
      attempt.completes();
      points++;
    }
    assertThat(n).as("calls").isGreaterThan(30);
    System.out.printf(
        "fault sweep: bucket, call fails %s: %d points of %d, %d states that clients refuse%n",
        mode, points, n, begun);
  }
}
