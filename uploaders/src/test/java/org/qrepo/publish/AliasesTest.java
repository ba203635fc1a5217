package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.io.Compression;
import org.qrepo.store.FaultyStore;

/** The names that repo-add gives the databases follow the settings of the repository. */
class AliasesTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @ParameterizedTest
  @EnumSource
  void namesOfAnotherCompressionGoWithTheNextGeneration(Place place) throws IOException {
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    Workshop shop = new Workshop(directory).layout(place.layout);
    shop.add(stores.get(), shop.sample("a", "1-1"));
    assertThat(aliases(stores.get(), ".gz")).hasSize(4);

    shop.compression(Compression.ZSTD).add(stores.get(), shop.sample("a", "2-1"));

    assertThat(aliases(stores.get(), ".gz")).as("an old database nobody updates").isEmpty();
    assertThat(aliases(stores.get(), ".zst")).hasSize(4);
    assertThat(Workshop.read(stores.get(), "t.db.tar.zst").orElseThrow())
        .isEqualTo(Workshop.read(stores.get(), "t.db").orElseThrow());
    assertThat(shop.add(stores.get(), shop.sample("a", "2-1")).outcome())
        .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @ParameterizedTest
  @EnumSource
  void namesAreSwitchedOffAndOnWithoutANewGeneration(Place place) throws IOException {
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    Workshop shop = new Workshop(directory).layout(place.layout);
    Receipt first = shop.add(stores.get(), shop.sample("a", "1-1"));

    Receipt off = shop.aliases(false).add(stores.get(), shop.sample("a", "1-1"));
    assertThat(off.outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    assertThat(off.generation()).isEqualTo(first.generation());
    assertThat(aliases(stores.get(), ".gz")).isEmpty();
    assertThat(Workshop.isPairGood(stores.get(), shop.key)).isTrue();

    Receipt on = shop.aliases(true).add(stores.get(), shop.sample("a", "1-1"));
    assertThat(on.outcome()).isEqualTo(Receipt.Outcome.COMPLETED);
    assertThat(aliases(stores.get(), ".gz")).hasSize(4);
    assertThat(shop.add(stores.get(), shop.sample("a", "1-1")).outcome())
        .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @ParameterizedTest
  @EnumSource(names = {"LINKS_POINTER", "CONDITIONAL"})
  void aRemovalThatBrokeOffIsCompleted(Place place) throws IOException {
    boolean reached = true;
    for (int n = 1; reached; n++) {
      Supplier<Store> stores = place.open(directory.resolve("tree" + n));
      Workshop shop = new Workshop(directory).layout(place.layout);
      shop.memory.clear();
      shop.add(stores.get(), shop.sample("a", "1-1"));
      shop.aliases(false);
      FaultyStore faulty = new FaultyStore(stores.get(), n, FaultyStore.Mode.FROM_THEN_ON);
      try (faulty) {
        shop.add(faulty, shop.sample("a", "1-1"));
      } catch (StoreException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;

      assertThat(Workshop.isPairGood(stores.get(), shop.key)).as("call " + n).isTrue();
      shop.add(stores.get(), shop.sample("a", "1-1"));
      assertThat(aliases(stores.get(), ".gz")).as("call " + n).isEmpty();
    }
  }

  private static List<String> aliases(Store store, String suffix) throws IOException {
    return List.of("db.tar", "files.tar").stream()
        .flatMap(n -> List.of("t." + n + suffix, "t." + n + suffix + ".sig").stream())
        .filter(
            n -> {
              try {
                return store.stat(new StoreKey(n)).isPresent();
              } catch (StoreException e) {
                throw new AssertionError(e);
              }
            })
        .toList();
  }
}
