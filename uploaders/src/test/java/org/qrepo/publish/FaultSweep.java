package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;

/**
 * Calls of some work to its store fail, one in each attempt. Whatever is left, clients accept it or
 * it is a plain commit that was begun; and the same work run again completes it.
 *
 * @param opener gives each publisher a store of its own on a tree
 * @param onDisk whether a tree is a folder that can be copied: then a begun commit is examined, too
 */
record FaultSweep(
    Work work, Layout layout, Function<Path, Store> opener, boolean onDisk, Path directory) {
  /**
   * What was found.
   *
   * @param begun states that clients refuse, because a commit has begun
   */
  record Tally(int calls, int points, int begun) {
    private Tally plus(int more) {
      return new Tally(calls, points + 1, begun + more);
    }
  }

  /** All calls in turn, until there is none of the number. */
  Tally overAll(FaultyStore.Mode mode) throws IOException {
    Tally tally = new Tally(0, 0, 0);
    boolean reached = true;
    for (int n = 1; reached; n++) {
      Result result = disturb(n, mode);
      reached = result.count() >= n;
      tally = tally.plus(result.begun());
    }
    return new Tally(tally.points() - 1, tally.points() - 1, tally.begun());
  }

  /** A few calls: one amid the uploads, those about the commit, the first and the last. */
  Tally overSome(FaultyStore.Mode mode, int most) throws IOException {
    Attempt attempt = attempt("none");
    FaultyStore counting = FaultyStore.counting(attempt.stores.get());
    attempt.run(counting);
    List<Integer> points = some(counting.calls(), mode);
    Tally tally = new Tally(counting.count(), 0, 0);
    for (int n : points.subList(0, Math.min(most, points.size()))) {
      tally = tally.plus(disturb(n, mode).begun());
    }
    return tally;
  }

  /** The most telling ones first, others for each way to fail. */
  private List<Integer> some(List<StoreCall> calls, FaultyStore.Mode mode) {
    int commit =
        1
            + IntStream.range(0, calls.size())
                .filter(i -> Attempt.begins(calls.get(i)) || isPointer(calls.get(i)))
                .findFirst()
                .orElse(calls.size() / 2);
    int later =
        switch (mode) {
          case BEFORE -> 0;
          case AFTER -> 1;
          case FROM_THEN_ON -> 2;
        };
    List<Integer> points = new ArrayList<>();
    points.add(Math.min(calls.size(), commit + 1 + later));
    points.add(Math.max(1, commit / 2 + later));
    points.add(commit);
    points.add(Math.min(calls.size(), commit + 1));
    points.add(1);
    points.add(calls.size());
    return points.stream().distinct().toList();
  }

  private static boolean isPointer(StoreCall call) {
    return call.verb() == Verb.SWAP_LINK;
  }

  private record Result(int count, int begun) {}

  private Result disturb(int n, FaultyStore.Mode mode) throws IOException {
    Attempt attempt = attempt(mode + "-" + n);
    FaultyStore store = new FaultyStore(attempt.stores.get(), n, mode);
    attempt.run(store);
    boolean accepted = attempt.judge(n, store.calls());
    if (!accepted && onDisk) {
      attempt.isRestored(tree(mode + "-" + n), opener);
    }
    attempt.completes();
    return new Result(store.count(), accepted ? 0 : 1);
  }

  private Attempt attempt(String name) throws IOException {
    Path tree = tree(name);
    return new Attempt(work, layout, () -> opener.apply(tree), directory.resolve("w-" + name));
  }

  private Path tree(String name) {
    return directory.resolve(name);
  }

  /** Says what was found, and fails if more was refused than may be. */
  static void expect(String what, Tally tally, Work work, Layout layout) {
    System.out.printf(
        "fault sweep: %s, %s: %d points of %d, %d states that clients refuse%n",
        what, work, tally.points(), tally.calls(), tally.begun());
    if (layout == Layout.POINTER || work == Work.PRUNE) {
      assertThat(tally.begun()).as("states that clients refuse").isZero();
    } else if (work != Work.REPAIR) {
      assertThat(tally.begun()).as("states that clients refuse").isLessThanOrEqualTo(12);
    }
  }
}
