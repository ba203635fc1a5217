package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompanionsTest {
  private static final StoreKey PAGE = new StoreKey("index.html");
  private static final Companions.Author AUTHOR =
      live -> Map.of(PAGE, ("number " + live.sequence()).getBytes(StandardCharsets.UTF_8));

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @ParameterizedTest
  @EnumSource(Place.class)
  void thePageFollowsTheRepository(Place place) throws IOException {
    Workshop shop = new Workshop(directory).layout(place.layout);
    Store store = place.open(directory.resolve("tree")).get();
    Companions companions = shop.companions(store);

    assertThat(companions.update(AUTHOR)).isEmpty();
    shop.add(store, shop.sample("a", "1-1"));
    assertThat(companions.update(AUTHOR)).containsExactly(PAGE);
    assertThat(companions.update(AUTHOR)).isEmpty();
    shop.add(store, shop.sample("a", "2-1"));
    assertThat(companions.update(AUTHOR)).containsExactly(PAGE);
    assertThat(text(store)).isEqualTo("number 2");
  }

  /** Whoever publishes between the look and the write: the page is of the last generation. */
  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"CONDITIONAL", "PUT_ONLY"})
  void aPublishBetweenLookAndWriteIsNoticed(Place place) throws IOException {
    Workshop shop = new Workshop(directory).layout(place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    Store own = stores.get();
    shop.add(own, shop.sample("a", "1-1"));
    Store rival = stores.get();
    AtomicBoolean done = new AtomicBoolean();
    Store hooked =
        new HookedStore(
            own,
            (number, call) -> {
              if (call.key().equals(java.util.Optional.of(PAGE)) && !done.getAndSet(true)) {
                publishAndDescribe(shop, rival);
              }
            });

    shop.companions(hooked).update(AUTHOR);

    assertThat(text(own)).isEqualTo("number 2");
  }

  private static void publishAndDescribe(Workshop shop, Store store) {
    try {
      shop.add(store, shop.sample("a", "2-1"));
      shop.companions(store).update(AUTHOR);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anAuthorWhoNeverSaysTheSameIsStopped() throws IOException {
    Workshop shop = new Workshop(directory);
    Store store = Place.LOCAL_POINTER.open(directory.resolve("tree")).get();
    shop.add(store, shop.sample("a", "1-1"));
    int[] calls = {0};
    Companions.Author restless = live -> Map.of(PAGE, new byte[] {(byte) calls[0]++});

    assertThatThrownBy(() -> shop.companions(store).update(restless))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("The repository itself is whole");
  }

  private static String text(Store store) throws IOException {
    try (Store.Opened opened = store.open(PAGE)) {
      return new String(opened.stream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
