package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.qrepo.RefusedException;
import org.qrepo.io.Blob;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.StoreCall;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

/** Some work on a repository of its own, disturbed once and then run again. */
final class Attempt {
  private static final Optional<StoreKey> DATABASE = Optional.of(new StoreKey("t.db"));

  private final Work work;
  private final Path directory;
  final Supplier<Store> stores;
  final Workshop shop;
  Optional<Receipt> receipt = Optional.empty();

  /**
   * @param directory for what it needs itself
   */
  Attempt(Work work, Layout layout, Supplier<Store> stores, Path directory) throws IOException {
    this.work = work;
    this.directory = directory;
    this.stores = stores;
    this.shop = new Workshop(directory).layout(layout);
    // The same generation is made again, and signed with other bytes.
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    shop.key = StampKey.signingAnew('A');
    try (Store store = stores.get()) {
      work.prepare(this, store);
    }
  }

  Receipt publishOld(Store store) throws IOException {
    return shop.add(store, shop.sample("a", "1-1"), shop.sample("old", "1-1"));
  }

  /** Another repository, to take from. */
  Store source() {
    return new LocalStore(directory.resolve("source"));
  }

  /** What lies under the names that change. */
  Map<String, byte[]> names(Store store) throws IOException {
    Map<String, byte[]> names = new TreeMap<>();
    for (String part : new String[] {"t.db", "t.files"}) {
      for (String name : new String[] {part, part + ".tar.gz"}) {
        names.put(name, Workshop.read(store, name).orElseThrow());
        names.put(name + ".sig", Workshop.read(store, name + ".sig").orElseThrow());
      }
    }
    return names;
  }

  void put(Store store, String name, byte[] bytes) throws IOException {
    StoreKey key = new StoreKey(name);
    store.swap(key, store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT), Blob.of(bytes));
  }

  void run(FaultyStore store) {
    try (store) {
      work.run(this, store);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("fault made");
    }
  }

  /**
   * Whether clients accept what is there; if not, only a commit that was begun may be the reason.
   *
   * @param call the number of the one that failed
   * @param calls of the disturbed run
   */
  boolean judge(int call, List<StoreCall> calls) throws IOException {
    String when = work + " disturbed at call " + call + " of " + calls;
    try (Store store = stores.get()) {
      if (work.before().isEmpty() && store.stat(new StoreKey("t.db")).isEmpty()) {
        return true;
      }
      assertThat(published(store)).as(when).isIn(List.of(work.before(), work.after()));
      boolean good = Workshop.isPairGood(store, shop.key);
      if (!good && work != Work.REPAIR) {
        assertThat(calls).as(when).anyMatch(Attempt::begins);
        if (work == Work.ROLLBACK) {
          Workshop.assertRefused("rollback-ambiguous", () -> shop.rollback(store));
        }
      }
      return good;
    }
  }

  /** Whether a call begins a commit of the plain layout. */
  static boolean begins(StoreCall call) {
    return call.verb() == Verb.SWAP && call.key().equals(DATABASE);
  }

  private Map<String, String> published(Store store) throws IOException {
    try {
      return shop.published(store);
    } catch (RefusedException e) {
      boolean foreign =
          e.findings().stream().anyMatch(f -> f.id().equals("database-without-lineage"));
      assertThat(work == Work.ADOPT && foreign).as(e.toString()).isTrue();
      return work.before();
    }
  }

  /** A repair ends a commit that was begun, and separately the next publish of somebody else. */
  void isRestored(Path tree, Function<Path, Store> opener) throws IOException {
    Path copies = tree.resolveSibling(tree.getFileName() + "-copies");
    new BegunCommit(shop, tree, copies, work.after(), opener).assertRestored();
  }

  /** The same work again completes it, and then there is nothing left to do. */
  void completes() throws IOException {
    try (Store store = stores.get()) {
      work.run(this, store);
      assertThat(shop.published(store)).as("completed").isEqualTo(work.after());
      assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
      assertThat(names(store)).allSatisfy((name, bytes) -> assertThat(bytes).isNotEmpty());
      assertThat(work.run(this, store)).as("anything left to do").isFalse();
      for (Map.Entry<String, String> each : work.after().entrySet()) {
        String file = each.getKey() + "-" + each.getValue() + "-any.pkg.tar.zst";
        assertThat(store.stat(new StoreKey(file))).isPresent();
        assertThat(store.stat(new StoreKey(file + ".sig"))).isPresent();
      }
      if (work == Work.PRUNE) {
        assertThat(store.stat(new StoreKey("a-1-1-any.pkg.tar.zst"))).isEmpty();
      }
      assertThat(shop.history(store).chain(10)).hasSizeBetween(1, work.longest());
    }
  }
}
