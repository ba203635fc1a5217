package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.io.Sha256;
import org.qrepo.store.MemoryStore;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PublicCheckTest {
  private static final String A = "a-2-1-any.pkg.tar.zst";

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private final MemoryStore store = MemoryStore.conditional();
  private Workshop shop;
  private MemorySite site;
  private Plan.Base live;
  private byte[] olderDatabase = {};
  private byte[] olderSignature = {};

  @BeforeEach
  void publish() throws IOException {
    shop = new Workshop(directory).layout(Layout.PLAIN);
    shop.add(store, shop.sample("a", "1-1"), shop.sample("b", "1-1"));
    olderDatabase = Workshop.read(store, "t.db").orElseThrow();
    olderSignature = Workshop.read(store, "t.db.sig").orElseThrow();
    Receipt receipt = shop.add(store, shop.sample("a", "2-1"));
    live = new Plan.Base(receipt.sequence(), receipt.database().orElseThrow());
    site = new MemorySite(store);
  }

  private PublicCheck.Report check(PublicCheck.Depth depth) throws IOException {
    return new PublicCheck(shop.spec, site, shop.key)
        .run(Optional.of(live), depth, directory.resolve("scratch"), 2);
  }

  private PublicCheck.Report check() throws IOException {
    return check(new PublicCheck.Depth.Everything());
  }

  private void assertFinds(String id, String subject) throws IOException {
    PublicCheck.Report report = check();
    assertThat(report.findings())
        .extracting(Finding::id, Finding::subject)
        .containsExactly(tuple(id, subject));
    assertThat(report.reached()).isTrue();
    assertThat(directory.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void allIsWell() throws IOException {
    PublicCheck.Report report = check();

    assertThat(report.findings()).isEmpty();
    assertThat(report.reached()).isTrue();
    assertThat(report.packages()).isEqualTo(2);
    assertThat(report.generation().orElseThrow().digest()).isEqualTo(live.database());
    assertThat(site.asked)
        .contains("t.db", "t.db.sig", "t.files", "t.files.sig", "t.db.tar.gz", A, A + ".sig");
  }

  @Test
  void theDepthSaysWhichPackagesAreFetched() throws IOException {
    site.missing("b-1-1-any.pkg.tar.zst");

    PublicCheck.Report some = check(new PublicCheck.Depth.Packages(Set.of(A)));
    assertThat(some.findings()).isEmpty();
    assertThat(some.packages()).isEqualTo(1);
    PublicCheck.Report none = check(new PublicCheck.Depth.Databases());
    assertThat(none.findings()).isEmpty();
    assertThat(none.packages()).isZero();
    assertFinds("public-missing", "b-1-1-any.pkg.tar.zst");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "t.db",
        "t.db.sig",
        "t.files",
        "t.files.sig",
        "t.db.tar.gz",
        "t.db.tar.gz.sig",
        "t.files.tar.gz",
        "t.files.tar.gz.sig",
        A,
        A + ".sig"
      })
  void whatIsMissingIsNamed(String path) throws IOException {
    site.missing(path);

    assertFinds("public-missing", path);
  }

  @Test
  void aSiteThatCannotBeReachedIsNoProofOfAnything() throws IOException {
    site.failing("t.db");

    PublicCheck.Report report = check();

    assertThat(report.reached()).isFalse();
    assertThat(report.generation()).isEmpty();
    assertThat(report.findings()).extracting(Finding::id).containsExactly("public-unreachable");
    assertThat(report.findings().get(0).details()).contains("503 Service Unavailable");
  }

  @Test
  void aSiteThatBreaksOffInTheDatabaseIsNotThisMachinesFault() throws IOException {
    site.breaking("t.db");

    assertThat(check().reached()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.db.sig", "t.files", "t.files.sig", "t.db.tar.gz", A, A + ".sig"})
  void oneFailureDoesNotHideTheRest(String path) throws IOException {
    site.failing(path);
    assertFinds("public-failed", path);

    site.breaking(path);
    assertFinds("public-failed", path);
  }

  @Test
  void anOlderPairIsStale() throws IOException {
    site.bytes("t.db", olderDatabase).bytes("t.db.sig", olderSignature);

    PublicCheck.Report report = check(new PublicCheck.Depth.Databases());

    assertThat(report.findings())
        .extracting(Finding::id, Finding::subject)
        .contains(tuple("public-stale", "t.db"), tuple("public-mixed", "t.files"));
    assertThat(report.generation().orElseThrow().sequence()).isEqualTo(1);
  }

  @Test
  void aNewerGenerationIsNotStale() throws IOException {
    shop.add(store, shop.sample("c", "1-1"));

    assertThat(check().findings()).isEmpty();
  }

  @Test
  void anotherGenerationOfTheSameNumberIsStale() throws IOException {
    live = new Plan.Base(2, new Sha256("0".repeat(64)));

    assertFinds("public-stale", "t.db");
  }

  @Test
  void aDatabaseAndASignatureThatDoNotMatchAreRefused() throws IOException {
    site.bytes("t.db.sig", olderSignature);

    assertFinds("signature-other-bytes", "t.db");
    assertThat(check().generation()).isEmpty();
  }

  @Test
  void aPageInPlaceOfTheDatabaseIsRefused() throws IOException {
    site.text("t.db", "<html>welcome</html>");

    assertFinds("public-html", "t.db");
  }

  @ParameterizedTest
  @CsvSource({"t.files", "t.db.tar.gz", "t.db.tar.gz.sig", "t.files.tar.gz", "t.files.tar.gz.sig"})
  void aNameOfAnotherGenerationIsMixed(String path) throws IOException {
    site.text(path, "of another generation");

    assertFinds("public-mixed", path);
  }

  @Test
  void aFilesSignatureThatDoesNotMatchIsRefused() throws IOException {
    shop.aliases(false);
    site.bytes("t.files.sig", olderSignature);

    assertFinds("signature-other-bytes", "t.files");
  }

  @Test
  void aPackageOfOtherBytesIsCorrupted() throws IOException {
    site.text(A, "other bytes");

    assertFinds("public-corrupted", A);
  }

  @Test
  void aPackageSignatureThatDoesNotMatchIsRefused() throws IOException {
    site.text(A + ".sig", "not a signature");

    assertFinds("signature-other-bytes", A + ".sig");
  }

  @ParameterizedTest
  @CsvSource({
    A + ", public-corrupted",
    "t.db.tar.gz, public-mixed",
    "t.db.tar.gz.sig, public-mixed",
    "t.files, database-too-large"
  })
  void anEndlessAnswerIsReadNoFurtherThanItMayBeLong(String path, String finding)
      throws IOException {
    site.endless(path);

    assertFinds(finding, path);
  }

  @Test
  void anEndlessDatabaseIsRefused() throws IOException {
    site.endless("t.db");

    PublicCheck.Report report = check();

    assertThat(report.findings()).extracting(Finding::id).containsExactly("database-too-large");
    assertThat(report.generation()).isEmpty();
  }

  @Test
  void aRepositoryThatARivalChangesMeanwhileIsLookedAtAgain() throws IOException {
    AtomicBoolean once = new AtomicBoolean();
    site.on(
        "t.db.sig",
        stored -> {
          if (!once.getAndSet(true)) {
            try {
              shop.add(store, shop.sample("c", "1-1"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
          return Workshop.read(store, "t.db.sig").map(ByteArrayInputStream::new);
        });

    PublicCheck.Report report = check();

    assertThat(report.findings()).isEmpty();
    assertThat(report.generation().orElseThrow().sequence()).isEqualTo(3);
  }

  @Test
  void aPublishTellsWhatAStrangerSees() throws IOException {
    shop.site = Optional.of(site);
    site.missing("c-1-1-any.pkg.tar.zst");

    Receipt bad = shop.add(store, shop.sample("c", "1-1"));
    assertThat(bad.outcome()).isEqualTo(Receipt.Outcome.PUBLISHED);
    assertThat(bad.isConfirmed()).isFalse();
    assertThat(bad.check().orElseThrow().packages()).isEqualTo(1);

    Receipt good = shop.add(store, shop.sample("d", "1-1"));
    assertThat(good.isConfirmed()).isTrue();

    shop.deep = true;
    Receipt deep = shop.add(store, shop.sample("e", "1-1"));
    assertThat(deep.isConfirmed()).isFalse();
    assertThat(deep.check().orElseThrow().packages()).isEqualTo(5);
    assertThat(List.copyOf(deep.check().orElseThrow().findings()))
        .extracting(Finding::subject)
        .containsExactly("c-1-1-any.pkg.tar.zst");
  }
}
