package org.qrepo.publish;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.qrepo.alpm.PackageName;

/**
 * What a fault may disturb: each intent of the engine, with what is published before and after it.
 */
enum Work {
  FIRST_PUBLISH("", "a 2-1, b 1-1", 2) {
    @Override
    void prepare(Attempt attempt, Store store) {}

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      return changed(
          attempt.shop.add(
              store, attempt.shop.sample("a", "2-1"), attempt.shop.sample("b", "1-1")));
    }
  },
  /** An upgrade, a new package and a removal. */
  PUBLISH("a 1-1, old 1-1", "a 2-1, b 1-1", 3) {
    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      Change change =
          new Change(
              List.of(attempt.shop.sample("a", "2-1"), attempt.shop.sample("b", "1-1")),
              Set.of(new PackageName("old")),
              Change.Options.NONE);
      return changed(attempt.shop.publisher(store).publish(change, Publisher.Approval.ANY));
    }
  },
  REMOVE("a 1-1, old 1-1", "a 1-1", 2) {
    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      return changed(attempt.shop.remove(store, "old"));
    }
  },
  /** Of an upgrade, a new package and a removal. */
  ROLLBACK("a 2-1, b 1-1", "a 1-1, old 1-1", 4) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      attempt.receipt = Optional.of(attempt.publishOld(store));
      attempt.shop.add(store, attempt.shop.sample("a", "2-1"), attempt.shop.sample("b", "1-1"));
      attempt.shop.remove(store, "old");
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      return changed(attempt.shop.rollback(store, attempt.receipt.orElseThrow()));
    }
  },
  PROMOTE("a 1-1, old 1-1", "a 2-1, b 1-1, old 1-1", 2) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      super.prepare(attempt, store);
      attempt.shop.add(
          attempt.source(), attempt.shop.sample("a", "2-1"), attempt.shop.sample("b", "1-1"));
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      Promotion all =
          new Promotion(
              attempt.shop.source(attempt.source()), Optional.empty(), Duration.ZERO, false);
      return changed(attempt.shop.publisher(store).publish(all, Publisher.Approval.ANY));
    }
  },
  /** Both phases. */
  PRUNE("a 3-1, old 1-1", "a 3-1, old 1-1", 2) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      super.prepare(attempt, store);
      attempt.shop.add(store, attempt.shop.sample("a", "2-1"));
      attempt.shop.add(store, attempt.shop.sample("a", "3-1"));
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      PrunePolicy policy = new PrunePolicy(1, Duration.ZERO, Duration.ZERO);
      PruneReport announced = attempt.shop.pruner(store).prune(policy);
      PruneReport deleted = attempt.shop.pruner(store).prune(policy);
      return !announced.announced().isEmpty() || !deleted.deleted().isEmpty();
    }
  },
  MIRROR("a 1-1, old 1-1", "a 2-1, old 1-1", 2) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      attempt.publishOld(attempt.source());
      run(attempt, store);
      attempt.shop.add(attempt.source(), attempt.shop.sample("a", "2-1"));
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      return attempt
              .shop
              .mirror(attempt.source(), store, attempt.shop.spec.layout(), 20)
              .mirror()
              .outcome()
          != MirrorReport.Outcome.ALREADY_MIRRORED;
    }
  },
  /** Of a commit that has begun; in the pointer layout, of names that are gone. */
  REPAIR("a 2-1, old 1-1", "a 2-1, old 1-1", 2) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      super.prepare(attempt, store);
      if (attempt.shop.spec.layout() == Layout.POINTER) {
        attempt.shop.add(store, attempt.shop.sample("a", "2-1"));
        store.delete(new StoreKey("t.files"));
        store.delete(new StoreKey("t.files.sig"));
        return;
      }
      Map<String, byte[]> before = attempt.names(store);
      attempt.shop.add(store, attempt.shop.sample("a", "2-1"));
      before.remove("t.db");
      for (Map.Entry<String, byte[]> name : before.entrySet()) {
        attempt.put(store, name.getKey(), name.getValue());
      }
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      return !attempt.shop.repairer(store).repair().mended().isEmpty();
    }
  },
  /** Of a tree that repo-add made, with a package that is unsigned. */
  ADOPT("a 1-1, old 1-1", "a 1-1, old 1-1", 1) {
    @Override
    void prepare(Attempt attempt, Store store) throws IOException {
      ForeignTree tree = new ForeignTree(store);
      tree.add(attempt.shop.sample("a", "1-1")).sign("a-1-1-any.pkg.tar.zst", attempt.shop.key);
      tree.add(attempt.shop.sample("old", "1-1"));
      tree.index().signDatabases(attempt.shop.key);
    }

    @Override
    boolean run(Attempt attempt, Store store) throws IOException {
      Adoption adoption = new Adoption(Adoption.Options.NONE);
      return changed(attempt.shop.publisher(store).publish(adoption, Publisher.Approval.ANY));
    }
  };

  private final String before;
  private final String after;
  private final int longest;

  /**
   * @param before name and version of each package, with commas between them
   * @param longest how many generations there may be when the work was disturbed and run again
   */
  Work(String before, String after, int longest) {
    this.before = before;
    this.after = after;
    this.longest = longest;
  }

  /** Name and version of each package. */
  Map<String, String> before() {
    return packages(before);
  }

  Map<String, String> after() {
    return packages(after);
  }

  private static Map<String, String> packages(String text) {
    return text.isEmpty()
        ? Map.of()
        : Stream.of(text.split(", ", -1))
            .map(each -> each.split(" ", -1))
            .collect(Collectors.toUnmodifiableMap(words -> words[0], words -> words[1]));
  }

  int longest() {
    return longest;
  }

  /** Makes what is there before. */
  void prepare(Attempt attempt, Store store) throws IOException {
    attempt.publishOld(store);
  }

  /**
   * Does it.
   *
   * @return whether there was anything to do
   */
  abstract boolean run(Attempt attempt, Store store) throws IOException;

  private static boolean changed(Receipt receipt) {
    return receipt.outcome() != Receipt.Outcome.ALREADY_PUBLISHED;
  }
}
