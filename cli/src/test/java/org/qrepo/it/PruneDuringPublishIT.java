package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.cli.Run;
import org.qrepo.store.ground.Grounds;

/**
 * A publish brings back a package that a prune has announced, at the same time as the prune that
 * may delete it. One of them, in a process of its own, is stopped at a call to its store, and the
 * other one runs from beginning to end: nothing that is published is lost, as a real pacman with
 * {@code SigLevel = Required} finds. At more of the calls with {@code -Dqrepo.full=true}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PruneDuringPublishIT {
  private static final int SPREAD = Boolean.getBoolean("qrepo.full") ? 40 : 2;
  private static final List<String> PRUNE = KilledOperation.PRUNE_DELETES.words();
  private static final List<String> REUSE =
      List.of("publish", "a-1-1", "--allow-downgrade", "--to", "web");
  private static final Set<String> REUSED = Set.of("a 1-1", "gone 1-1", "keep 1-1");
  private static final String ANNOUNCED = "a-1-1-any.pkg.tar.zst";

  private static final int DONE = 0;
  private static final int REFUSED = 3;
  private static final int CONFLICT = 6;
  private static final int LOCKED = 7;

  private final Scratch scratch = new Scratch();
  private final KillGround grounds = new KillGround(scratch, Grounds.LOCAL.get());
  private final List<PacmanJudges> judges = new ArrayList<>();

  @BeforeAll
  void prepare() {
    Programs.require("pacman", "sh");
    judges.add(
        new PacmanJudges(Grounds.LOCAL.get(), scratch.folder("j"), grounds.certificate(), 1));
  }

  @AfterAll
  void tidy() {
    judges.forEach(PacmanJudges::close);
    grounds.close();
    scratch.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void aPublishThatReusesAnAnnouncedPackageLosesNothing(String layout) throws Exception {
    List<String> calls = calls(layout, REUSE);
    int written = calls.indexOf("SWAP_LINK current") + calls.indexOf("SWAP t.db") + 1;
    int announces = first(calls, "PUT_ONCE generations/.*");
    Map<String, Integer> ends = new TreeMap<>();
    int points = 0;
    int restarts = 0;
    for (int call : chosen(calls, announces, announces + 1, written)) {
      Path ground = ground(layout, points++);
      String what = "prune before call " + call + " of " + calls;
      try (StoppedProcess publish = stopped(ground, call, REUSE)) {
        Run prune = grounds.keyless(ground, "prune", "--keep", "1", "--grace", "0");
        assertThat(prune.code()).as(what + prune.err()).isIn(DONE, REFUSED, CONFLICT, LOCKED);
        boolean deleted = !ground.resolve("tree").resolve(ANNOUNCED).toFile().exists();
        ends.merge(deleted ? "deleted it" : "ended with " + prune.code(), 1, Integer::sum);
        assertThat(publish.goOn()).as(what + publish.said()).isZero();
        restarts += publish.said().contains("starting over") ? 1 : 0;
      }
      offersWhatWasReused(ground, what);
    }
    System.out.printf(
        "prune during a publish that reuses: %s: %d points, the prune %s, the publisher started over"
            + " %d times; nothing lost%n",
        layout, points, ends, restarts);
    assertThat(restarts).isPositive();
    assertThat(ends).containsKeys("deleted it", "ended with " + LOCKED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pointer", "plain"})
  void aPruneThatMeetsAPublishDeletesNothingThatItReuses(String layout) throws Exception {
    List<String> calls = calls(layout, PRUNE);
    int locked = calls.indexOf("LOCK ") + 1;
    int deletes = first(calls, "DELETE " + ANNOUNCED);
    Map<String, Integer> ends = new TreeMap<>();
    int points = 0;
    for (int call : chosen(calls, locked, deletes, deletes + 1)) {
      Path ground = ground(layout, points++);
      String what = "publish before call " + call + " of " + calls;
      List<String> impatient = new ArrayList<>(REUSE);
      impatient.addAll(List.of("--lock-wait", "0"));
      try (StoppedProcess prune = stopped(ground, call, PRUNE)) {
        Run publish = grounds.again(ground, impatient);
        assertThat(publish.code()).as(what + publish.err()).isIn(DONE, LOCKED);
        int end = prune.goOn();
        assertThat(end).as(what + prune.said()).isIn(DONE, REFUSED, CONFLICT);
        ends.merge("publish " + publish.code() + ", prune " + end, 1, Integer::sum);
      }
      Run again = grounds.again(ground, impatient);
      assertThat(again.code()).as(what + again.err()).isZero();
      offersWhatWasReused(ground, what);
    }
    System.out.printf(
        "publish during a prune of what it reuses: %s: %d points, exit codes %s; nothing lost%n",
        layout, points, ends);
    assertThat(ends).containsKey("publish " + LOCKED + ", prune " + DONE);
  }

  /** Now, and after another prune has had its two phases. */
  private void offersWhatWasReused(Path ground, String what)
      throws IOException, InterruptedException {
    Path tree = ground.resolve("tree");
    for (int phase = 0; phase <= 2; phase++) {
      PacmanJudges.Verdict verdict = judges.get(0).judge(tree);
      assertThat(verdict.good()).as(what + verdict.words()).isTrue();
      assertThat(verdict.offers()).as(what).isEqualTo(REUSED);
      KillGround.age(tree);
      Run prune = grounds.keyless(ground, "prune", "--keep", "0", "--grace", "0");
      assertThat(prune.code()).as(what + prune.err()).isZero();
    }
    assertThat(GroundState.packages(tree)).as(what).isEqualTo(REUSED);
    KillGround.remove(ground);
  }

  private StoppedProcess stopped(Path ground, int call, List<String> words)
      throws IOException, InterruptedException {
    KillPoint point = new KillPoint(call, CallSignal.Moment.BEFORE);
    return StoppedProcess.start(
        grounds.signalled(ground, "STOP", point, words), ground.resolve("log"));
  }

  private List<String> calls(String layout, List<String> words) throws IOException {
    Path ground = ground(layout, -1);
    List<String> calls = grounds.calls(ground, words).lines();
    KillGround.remove(ground);
    return calls;
  }

  private Path ground(String layout, int number) {
    return grounds.copy(layout, KilledOperation.PRUNE_DELETES, "ground" + layout + number);
  }

  private static int first(List<String> calls, String pattern) {
    for (int i = 0; i < calls.size(); i++) {
      if (calls.get(i).matches(pattern)) {
        return i + 1;
      }
    }
    throw new AssertionError("no " + pattern + " in " + calls);
  }

  /** The given calls, and some that are spread over all, always the same ones. */
  private static List<Integer> chosen(List<String> calls, Integer... given) {
    List<Integer> chosen = new ArrayList<>(List.of(given));
    Random random = new Random(calls.size());
    for (int i = 0; i < SPREAD; i++) {
      int from = calls.size() * i / SPREAD;
      chosen.add(1 + from + random.nextInt(calls.size() * (i + 1) / SPREAD - from));
    }
    return chosen;
  }
}
