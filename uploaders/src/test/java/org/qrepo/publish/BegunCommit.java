package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A tree in which a publisher died between two swaps of a plain commit, so that clients refuse it.
 *
 * @param directory a folder for copies of the tree, which itself is left alone
 * @param change what the commit was to bring, name and version of each package
 * @param opener gives a store on a tree
 */
record BegunCommit(
    Workshop shop,
    Path tree,
    Path directory,
    Map<String, String> change,
    Function<Path, Store> opener) {
  /** A repair ends it, and separately the next publish of somebody else. */
  void assertRestored() throws IOException {
    Path repaired = Workshop.copy(tree, directory.resolve("repaired"));
    try (Store store = opener.apply(repaired)) {
      shop.repairer(store).repair();
    }
    assertAccepted(repaired, change);

    Path next = Workshop.copy(tree, directory.resolve("next"));
    Workshop another = new Workshop(directory.resolve("another")).layout(shop.spec.layout());
    another.key = shop.key;
    try (Store store = opener.apply(next)) {
      another.add(store, another.sample("another", "1-1"));
    }
    Map<String, String> both = new TreeMap<>(change);
    both.put("another", "1-1");
    assertAccepted(next, both);
  }

  private void assertAccepted(Path copy, Map<String, String> expected) throws IOException {
    assertThat(Workshop.isPairGood(copy, shop.key)).isTrue();
    try (Store store = opener.apply(copy)) {
      assertThat(shop.published(store)).isEqualTo(expected);
    }
    for (String name : new String[] {"t.db", "t.db.sig", "t.files", "t.files.sig"}) {
      String alias = name.replaceFirst("^(t[.][a-z]+)", "$1.tar.gz");
      assertThat(copy.resolve(alias)).hasSameBinaryContentAs(copy.resolve(name));
    }
  }
}
