package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
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
import org.qrepo.store.ground.Extent;
import org.qrepo.store.ground.Grounds;

/**
 * A process is killed with SIGKILL at the calls of its work to its stores: at as many as {@link
 * Extent} says, spread over them. A real pacman with {@code SigLevel = Required} judges what is
 * left, through the public side of the store.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillSweepIT {
  private static final Extent EXTENT = Extent.chosen();
  private static final List<KilledOperation> OPERATIONS = List.of(KilledOperation.values());
  private static final int WORKERS = Runtime.getRuntime().availableProcessors();

  private final Scratch scratch = new Scratch();
  private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS);
  private final Map<Grounds, Court> courts = new EnumMap<>(Grounds.class);

  /** Where commands are killed on a kind of store, and who judges that. */
  private record Court(KillGround grounds, PacmanJudges judges) {}

  private Court court(Grounds kind) {
    KillGround grounds = new KillGround(scratch, kind.get());
    Path folder = scratch.folder("j" + kind);
    return new Court(grounds, new PacmanJudges(kind.get(), folder, grounds.certificate(), WORKERS));
  }

  @BeforeAll
  void prepare() {
    Programs.require("pacman", "sh");
  }

  @AfterAll
  void tidy() {
    workers.shutdownNow();
    for (Court court : courts.values()) {
      court.judges().close();
      court.grounds().close();
    }
    scratch.close();
  }

  static List<Arguments> operations() {
    return Grounds.chosen().flatMap(KillSweepIT::operations).toList();
  }

  private static Stream<Arguments> operations(Grounds kind) {
    return OPERATIONS.stream()
        .filter(operation -> EXTENT != Extent.FEW || isUsual(kind, operation))
        .flatMap(
            operation ->
                layouts(kind, operation).stream()
                    .map(layout -> Arguments.of(kind, layout, operation)));
  }

  /** Sampled: everything on a disk, publishes elsewhere; nginx is spoken to as Apache is. */
  private static boolean isUsual(Grounds kind, KilledOperation operation) {
    return kind == Grounds.LOCAL || (operation == KilledOperation.PUBLISH && kind != Grounds.NGINX);
  }

  /** Sampled: a publish on a disk in both layouts, all else in one of them. */
  private static List<String> layouts(Grounds kind, KilledOperation operation) {
    List<String> all = kind.layouts();
    if (EXTENT != Extent.FEW || (kind == Grounds.LOCAL && operation == KilledOperation.PUBLISH)) {
      return all;
    }
    int turn = kind == Grounds.LOCAL ? OPERATIONS.indexOf(operation) % all.size() : 0;
    return all.subList(turn, turn + 1);
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @MethodSource("operations")
  void clientsInstallAndTheNextRunCompletesWhereverItIsKilled(
      Grounds kind, String layout, KilledOperation operation) throws Exception {
    Court court = courts.computeIfAbsent(kind, this::court);
    KillSweep sweep = new KillSweep(court.grounds(), court.judges(), layout, operation);

    KillSweep.Tally tally = sweep.over(points(kind, sweep, layout + operation), workers);

    System.out.printf(
        "killed: %s, %s, %s: %d calls, %d points, %d different states, %d that clients refuse%n",
        kind, layout, operation, tally.calls(), tally.points(), tally.states(), tally.refused());
    assertThat(tally.calls()).isGreaterThan(20);
    if (layout.equals("pointer") || operation.before().equals(operation.after())) {
      assertThat(tally.refused()).isZero();
    } else {
      assertThat(tally.refused()).as("a plain commit is seen half done").isPositive();
    }
  }

  /** All of them on a disk and in a bucket; where a server's lock is taken, those under it. */
  private static List<KillPoint> points(Grounds kind, KillSweep sweep, String seed) {
    boolean local = kind == Grounds.LOCAL;
    return switch (EXTENT) {
      case FEW -> spread(sweep, seed, local ? 2 : 1);
      case MANY -> spread(sweep, seed, local ? 20 : 5);
      case ALL -> local || kind == Grounds.S3 ? sweep.points() : sweep.fromCommit();
    };
  }

  /** Some points in each part of the work, always the same ones, and some in a commit. */
  private static List<KillPoint> spread(KillSweep sweep, String seed, int most) {
    Random random = new Random(seed.hashCode());
    List<KillPoint> all = sweep.points();
    List<KillPoint> some = new ArrayList<>(sweep.inCommit());
    int parts = most - some.size() / 2;
    for (int i = 0; i < parts; i++) {
      int from = all.size() * i / parts;
      some.add(all.get(from + random.nextInt(all.size() * (i + 1) / parts - from)));
    }
    return some;
  }
}
