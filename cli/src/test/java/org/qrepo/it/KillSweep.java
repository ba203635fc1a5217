package org.qrepo.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.qrepo.cli.Run;
import org.qrepo.it.PacmanJudges.Verdict;
import org.qrepo.store.Verb;

/**
 * One command on one layout, killed at many points. After each, clients accept what is there, or a
 * plain commit has begun and not ended; and in each different state the command run again, a repair
 * without a key, and the next publish of somebody else find no lock in their way and end well.
 */
final class KillSweep {
  /** What the shell says of a process that ended by SIGKILL. */
  private static final int KILLED = 128 + 9;

  /** What the program says while another one holds the lock. */
  private static final int LOCKED = 7;

  private static final int ATTEMPTS = 10;

  private final KillGround grounds;
  private final PacmanJudges judges;
  private final String layout;
  private final KilledOperation operation;
  private final List<String> calls;
  private final Set<Integer> halved;
  private final AtomicInteger names = new AtomicInteger();
  private final Map<String, Verdict> states = new ConcurrentHashMap<>();

  /** Runs the command once to its end, to know its calls. */
  KillSweep(KillGround grounds, PacmanJudges judges, String layout, KilledOperation operation)
      throws IOException {
    this.grounds = grounds;
    this.judges = judges;
    this.layout = layout;
    this.operation = operation;
    Path ground = grounds.copy(layout, operation, name());
    KillGround.Calls all = grounds.calls(ground, operation.words());
    this.calls = all.lines();
    this.halved = all.halved();
    KillGround.remove(ground);
  }

  /**
   * What was found.
   *
   * @param states how many different ones there were
   * @param refused points after which clients refuse what is there
   */
  record Tally(int calls, int points, int states, int refused) {}

  /**
   * Before every call; and after those that write, and in the midst of those that write bytes. A
   * call that only reads leaves things as they were before it.
   */
  List<KillPoint> points() {
    List<KillPoint> points = new ArrayList<>();
    for (int i = 1; i <= calls.size(); i++) {
      Verb verb = Verb.valueOf(calls.get(i - 1).split(" ", -1)[0]);
      points.add(new KillPoint(i, CallSignal.Moment.BEFORE));
      if (halved.contains(i)) {
        points.add(new KillPoint(i, CallSignal.Moment.HALFWAY));
      }
      if (verb.writes()) {
        points.add(new KillPoint(i, CallSignal.Moment.AFTER));
      }
    }
    return points;
  }

  /** Points in the middle of a plain commit or on both sides of the pointer's, if there is one. */
  List<KillPoint> inCommit() {
    int pointer = calls.indexOf("SWAP_LINK current") + 1;
    int database = calls.indexOf("SWAP t.db") + 1;
    int files = calls.indexOf("SWAP t.files") + 1;
    if (layout.equals("pointer") && pointer != 0) {
      return List.of(
          new KillPoint(pointer, CallSignal.Moment.BEFORE),
          new KillPoint(pointer, CallSignal.Moment.AFTER));
    }
    return database == 0 || files == 0
        ? List.of()
        : List.of(
            new KillPoint(database, CallSignal.Moment.AFTER),
            new KillPoint(
                files,
                halved.contains(files) ? CallSignal.Moment.HALFWAY : CallSignal.Moment.BEFORE));
  }

  /** The points from the first lock that is taken, or the first name that is swapped, on. */
  List<KillPoint> fromCommit() {
    int first = 1 + (int) calls.stream().takeWhile(call -> !call.matches("LOCK |SWAP .*")).count();
    return points().stream().filter(point -> point.call() >= first).toList();
  }

  Tally over(List<KillPoint> points, ExecutorService workers)
      throws InterruptedException, ExecutionException {
    List<Future<Boolean>> results = new ArrayList<>();
    for (KillPoint point : points) {
      results.add(workers.submit(() -> isAccepted(point)));
    }
    int refused = 0;
    for (Future<Boolean> each : results) {
      refused += each.get() ? 0 : 1;
    }
    return new Tally(calls.size(), points.size(), states.size(), refused);
  }

  private boolean isAccepted(KillPoint point) throws IOException, InterruptedException {
    Path ground = killed(point);
    List<String> diary = diary(ground);
    Files.delete(ground.resolve("diary"));
    String what = operation + ", " + layout + ", killed " + point + " of " + diary;
    String state = GroundState.of(ground);
    Verdict verdict = states.get(state);
    if (verdict == null) {
      verdict = judges.judge(ground.resolve("tree"));
      if (states.putIfAbsent(state, verdict) == null) {
        examine(ground, verdict, what);
      }
    }
    KillGround.remove(ground);
    boolean accepted = verdict.good() || !verdict.published();
    if (!accepted) {
      assertThat(isBetweenCommits(diary, point)).as(what + "\n" + verdict.words()).isTrue();
    }
    return accepted;
  }

  /**
   * What a killed command leaves. Where it works with several threads, their calls change places at
   * times, and the chosen one may have no such moment: then it is tried again.
   */
  private Path killed(KillPoint point) {
    for (int attempt = 1; ; attempt++) {
      Path ground = grounds.copy(layout, operation, name());
      Command.Output end = grounds.signalled(ground, "KILL", point, operation.words()).run();
      boolean missed = end.code() == 0 && point.moment() == CallSignal.Moment.HALFWAY;
      if (!missed || attempt == ATTEMPTS) {
        assertThat(end.code()).as(point + ": " + end).isEqualTo(KILLED);
        return ground;
      }
      KillGround.remove(ground);
    }
  }

