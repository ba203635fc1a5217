package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.cli.Run;
import org.qrepo.store.ground.Grounds;

/**
 * A publisher is stopped amid its commit, as a laptop that is closed, for longer than a lock on a
 * server lasts; another one publishes meanwhile, and then the first one wakes up. Nothing of either
 * is lost, as a real pacman finds. The time that passes is the server's: its locks are made older.
 */
class SuspendedPublisherIT {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final int DONE = 0;
  private static final int CONFLICT = 6;
  private static final List<String> PUBLISH = KilledOperation.PUBLISH.words();
  private static final List<String> OTHER =
      List.of("publish", "other-1-1", "--to", "web", "--lock-wait", "0");

  private final Scratch scratch = new Scratch();

  @AfterEach
  void tidy() {
    scratch.close();
  }

  static Stream<Arguments> stores() {
    return EnumSet.complementOf(EnumSet.of(Grounds.LOCAL)).stream()
        .flatMap(
            kind ->
                (FULL ? kind.layouts() : kind.layouts().subList(0, 1))
                    .stream().map(layout -> Arguments.of(kind, layout)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("stores")
  void nothingIsLostWhenTheHolderOfALockWakesUp(Grounds kind, String layout) throws Exception {
    Programs.require("pacman", "sh");
    Map<Integer, Integer> ends = new TreeMap<>();
    int number = 0;
    try (KillGround grounds = new KillGround(scratch, kind.get());
        PacmanJudges judges =
            new PacmanJudges(kind.get(), scratch.folder("j"), grounds.certificate(), 1)) {
      for (KillPoint point : points(grounds, layout)) {
        Path ground = grounds.copy(layout, KilledOperation.PUBLISH, "slept" + number++);
        Command holder = grounds.signalled(ground, "STOP", point, PUBLISH);
        String what = kind + ", " + layout + ", stopped " + point;
        try (StoppedProcess stopped = StoppedProcess.start(holder, ground.resolve("log"))) {
          KillGround.expire(ground.resolve("tree"));
          Run other = grounds.byRival(ground, OTHER);
          assertThat(other.code()).as(what + other.err()).isZero();

          int end = stopped.goOn();

          assertThat(end).as(what + stopped.said()).isIn(DONE, CONFLICT);
          ends.merge(end, 1, Integer::sum);
          if (end == CONFLICT) {
            Run again = grounds.again(ground, PUBLISH);
            assertThat(again.code()).as(what + again.err()).isZero();
          }
        }
        Set<String> all = new TreeSet<>(KilledOperation.PUBLISH.after());
        all.add("other 1-1");
        PacmanJudges.Verdict verdict = judges.judge(ground.resolve("tree"));
        assertThat(verdict.good()).as(what + verdict.words()).isTrue();
        assertThat(verdict.offers()).as(what).isEqualTo(all);
        Run log = grounds.again(ground, List.of("log", "web"));
        assertThat(log.out().lines().filter(line -> line.startsWith("generation ")))
            .as(what)
            .hasSize(5)
            .first()
            .asString()
            .contains("(seq 5)");
        KillGround.remove(ground);
      }
    }
    System.out.printf(
        "slept past the end of a lock: %s, %s: %d points, exit codes %s; nothing lost%n",
        kind, layout, number, ends);
  }

  /** When the lock is had, before the commit, and amid a plain one. */
  private static List<KillPoint> points(KillGround grounds, String layout) throws Exception {
    Path ground = grounds.copy(layout, KilledOperation.PUBLISH, "calls");
    List<String> calls = grounds.calls(ground, PUBLISH).lines();
    KillGround.remove(ground);
    List<KillPoint> points = new ArrayList<>();
    int lock = calls.indexOf("LOCK ") + 1;
    int pointer = calls.indexOf("SWAP_LINK current") + 1;
    int database = calls.indexOf("SWAP t.db") + 1;
    if (lock != 0) {
      points.add(new KillPoint(lock, CallSignal.Moment.AFTER));
    }
    points.add(new KillPoint(Math.max(pointer, database), CallSignal.Moment.BEFORE));
    if (database != 0) {
      points.add(new KillPoint(database, CallSignal.Moment.AFTER));
    }
    return points;
  }
}
