package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.qrepo.store.FaultyStore;
import org.qrepo.store.local.LocalStore;

/** The line for Apache lies in each generation, and one link leads to that of the live one. */
class HtaccessTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop = new Workshop(Path.of(""));
  private Path tree = Path.of("");

  @BeforeEach
  void prepare() {
    shop = new Workshop(directory).htaccess(true);
    tree = directory.resolve("tree");
  }

  @Test
  void everyGenerationHasItsOwn() throws IOException {
    for (String version : new String[] {"1-1", "2-1"}) {
      GenerationId id = publish(version).generation().orElseThrow();
      assertThat(Files.readString(tree.resolve(".htaccess")))
          .contains("generations/" + id + "/")
          .hasLineCount(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void wheneverACallFailsItLeadsToWhatIsLive(FaultyStore.Mode mode) throws IOException {
    boolean reached = true;
    for (int n = 1; reached; n++) {
      tree = directory.resolve("n" + n);
      publish("1-1");
      FaultyStore faulty = new FaultyStore(store(), n, mode);
      try (faulty) {
        shop.add(faulty, shop.sample("a", "2-1"));
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("fault made");
      }
      reached = faulty.count() >= n;
      assertThat(Files.readString(tree.resolve(".htaccess")))
          .contains(Files.readSymbolicLink(tree.resolve("current")).toString());
    }
  }

  @Test
  void itIsPutThereWhenItIsMissing() throws IOException {
    Receipt receipt = shop.htaccess(false).add(store(), shop.sample("a", "1-1"));
    assertThat(tree.resolve(".htaccess")).doesNotExist();
    shop.htaccess(true).repairer(store()).repair();
    assertThat(Files.readString(tree.resolve(".htaccess")))
        .contains(receipt.generation().orElseThrow().value());
  }

  @ParameterizedTest
  @EnumSource
  void itGoesWhenItIsNotWanted(Layout layout) throws IOException {
    publish("1-1");
    shop.htaccess(false).layout(layout);
    publish("2-1");
    assertThat(Files.isSymbolicLink(tree.resolve(".htaccess"))).isFalse();
  }

  @Test
  void somebodysOwnFileIsRefusedAndKept() throws IOException {
    Files.writeString(Files.createDirectories(tree).resolve(".htaccess"), "Options -Indexes\n");
    Workshop.assertRefused("htaccess-taken", () -> publish("1-1"));
    assertThat(Files.readString(tree.resolve(".htaccess"))).isEqualTo("Options -Indexes\n");
    try (var files = Files.list(tree)) {
      assertThat(files).hasSize(1);
    }
  }

  /** Apache's patterns are PCRE; this one means the same to Java. */
  @ParameterizedTest
  @CsvSource({
    "/r/NAME.db, /r/generations/ID/NAME.db",
    "/NAME.files, /generations/ID/NAME.files",
    "/NAME.db.tar.zst, /generations/ID/NAME.db",
    "/a/generations/x/NAME.db, /a/generations/x/generations/ID/NAME.db",
    "/r/NAME.db.sig,",
    "/r/oNAME.db,",
    "/r/axb.db,",
    "/r/generations/0123456789abcdef/NAME.db,",
  })
  void onlyTheDatabasesAtTheTopAreRedirected(String url, String place) throws IOException {
    GenerationId id = new GenerationId("fedcba9876543210");
    String line =
        new String(
            Htaccess.of(new RepositoryName("a.b"), id).open().readAllBytes(),
            java.nio.charset.StandardCharsets.US_ASCII);
    Matcher words = Pattern.compile("RedirectMatch 302 \"(.*)\" \"(.*)\"\n").matcher(line);
    assertThat(words.matches()).isTrue();
    Matcher found = Pattern.compile(words.group(1)).matcher(url.replace("NAME", "a.b"));
    Optional<String> location =
        found.matches() ? Optional.of(found.replaceAll(words.group(2))) : Optional.empty();
    assertThat(location)
        .isEqualTo(
            Optional.ofNullable(place)
                .map(p -> p.replace("NAME", "a.b").replace("ID", id.value())));
  }

  private Receipt publish(String version) throws IOException {
    return shop.add(store(), shop.sample("a", version));
  }

  private Store store() {
    return new LocalStore(tree);
  }
}