  /** Whether some of the names that clients ask for were swapped, and some were not yet. */
  private boolean isBetweenCommits(List<String> diary, KillPoint point) {
    List<String> done =
        point.moment() == CallSignal.Moment.AFTER ? diary : diary.subList(0, diary.size() - 1);
    long swapped = done.stream().filter(KillSweep::isCommit).count();
    long all = calls.stream().filter(KillSweep::isCommit).count();
    return layout.equals("plain") && 0 < swapped && swapped < all;
  }

  private static boolean isCommit(String call) {
    return call.matches("SWAP t[.](db|files)([.]tar[.]gz)?([.]sig)?");
  }

  private void examine(Path ground, Verdict verdict, String what)
      throws IOException, InterruptedException {
    if (verdict.published()) {
      assertThat(verdict.offers()).as(what).isIn(operation.before(), operation.after(), Set.of());
    } else {
      assertThat(operation.before()).as("the database is gone: " + what).isEmpty();
    }
    assertThat(GroundState.strangers(ground.resolve("tree"))).as(what).isEmpty();
    completes(grounds.copy(ground, name()), what);
    KillGround.expire(ground.resolve("tree"));
    isRepaired(grounds.copy(ground, name()), verdict, what);
    leavesOthersTheirTurn(grounds.copy(ground, name()), verdict, what);
  }

  private void completes(Path ground, String what) throws IOException, InterruptedException {
    Path tree = ground.resolve("tree");
    List<String> words = new ArrayList<>(operation.words());
    words.addAll(List.of("--lock-wait", "0"));
    if (GroundState.isHeld(tree)) {
      Run early = grounds.again(ground, words);
      // Who finds nothing left to do needs no lock.
      assertThat(early.code()).as("before the lock ends, " + what + early.err()).isIn(0, LOCKED);
      KillGround.expire(tree);
    }
    expectDone(grounds.again(ground, words), "run again, " + what);
    accepts(tree, operation.after(), "run again, " + what);
    if (operation == KilledOperation.PRUNE_DELETES) {
      assertThat(tree.resolve("a-1-1-any.pkg.tar.zst")).as(what).doesNotExist();
    }
    TreeState complete = TreeState.of(tree);
    expectDone(grounds.again(ground, words), "run once more, " + what);
    assertThat(TreeState.of(tree)).as("run once more, " + what).isEqualTo(complete);
    KillGround.remove(ground);
  }

  private void isRepaired(Path ground, Verdict verdict, String what)
      throws IOException, InterruptedException {
    Path tree = ground.resolve("tree");
    expectDone(grounds.keyless(ground, "repair"), "repair, " + what);
    if (verdict.published()) {
      accepts(tree, settled(verdict), "repaired, " + what);
      for (int phase = 1; phase <= 2; phase++) {
        KillGround.age(tree);
        Run prune = grounds.keyless(ground, "prune", "--keep", "0", "--grace", "0");
        expectDone(prune, "phase " + phase + " of a prune, " + what);
      }
      accepts(tree, settled(verdict), "pruned, " + what);
      assertThat(GroundState.packages(tree)).as("pruned, " + what).isEqualTo(settled(verdict));
      assertThat(GroundState.generations(tree)).as("pruned, " + what).hasSize(1);
      assertThat(GroundState.unfinished(tree)).as("pruned, " + what).isEmpty();
    }
    KillGround.remove(ground);
  }

  private void leavesOthersTheirTurn(Path ground, Verdict verdict, String what)
      throws IOException, InterruptedException {
    if (Files.exists(ground.resolve("tree"))) {
      // Else it waits for the server's next second, and leaves young files without bytes alone.
      KillGround.age(ground.resolve("tree"));
    }
    List<String> words = new ArrayList<>(List.of("publish", "other-1-1", "--to", "web"));
    words.addAll(List.of("--lock-wait", "0"));
    if (!verdict.published()) {
      words.add("--init");
    }
    expectDone(grounds.byAnother(ground, words), "another publisher, " + what);
    Set<String> offers = new TreeSet<>(settled(verdict));
    offers.add("other 1-1");
    accepts(ground.resolve("tree"), offers, "another publisher, " + what);
    assertThat(GroundState.unfinished(ground.resolve("tree"))).as(what).isEmpty();
    KillGround.remove(ground);
  }

  /** What clients are offered as soon as a commit that has begun is finished. */
  private Set<String> settled(Verdict verdict) {
    return verdict.published() && !verdict.good() ? operation.after() : verdict.offers();
  }

  private void accepts(Path tree, Set<String> offers, String what)
      throws IOException, InterruptedException {
    Verdict verdict = judges.judge(tree);
    assertThat(verdict.good()).as(what + "\n" + verdict.words()).isTrue();
    assertThat(verdict.offers()).as(what).isEqualTo(offers);
  }

  private static void expectDone(Run run, String what) {
    assertThat(run.code()).as(what + "\n" + run.out() + run.err()).isZero();
  }

  private static List<String> diary(Path ground) throws IOException {
    return Files.readAllLines(ground.resolve("diary"));
  }

  private String name() {
    String start = layout + "-" + operation.name().toLowerCase(java.util.Locale.ROOT);
    return start + "-" + names.incrementAndGet();
  }
}
