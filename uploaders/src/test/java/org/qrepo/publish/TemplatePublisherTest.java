package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.Finding;
import org.qrepo.Tools;
import org.qrepo.io.Blob;
import org.qrepo.parcel.ParcelTemplates;
import org.qrepo.repodata.RpmEntry;
import org.qrepo.store.MemoryStore;

/** What publishing templates does, on every kind of store. */
class TemplatePublisherTest {
  private static final TemplateChange.Options DOWNGRADE =
      new TemplateChange.Options(false, true, false);

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @BeforeAll
  static void tools() {
    Tools.require("rpmbuild");
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void aLife(Place place) throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    TemplateReceipt first = shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
    assertThat(first.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(first.sequence()).isEqualTo(1);
    assertThat(shop.published(stores.get())).containsExactly("a-1-1");
    shop.assertWhole(stores.get());

    TemplateReceipt again = shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
    assertThat(again.outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
    assertThat(again.objects()).isZero();

    TemplateReceipt second =
        shop.add(stores.get(), TemplateWorkshop.input("a", "2"), TemplateWorkshop.input("b", "1"));
    assertThat(shop.published(stores.get())).containsExactly("a-1-1", "a-2-1", "b-1-1");
    assertThat(shop.isPairGood(stores.get())).isTrue();
    assertThat(second.plan().items())
        .extracting(item -> item.kind() + " " + item.location())
        .containsExactly(
            "PUBLISHED rpm/qubes-template-a-1-1.noarch.rpm",
            "ADDED rpm/qubes-template-a-2-1.noarch.rpm",
            "ADDED rpm/qubes-template-b-1-1.noarch.rpm");

    shop.publisher(stores.get())
        .publish(TemplateChange.removing(Set.of("b", "qubes-template-a-1-1")));
    assertThat(shop.published(stores.get())).containsExactly("a-2-1");
    TemplateReceipt back =
        shop.publisher(stores.get()).publish(TemplateChange.back(Optional.of(first.generation())));
    assertThat(back.sequence()).isEqualTo(4);
    assertThat(shop.published(stores.get())).containsExactly("a-1-1");
    shop.publisher(stores.get()).publish(TemplateChange.back(Optional.empty()));
    assertThat(shop.published(stores.get())).containsExactly("a-2-1");
    shop.assertWhole(stores.get());

    List<TemplateHistory.Entry> chain = shop.history(stores.get()).chain(10);
    assertThat(chain)
        .extracting(e -> e.generation().sequence())
        .containsExactly(5L, 4L, 3L, 2L, 1L);
    assertThat(chain.get(2).removed()).extracting(RpmEntry::label).hasSize(2);
    assertThat(chain.get(3).added()).extracting(RpmEntry::label).hasSize(2);
    for (int i = 1; i < chain.size(); i++) {
      assertThat(chain.get(i - 1).generation().repomd().time())
          .isAfter(chain.get(i).generation().repomd().time());
    }
    if (place.layout == Layout.POINTER) {
      assertThat(stores.get().readLink(TemplateNames.INDEX)).contains("current/repomd.xml");
      assertThat(stores.get().readLink(TemplateNames.CURRENT))
          .contains("generations/" + chain.get(0).generation().id());
    }
  }

  @Test
  void aCarriedEntryKeepsItsBytes() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    Supplier<Store> stores = MemoryStore.conditional()::another;
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
    RpmEntry before = shop.history(stores.get()).live().orElseThrow().packages().entries().get(0);
    shop.clock = Workshop.fixed("2026-02-02T03:04:05Z");
    shop.add(stores.get(), TemplateWorkshop.input("b", "1"));
    assertThat(shop.history(stores.get()).live().orElseThrow().packages().entries().get(0))
        .isEqualTo(before);
  }

  @Test
  void theSameChangeAtTheSameTimeGivesTheSameBytes() throws IOException {
    List<GenerationId> made = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
      shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
      Store store = MemoryStore.conditional();
      shop.add(store, TemplateWorkshop.input("a", "1"));
      made.add(shop.add(store, TemplateWorkshop.input("b", "1")).generation());
    }
    assertThat(made.get(0)).isEqualTo(made.get(1));
  }

