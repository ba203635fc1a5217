package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.Tools;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * A repository of templates on every real server of the uploaders, in every layout that it can
 * have.
 */
class TemplateStoresTest {
  @BeforeAll
  static void tools() {
    Tools.require("rpmbuild");
  }

  static Stream<Arguments> places() {
    return EnumSet.complementOf(EnumSet.of(Grounds.LOCAL)).stream()
        .flatMap(kind -> kind.layouts().stream().map(layout -> Arguments.of(kind, layout)));
  }

  @ParameterizedTest
  @MethodSource("places")
  void aRepositoryLivesAndIsRepaired(Grounds kind, String layoutName) throws IOException {
    Layout layout = Layout.valueOf(layoutName.toUpperCase(Locale.ROOT));
    Ground ground = kind.get();
    Path folder = ground.folder("templates-" + layoutName);
    TemplateWorkshop shop =
        new TemplateWorkshop(folder.resolveSibling("shop-" + layoutName), layout);
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    try (Store store = ground.open(folder)) {
      shop.add(store, TemplateWorkshop.input("a", "1"));
      shop.add(store, TemplateWorkshop.input("a", "2"), TemplateWorkshop.input("b", "1"));
      assertThat(shop.add(store, TemplateWorkshop.input("b", "1")).outcome())
          .isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
      shop.publisher(store).publish(TemplateChange.removing(Set.of("qubes-template-a-1-1")));
      assertThat(shop.published(store)).containsExactly("a-2-1", "b-1-1");
      shop.publisher(store).publish(TemplateChange.back(Optional.empty()));
      assertThat(shop.published(store)).containsExactly("a-1-1", "a-2-1", "b-1-1");
      shop.assertWhole(store);
      assertThat(shop.isPairGood(store)).isTrue();
    }
    die(shop, ground, folder);
    try (Store store = ground.open(folder)) {
      shop.history(store).repair(Duration.ofSeconds(20));
      assertThat(shop.isPairGood(store)).isTrue();
      shop.publisher(store).publish(TemplateChange.removing(Set.of("a", "b")));
      PrunePolicy now = new PrunePolicy(0, Duration.ZERO, Duration.ZERO);
      shop.pruner(store).prune(now);
      assertThat(shop.pruner(store).prune(now).outcome()).isEqualTo(PruneReport.Outcome.DELETED);
      assertThat(store.list(Optional.of(TemplateNames.PACKAGES)))
          .extracting(StoreKey::name)
          .allMatch(List.of("qubes-template-c-1-1.noarch.rpm")::contains);
      assertThat(shop.isPairGood(store)).isTrue();
    }
  }

  /** A publisher is gone before the signature follows the index. */
  private static void die(TemplateWorkshop shop, Ground ground, Path folder) throws IOException {
    TemplateChange change =
        TemplateChange.adding(
            List.of(TemplateWorkshop.input("c", "1")), TemplateChange.Options.NONE);
    try (Store dying =
        new HookedStore(
            ground.open(folder),
            (number, call) -> {
              if (call.verb().writes()
                  && call.key().filter(TemplateNames.SIGNATURE::equals).isPresent()) {
                throw new StoreException(StoreException.Kind.PERMANENT, "fault made");
              }
            })) {
      shop.publisher(dying).publish(change);
    } catch (StoreException e) {
      assertThat(e).hasMessageContaining("fault made");
    }
  }
}
