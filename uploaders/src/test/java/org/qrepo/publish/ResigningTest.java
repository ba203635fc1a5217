package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.DescOptions;
import org.qrepo.database.DescVersion;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.Verb;
import org.qrepo.store.local.LocalStore;

class ResigningTest {
  private static final StampKey OLD = new StampKey('A');
  private static final String PACKAGE = "a-1-1-any.pkg.tar.zst";

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop;
  private Path tree;
  private Store store;

  @BeforeEach
  void open() {
    shop = new Workshop(directory);
    tree = directory.resolve("tree");
    store = new LocalStore(tree);
    shop.key = OLD;
  }

  /** From here on the new key signs, and both count. */
  private void change() {
    shop.key = new StampKey('B').accepting(OLD);
  }

  private static Resigning resigning() {
    return new Resigning(Set.of(OLD.certificate()));
  }

  private Receipt resign() throws IOException {
    return shop.publisher(store).publish(resigning(), Publisher.Approval.ANY);
  }

  private Generation live() throws IOException {
    return shop.history(store).live().orElseThrow();
  }

  private String signatureOf(String file) throws IOException {
    return new String(Workshop.read(store, file + ".sig").orElseThrow(), StandardCharsets.US_ASCII);
  }

  private List<StoreKey> dependent() throws IOException {
    return new Dependence(store, shop.key, Set.of(OLD.certificate())).of(shop.spec.name(), live());
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whatTheOldKeySignedIsSignedByTheNewOne(Place place) throws IOException {
    store = place.open(tree).get();
    shop.layout(place.layout);
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    change();
    shop.add(store, shop.sample("c", "1-1"));
    List<DatabaseEntry> before = List.copyOf(live().database().entries());
    assertThat(dependent())
        .extracting(StoreKey::value)
        .containsExactly(PACKAGE, "b-1-1-any.pkg.tar.zst");

    Receipt receipt = resign();

    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(receipt.sequence()).isEqualTo(3);
    assertThat(receipt.changes()).isEmpty();
    assertThat(live().database().entries()).containsExactlyElementsOf(before);
    assertThat(dependent()).isEmpty();
    shop.key = new StampKey('B');
    assertThat(Workshop.isPairGood(store, shop.key)).isTrue();
    assertThat(signatureOf(PACKAGE)).startsWith(shop.key.certificate().hex());
    assertThat(resign().outcome()).isEqualTo(Receipt.Outcome.ALREADY_PUBLISHED);
  }

  @Test
  void onlyWhatTheOldKeySignedIsRead() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    change();
    shop.add(store, shop.sample("c", "1-1"));
    List<Event> events = new ArrayList<>();
    shop.events = events::add;
    FaultyStore counting = FaultyStore.counting(store);
    shop.publisher(counting).publish(resigning(), Publisher.Approval.ANY);
    assertThat(counting.calls())
        .filteredOn(c -> c.verb() == Verb.OPEN)
        .filteredOn(c -> c.key().map(k -> k.value().endsWith(".zst")).orElse(false))
        .as("packages that were read")
        .hasSize(1);
    long size = Files.size(tree.resolve(PACKAGE));
    assertThat(events).contains(new Event.Reading(1, size), new Event.PackageRead(PACKAGE, size));
  }

