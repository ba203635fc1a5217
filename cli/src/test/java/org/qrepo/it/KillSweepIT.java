package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process is killed with SIGKILL at the calls of its work to its stores: at all of them with
 * {@code -Dqrepo.full=true}, else at a few that are spread over them. A real pacman with {@code
 * SigLevel = Required} judges what is left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillSweepIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final int SPREAD = 3;
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private final Scratch scratch = new Scratch();
  private final KillGround grounds = new KillGround(scratch);
  private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
  private final List<PacmanJudges> judges = new ArrayList<>();

  @BeforeAll
  void prepare() {
    Programs.require("pacman", "sh");
    judges.add(new PacmanJudges(scratch.folder("j"), grounds.certificate(), WORKERS));
  }

  @AfterAll
  void tidy() {
    workers.shutdownNow();
    judges.forEach(PacmanJudges::close);
    scratch.close();
  }

  static List<Arguments> operations() {
    return Stream.of("pointer", "plain")
        .flatMap(
            layout ->
                Stream.of(KilledOperation.values())
                    .map(operation -> Arguments.of(layout, operation)))
        .toList();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("operations")
  void clientsInstallAndTheNextRunCompletesWhereverItIsKilled(
      String layout, KilledOperation operation) throws Exception {
    KillSweep sweep = new KillSweep(grounds, judges.get(0), layout, operation);
    List<KillPoint> points = FULL ? sweep.points() : spread(sweep, layout + operation);

    KillSweep.Tally tally = sweep.over(points, workers);

    System.out.printf(
        "killed: %s, %s: %d calls, %d points, %d different states, %d that clients refuse%n",
        layout, operation, tally.calls(), tally.points(), tally.states(), tally.refused());
    assertThat(tally.calls()).isGreaterThan(20);
    if (layout.equals("pointer") || operation.before().equals(operation.after())) {
      assertThat(tally.refused()).isZero();
    } else {
      assertThat(tally.refused()).as("a plain commit is seen half done").isPositive();
    }
  }

  /** Some points in each part of the work, always the same ones, and some in a commit. */
  private static List<KillPoint> spread(KillSweep sweep, String seed) {
    Random random = new Random(seed.hashCode());
    List<KillPoint> all = sweep.points();
    List<KillPoint> some = new ArrayList<>(sweep.inCommit());
    int parts = SPREAD - some.size() / 2;
    for (int i = 0; i < parts; i++) {
      int from = all.size() * i / parts;
      some.add(all.get(from + random.nextInt(all.size() * (i + 1) / parts - from)));
    }
    return some;
  }
}