  @Test
  void whatIsNotFitIsRefusedAndNothingIsWritten() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    MemoryStore tree = MemoryStore.conditional();
    shop.add(tree.another(), TemplateWorkshop.input("a", "2"));
    TemplateInput other = TemplateWorkshop.input(TemplateWorkshop.rpm("a", "2", "Another build"));
    TemplateInput older = TemplateWorkshop.input("a", "1");
    TemplateInput bad = TemplateWorkshop.input(TemplateWorkshop.rpm("b", "1", "a|b"));
    GenerationId live = shop.history(tree.another()).live().orElseThrow().id();
    Workshop.assertRefused("template-published", () -> shop.add(tree.another(), other));
    Workshop.assertRefused("template-older", () -> shop.add(tree.another(), older));
    Workshop.assertRefused("template-summary", () -> shop.add(tree.another(), bad));
    Workshop.assertRefused(
        "template-unknown",
        () -> shop.publisher(tree.another()).publish(TemplateChange.removing(Set.of("none"))));
    Workshop.assertRefused(
        "generation-missing",
        () -> shop.publisher(tree.another()).publish(TemplateChange.back(Optional.empty())));
    assertThat(shop.history(tree.another()).live().orElseThrow().id()).isEqualTo(live);
    shop.publisher(tree.another()).publish(TemplateChange.adding(List.of(older), DOWNGRADE));
    assertThat(shop.published(tree.another())).containsExactly("a-1-1", "a-2-1");
  }

  @Test
  void whatDoesNotVerifyIsNotBuiltUpon() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    TemplateInput next = TemplateWorkshop.input("a", "2");
    Map<String, String> attacks =
        Map.of(
            "repodata/repomd.xml", "template-index-damaged",
            "repodata/repomd.xml.asc", "nothing",
            "primary", "metadata-malformed");
    for (Map.Entry<String, String> attack : attacks.entrySet()) {
      MemoryStore tree = MemoryStore.conditional();
      shop.memory.clear();
      shop.add(tree.another(), TemplateWorkshop.input("a", "1"));
      String key = attack.getKey();
      if (key.equals("primary")) {
        key =
            tree.list(Optional.of(TemplateNames.METADATA)).stream()
                .map(StoreKey::value)
                .filter(k -> k.contains("primary"))
                .findFirst()
                .orElseThrow();
      }
      Workshop.put(tree, key, "<html>nonsense</html>");
      if (attack.getValue().equals("nothing")) {
        // A signature alone is mended: what it signs is in the generation's own folder.
        shop.add(tree.another(), next);
        assertThat(shop.isPairGood(tree)).isTrue();
      } else {
        Workshop.assertRefused(attack.getValue(), () -> shop.add(tree.another(), next));
      }
    }
  }

  @Test
  void anotherKeyAnotherRepositoryAndAnOlderStateAreRefused() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    MemoryStore tree = MemoryStore.conditional();
    TemplateInput next = TemplateWorkshop.input("b", "1");
    shop.add(tree.another(), TemplateWorkshop.input("a", "1"));
    byte[] index = Workshop.read(tree, "repodata/repomd.xml").orElseThrow();
    byte[] signature = Workshop.read(tree, "repodata/repomd.xml.asc").orElseThrow();
    shop.add(tree.another(), TemplateWorkshop.input("a", "2"));
    put(tree, "repodata/repomd.xml", index);
    put(tree, "repodata/repomd.xml.asc", signature);
    Workshop.assertRefused("repository-rolled-back", () -> shop.add(tree.another(), next));
    shop.memory.clear();
    shop.add(tree.another(), next);

    TemplateWorkshop stranger = new TemplateWorkshop(directory, Layout.PLAIN);
    stranger.key = new StampKey('B');
    Workshop.assertRefused("key-unknown", () -> stranger.add(tree.another(), next));

    tree.delete(TemplateNames.INDEX);
    Workshop.assertRefused("database-lost", () -> shop.add(tree.another(), next));
    tree.delete(TemplateNames.SIGNATURE);
    Workshop.assertRefused("database-lost", () -> shop.add(tree.another(), next));
  }

  private static void put(Store store, String name, byte[] bytes) throws IOException {
    StoreKey key = new StoreKey(name);
    Tag now = store.stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    store.swap(key, now, Blob.of(bytes));
  }

  /** As qrepo before this version left it, and as createrepo_c leaves it. */
  @ParameterizedTest
  @EnumSource(Place.class)
  void packagesWithoutMetadataAreFoundAndOtherMetadataIsAdopted(Place place) throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    Store store = stores.get();
    store.putOnce(
        new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"),
        Blob.of(TemplateWorkshop.rpm("a", "1", "A template")));
    TemplateReceipt receipt = shop.add(stores.get(), TemplateWorkshop.input("b", "1"));
    assertThat(receipt.plan().items())
        .extracting(TemplatePlan.Item::kind)
        .containsExactly(TemplatePlan.Kind.FOUND, TemplatePlan.Kind.ADDED);
    assertThat(shop.published(stores.get())).containsExactly("a-1-1", "b-1-1");
    shop.assertWhole(stores.get());

    Store foreign = place.open(directory.resolve("foreign")).get();
    put(
        foreign,
        "repodata/repomd.xml",
        "<?xml version=\"1.0\"?>\n<repomd><revision>1</revision></repomd>"
            .getBytes(StandardCharsets.UTF_8));
    foreign.putOnce(
        new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"),
        Blob.of(TemplateWorkshop.rpm("a", "1", "A template")));
    shop.memory.clear();
    Workshop.assertRefused(
        "template-metadata-foreign", () -> shop.add(foreign, TemplateWorkshop.input("b", "1")));
    assertThat(shop.publisher(foreign).publish(TemplateChange.adopting()).sequence()).isEqualTo(1);
    assertThat(shop.published(foreign)).containsExactly("a-1-1");
    assertThat(shop.isPairGood(foreign)).isTrue();
    assertThat(foreign.folders(Optional.of(TemplateNames.METADATA)))
        .extracting(StoreKey::name)
        .containsExactly("generations");
    Workshop.assertRefused(
        "repository-adopted", () -> shop.publisher(foreign).publish(TemplateChange.adopting()));
  }

  @Test
  void whatIsFoundIsJudged() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    Store store = MemoryStore.conditional();
    byte[] rpm = TemplateWorkshop.rpm("a", "1", "A template");
    byte[] damaged = rpm.clone();
    damaged[damaged.length - 10] ^= 1;
    store.putOnce(new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"), Blob.of(damaged));
    Workshop.assertRefused("rpm-digest", () -> shop.add(store, TemplateWorkshop.input("b", "1")));
    Workshop.assertRefused("rpm-digest", () -> shop.add(store, TemplateWorkshop.input("a", "1")));
    Store misnamed = MemoryStore.conditional();
    misnamed.putOnce(new StoreKey("rpm/x.rpm"), Blob.of(rpm));
    Workshop.assertRefused(
        "template-misnamed", () -> shop.add(misnamed, TemplateWorkshop.input("b", "1")));
    shop.judge = (name, headers) -> List.of(Finding.of("rpm-unsigned", name, "not signed"));
    Store unsigned = MemoryStore.conditional();
    unsigned.putOnce(new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"), Blob.of(rpm));
    Workshop.assertRefused(
        "rpm-unsigned", () -> shop.add(unsigned, TemplateWorkshop.input("b", "1")));
  }

  @Test
  void aLostPackageIsSaid() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    MemoryStore tree = MemoryStore.conditional();
    TemplateReceipt first = shop.add(tree.another(), TemplateWorkshop.input("a", "1"));
    shop.publisher(tree.another()).publish(TemplateChange.removing(Set.of("a")));
    tree.delete(new StoreKey("rpm/qubes-template-a-1-1.noarch.rpm"));
    Workshop.assertRefused(
        "template-lost",
        () ->
            shop.publisher(tree.another())
                .publish(TemplateChange.back(Optional.of(first.generation()))));
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void aPruneDeletesWhatNoKeptGenerationNames(Place place) throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
    shop.add(stores.get(), TemplateWorkshop.input("a", "2"));
    shop.publisher(stores.get()).publish(TemplateChange.removing(Set.of("qubes-template-a-1-1")));
    PrunePolicy now = new PrunePolicy(0, Duration.ZERO, Duration.ZERO);
    PruneReport announced = shop.pruner(stores.get()).prune(now);
    assertThat(announced.outcome()).isEqualTo(PruneReport.Outcome.ANNOUNCED);
    assertThat(announced.announced().packages())
        .extracting(StoreKey::value)
        .contains("rpm/qubes-template-a-1-1.noarch.rpm")
        .doesNotContain("rpm/qubes-template-a-2-1.noarch.rpm")
        .hasSize(7);
    PruneReport deleted = shop.pruner(stores.get()).prune(now);
    assertThat(deleted.outcome()).isEqualTo(PruneReport.Outcome.DELETED);
    assertThat(deleted.deleted().generations()).hasSize(2);
    assertThat(stores.get().list(Optional.of(TemplateNames.PACKAGES)))
        .extracting(StoreKey::name)
        .containsExactly("qubes-template-a-2-1.noarch.rpm");
    assertThat(shop.published(stores.get())).containsExactly("a-2-1");
    shop.assertWhole(stores.get());
    assertThat(shop.pruner(stores.get()).prune(now).outcome())
        .isEqualTo(PruneReport.Outcome.NOTHING);
    // What was deleted can be published again.
    shop.publisher(stores.get())
        .publish(TemplateChange.adding(List.of(TemplateWorkshop.input("a", "1")), DOWNGRADE));
    shop.assertWhole(stores.get());
  }

  @Test
  void layoutsAreConverted() throws IOException {
    Supplier<Store> stores = MemoryStore.withLinks()::another;
    for (Layout layout : List.of(Layout.PLAIN, Layout.POINTER, Layout.PLAIN, Layout.POINTER)) {
      TemplateWorkshop shop = new TemplateWorkshop(directory, layout);
      TemplateInput input = TemplateWorkshop.input("a", "1");
      shop.add(stores.get(), input);
      assertThat(shop.isPairGood(stores.get())).isTrue();
      assertThat(stores.get().readLink(TemplateNames.INDEX).isPresent())
          .isEqualTo(layout == Layout.POINTER);
      assertThat(stores.get().readLink(TemplateNames.CURRENT).isPresent())
          .isEqualTo(layout == Layout.POINTER);
    }
  }

  @Test
  void templatesAndPackagesShareADirectory() throws IOException {
    Supplier<Store> stores = Place.LOCAL_POINTER.open(directory.resolve("tree"));
    Workshop packages = new Workshop(directory).layout(Layout.POINTER);
    TemplateWorkshop templates = new TemplateWorkshop(directory, Layout.POINTER);
    templates.memory.clear();
    packages.add(stores.get(), packages.sample("x", "1-1"));
    templates.add(stores.get(), TemplateWorkshop.input("a", "1"));
    packages.add(stores.get(), packages.sample("x", "2-1"));
    PrunePolicy now = new PrunePolicy(0, Duration.ZERO, Duration.ZERO);
    for (int i = 0; i < 2; i++) {
      packages.pruner(stores.get()).prune(now);
      templates.pruner(stores.get()).prune(now);
    }
    assertThat(packages.published(stores.get())).isEqualTo(Map.of("x", "2-1"));
    assertThat(templates.published(stores.get())).containsExactly("a-1-1");
    templates.assertWhole(stores.get());
  }

  /** All that dnf and dom0 need on another machine, and nothing that only a publisher does. */
  @ParameterizedTest
  @EnumSource(Place.class)
  void aParcelTakesWhatClientsFetch(Place place) throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    shop.add(stores.get(), TemplateWorkshop.input("a", "1"));
    Store elsewhere = MemoryStore.conditional();
    for (ParcelTemplates.Found found :
        ParcelTemplates.find(stores.get(), ParcelTemplates.Known.NOTHING)) {
      elsewhere.putOnce(found.key(), found.blob());
    }
    assertThat(elsewhere.list(Optional.of(TemplateNames.METADATA))).hasSize(5);
    TemplateWorkshop there = new TemplateWorkshop(directory, Layout.PLAIN);
    assertThat(there.published(elsewhere)).containsExactly("a-1-1");
    there.assertWhole(elsewhere);
  }

  /** Two publishers at a time: each change is there in the end, or was said to be not. */
  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"LOCAL_POINTER", "LOCAL_PLAIN", "CONDITIONAL"})
  void rivalsLoseNothing(Place place) throws Exception {
    TemplateWorkshop shop = new TemplateWorkshop(directory, place.layout);
    Supplier<Store> stores = place.open(directory.resolve("tree"));
    shop.add(stores.get(), TemplateWorkshop.input("z", "1"));
    List<String> names = List.of("a", "b", "c", "d");
    for (String name : names) {
      TemplateWorkshop.input(name, "1");
    }
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    List<String> done = new CopyOnWriteArrayList<>();
    List<Thread> threads =
        names.stream()
            .map(
                name ->
                    new Thread(
                        () -> {
                          try {
                            shop.add(stores.get(), TemplateWorkshop.input(name, "1"));
                            done.add(name + "-1-1");
                          } catch (ConflictException e) {
                            assertThat(e).hasMessageContaining("Run it again");
                          } catch (IOException | RuntimeException e) {
                            failures.add(e);
                          }
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(done).isNotEmpty();
    assertThat(shop.published(stores.get())).containsAll(done).contains("z-1-1");
    assertThat(shop.isPairGood(stores.get())).isTrue();
    assertThat(shop.history(stores.get()).chain(20)).hasSize(done.size() + 1);
  }

  @Test
  void aSaidFailureOfTheKeyLeavesNothing() throws IOException {
    TemplateWorkshop shop = new TemplateWorkshop(directory, Layout.PLAIN);
    shop.key = new StampKey('A', 'B');
    MemoryStore tree = MemoryStore.conditional();
    assertThatThrownBy(() -> shop.add(tree.another(), TemplateWorkshop.input("a", "1")))
        .isInstanceOf(SigningException.class);
    assertThat(tree.list(Optional.of(TemplateNames.METADATA))).isEmpty();
    assertThat(tree.list(Optional.of(TemplateNames.PACKAGES))).isEmpty();
  }
}