  @Test
  void aPlanReadsNoPackageAndTellsHowManyBytesThereAre() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    change();
    FaultyStore counting = FaultyStore.counting(store);
    Plan plan = shop.withoutKey(counting).plan(resigning());
    assertThat(plan.steps())
        .hasOnlyElementsOfTypes(
            Step.SignPackage.class,
            Step.WriteGeneration.class,
            Step.ReusePackage.class,
            Step.UploadSignature.class,
            Step.Commit.class);
    assertThat(plan.readBytes()).isEqualTo(Files.size(tree.resolve(PACKAGE)));
    assertThat(plan.uploadBytes()).isZero();
    assertThat(counting.calls())
        .noneMatch(
            c -> c.key().equals(Optional.of(new StoreKey(PACKAGE))) && c.verb() == Verb.OPEN);
  }

  @Test
  void aDatabaseAloneIsSignedAnew() throws IOException {
    change();
    shop.add(store, shop.sample("a", "1-1"));
    shop.key = new StampKey('A').accepting(new StampKey('B'));
    shop.remove(store, "a");
    change();
    Plan plan = shop.withoutKey(store).plan(resigning());
    assertThat(plan.readBytes()).isZero();
    resign();
    assertThat(Workshop.isPairGood(store, new StampKey('B'))).isTrue();
  }

  @Test
  void aSignatureThatTheDatabaseRepeatsIsReplacedThere() throws IOException {
    shop.spec =
        new RepositorySpec(
            shop.spec.name(),
            Optional.empty(),
            Layout.POINTER,
            shop.spec.compression(),
            new DescOptions(DescVersion.V2, true),
            true);
    shop.add(store, shop.sample("a", "1-1"));
    byte[] desc = entry().desc();
    change();
    resign();
    String repeated = entry().values("PGPSIG").get(0);
    assertThat(new String(Base64.getDecoder().decode(repeated), StandardCharsets.US_ASCII))
        .isEqualTo(signatureOf(PACKAGE))
        .startsWith(shop.key.certificate().hex());
    assertThat(entry().withSignature(OLD.certificate().hex().getBytes(StandardCharsets.US_ASCII)))
        .isNotEqualTo(entry());
    String old = new String(desc, StandardCharsets.UTF_8);
    assertThat(
            new String(entry().desc(), StandardCharsets.UTF_8)
                .replaceAll("(?s)%PGPSIG%\n[^\n]*", ""))
        .isEqualTo(old.replaceAll("(?s)%PGPSIG%\n[^\n]*", ""));
  }

  private DatabaseEntry entry() throws IOException {
    return live().database().entry(new PackageName("a")).orElseThrow();
  }

  @Test
  void aPackageThatIsNotTheOneOfTheDatabaseGetsNoSignature() throws IOException {
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    change();
    byte[] bytes = Files.readAllBytes(tree.resolve(PACKAGE));
    bytes[bytes.length / 2] ^= 1;
    Files.delete(tree.resolve(PACKAGE));
    Files.write(tree.resolve(PACKAGE), bytes);
    var before = Workshop.tree(tree);
    Workshop.assertRefused("package-damaged", this::resign);
    assertThat(Workshop.tree(tree)).isEqualTo(before);
    Files.delete(tree.resolve(PACKAGE));
    Workshop.assertRefused("package-gone", this::resign);
  }

  @Test
  void aMissingOrUnreadableSignatureIsMade() throws IOException {
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    change();
    Files.delete(tree.resolve(PACKAGE + ".sig"));
    Files.writeString(tree.resolve("b-1-1-any.pkg.tar.zst.sig"), "<html>");
    resign();
    assertThat(dependent()).isEmpty();
    assertThat(signatureOf(PACKAGE)).startsWith(shop.key.certificate().hex());
  }

  /** Whoever still signs with the old key meanwhile does not pass for the new one. */
  @Test
  void aRivalWithTheOldKeyIsNotMistakenForTheNewOne() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    change();
    StoreKey signature = new StoreKey(PACKAGE + ".sig");
    String same = signatureOf(PACKAGE);
    HookedStore hooked =
        new HookedStore(
            store,
            (number, call) -> {
              if (call.verb() == Verb.SWAP && call.key().equals(Optional.of(signature))) {
                replace(tree.resolve(signature.value()), same);
              }
            });
    StoreException lost =
        catchThrowableOfType(
            StoreException.class,
            () -> shop.publisher(hooked).publish(resigning(), Publisher.Approval.ANY));
    assertThat(lost.kind()).isEqualTo(StoreException.Kind.CONFLICT);
    resign();
    assertThat(dependent()).isEmpty();
  }

  /** Another file in its place. */
  private static void replace(Path file, String text) {
    try {
      Files.delete(file);
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theOldKeyCannotSignForItself() throws IOException {
    shop.add(store, shop.sample("a", "1-1"));
    var before = Workshop.tree(tree);
    assertThatThrownBy(this::resign)
        .isInstanceOf(SigningException.class)
        .hasMessageContaining("by the key that is to go");
    assertThat(Workshop.tree(tree)).isEqualTo(before);
  }

  @Test
  void nothingPublishedIsRefused() {
    change();
    Workshop.assertRefused("nothing-published", this::resign);
    assertThatThrownBy(() -> new Resigning(Set.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
