package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;
import org.qrepo.store.s3.S3Server;

/**
 * Calls of a publish to a bucket of a real S3 server fail: each one in turn with {@code
 * -Dqrepo.full=true}, else some that are spread over them. What is left is held to the same as in a
 * local repository.
 */
class BucketFaultSweepTest {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final Optional<StoreKey> DATABASE = Optional.of(new StoreKey("t.db"));
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
    List<StoreCall> calls = calls(mode);
    List<Integer> points = FULL ? range(1, calls.size()) : some(calls);
    int begun = 0;
    for (int n : points) {
      FaultSweepTest.Attempt attempt = attempt(mode + "-" + n);
      FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
      attempt.run(store);
      begun += attempt.judge(store.calls(), n) ? 0 : 1;
      attempt.completes();
    }
    assertThat(begun)
        .as("states that clients refuse")
        .isBetween(mode == FaultyStore.Mode.AFTER ? 0 : 1, 12);
    System.out.printf(
        "fault sweep: bucket, call fails %s: %d points of %d, %d states that clients refuse%n",
        mode, points.size(), calls.size(), begun);
  }

  /** The calls of a publish that meets no fault. */
  private static List<StoreCall> calls(FaultyStore.Mode mode) throws IOException {
    FaultSweepTest.Attempt attempt = attempt(mode + "-none");
    FaultyStore store = FaultyStore.counting(attempt.stores.get());
    attempt.run(store);
    return store.calls();
  }

  /** The first and the last, one amid the uploads, and those about the commit. */
  private static List<Integer> some(List<StoreCall> calls) {
    int commit =
        (int)
                calls.stream()
                    .takeWhile(c -> c.verb() != Verb.SWAP || !c.key().equals(DATABASE))
                    .count()
            + 1;
    return List.of(1, commit / 2, commit, commit + 1, calls.size());
  }

  private static List<Integer> range(int first, int last) {
    return IntStream.rangeClosed(first, last).boxed().toList();
  }

  private static FaultSweepTest.Attempt attempt(String prefix) throws IOException {
    return new FaultSweepTest.Attempt(
        Place.CONDITIONAL, () -> server.store(prefix), false, directory.resolve(prefix));
  }
}
