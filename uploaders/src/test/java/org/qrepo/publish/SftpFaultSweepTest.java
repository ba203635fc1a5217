package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;
import org.qrepo.store.sftp.SftpStore;
import org.qrepo.store.sftp.Sshd;

/**
 * Calls of a publish over SFTP to a real sshd fail in turn: each of them with {@code
 * -Dqrepo.full=true}, else some. In the pointer layout clients accept whatever is left; in the
 * plain one all but a commit that was begun; and the same publish run again completes the work.
 */
class SftpFaultSweepTest {
  private static final boolean FULL = Boolean.getBoolean("qrepo.full");
  private static final int STRIDE = FULL ? 1 : 15;
  private static final Map<String, String> NEWER = Map.of("a", "2-1", "b", "1-1");

  @TempDir static Path shared;
  private static Sshd sshd;

  @TempDir Path directory;

  @BeforeAll
  static void startServer() throws IOException {
    sshd = Sshd.start(shared.resolve("sshd"));
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  static Stream<Arguments> sweeps() {
    return Stream.of(Layout.POINTER, Layout.PLAIN)
        .flatMap(
            layout -> Stream.of(FaultyStore.Mode.values()).map(mode -> Arguments.of(layout, mode)));
  }

  @ParameterizedTest(name = "{0}, call fails {1}")
  @MethodSource("sweeps")
  void callsFailInTurn(Layout layout, FaultyStore.Mode mode) throws IOException {
    int points = 0;
    int begun = 0;
    boolean reached = true;
    for (int n = first(mode); reached; n += STRIDE) {
      Path place = directory.resolve("n" + n);
      Supplier<Store> stores =
          () -> SftpStore.open(sshd.url(place.resolve("tree")), sshd.settings());
      Workshop shop = new Workshop(place).layout(layout);
      shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
      shop.key = StampKey.signingAnew('A');
      try (Store store = stores.get()) {
        shop.add(store, shop.sample("old", "1-1"), shop.sample("a", "1-1"));
        Change change =
            new Change(
                List.of(shop.sample("a", "2-1"), shop.sample("b", "1-1")),
                Set.of(new PackageName("old")),
                Change.Options.NONE);
        FaultyStore faulty = new FaultyStore(stores.get(), n, mode);
        fail(shop, faulty, change);
        reached = faulty.count() >= n;
        begun += isAccepted(shop, store, faulty, n) ? 0 : 1;
        points++;
        shop.publisher(store).publish(change, Publisher.Approval.ANY);
        assertThat(shop.published(store)).isEqualTo(NEWER);
        assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
      }
    }
    assertThat(points).as("points").isGreaterThan(FULL ? 20 : 2);
    if (layout == Layout.POINTER) {
      assertThat(begun).as("states that clients refuse").isZero();
    }
    System.out.printf(
        "fault sweep: SFTP, %s, %s: %d points, %d states that clients refuse%n",
        layout, mode, points, begun);
  }

  /** Each way of failing begins elsewhere, so that some call between all of them fails. */
  private static int first(FaultyStore.Mode mode) {
    return FULL
        ? 1
        : switch (mode) {
          case BEFORE -> 1;
          case AFTER -> 6;
          case FROM_THEN_ON -> 11;
        };
  }

  private static void fail(Workshop shop, FaultyStore faulty, Change change) {
    try (faulty) {
      shop.publisher(faulty).publish(change, Publisher.Approval.ANY);
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("fault made");
    }
  }

  /** If clients do not accept it, only a commit that was begun may be the reason. */
  private static boolean isAccepted(Workshop shop, Store store, FaultyStore faulty, int n)
      throws IOException {
    boolean good = Workshop.isPairGood(store, shop.key);
    if (!good) {
      assertThat(faulty.calls())
          .as("the commit has begun at call " + n)
          .anyMatch(
              c ->
                  c.verb() == Verb.SWAP
                      && c.key().filter(new StoreKey("t.db")::equals).isPresent());
    }
    return good;
  }
}
