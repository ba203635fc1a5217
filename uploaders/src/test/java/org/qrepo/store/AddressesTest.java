package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.PublicSite;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.http.HttpSettings;

/** Opening stores and sites by what people write. */
class AddressesTest {
  @TempDir Path temporary;

  @Test
  void directoryIsOpenedByPathAndByUrl() throws IOException {
    Path dir = temporary.resolve("with space:and+more");
    try (Store byPath = Stores.standard().open(dir.toString())) {
      byPath.putOnce(new StoreKey("a"), Blobs.text("x"));
      assertThat(byPath.location()).isEqualTo(dir.toString());
    }
    String path = dir.toString().replace(" ", "%20");
    for (String url : List.of("file://" + path, "FILE://" + path, "file://localhost" + path)) {
      try (Store byUrl = Stores.standard().open(url)) {
        assertThat(byUrl.stat(new StoreKey("a"))).isPresent();
        assertThat(byUrl.location()).isEqualTo(dir.toString());
      }
    }
  }

  @Test
  void openingTouchesNothing() throws IOException {
    Stores.standard().open(temporary.resolve("new").toString()).close();
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void unknownSchemeListsWhatThereIs() {
    assertThatThrownBy(() -> Stores.standard().open("gopher://user:secret@host/path"))
        .isInstanceOf(TargetException.class)
        .hasMessage(
            "gopher://host/path: there is no store for gopher://;"
                + " a target is a directory, or file:///DIRECTORY,"
                + " sftp://[USER@]HOST[:PORT]/DIRECTORY, s3://BUCKET/PREFIX, https://HOST/PATH");
  }

  @Test
  void furtherFactoriesAreAsked() throws IOException {
    StoreFactory memory =
        new StoreFactory() {
          @Override
          public List<String> schemes() {
            return List.of("mem");
          }

          @Override
          public String form() {
            return "mem://";
          }

          @Override
          public Store open(String target) {
            return MemoryStore.plain();
          }
        };
    try (Store store = Stores.of(List.of(memory)).open("MEM://x")) {
      assertThat(store).isInstanceOf(MemoryStore.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "user@host:srv/repo",
        "host:srv",
        "file://host/srv",
        "file://",
        "file:///a%00b"
      })
  void targetsThatAreMistakesAreRefused(String target) {
    assertThatThrownBy(() -> Stores.standard().open(target))
        .isInstanceOf(TargetException.class)
        .message()
        .isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"./host:srv", "/host:srv", "srv/a:b", "../a:b"})
  void directoryMayHaveAColon(String target) throws IOException {
    try (Store store = Stores.standard().open(target)) {
      assertThat(store.location()).endsWith(Path.of(target).normalize().getFileName().toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "sftp://deploy@example.org/srv/www, sftp://example.org/srv/www",
    "https://u:p%40ss@example.org:8443/a, https://example.org:8443/a",
    "https://u:p@ss@example.org/a@b, https://example.org/a@b",
    "s3://bucket/prefix?secret=x, s3://bucket/prefix",
    "https://example.org/a#token, https://example.org/a",
    "/srv/www, /srv/www",
    "repo@home, repo@home"
  })
  void secretsAreNotShown(String address, String shown) {
    assertThat(Stores.redact(address)).isEqualTo(shown);
  }

  @Test
  void siteIsOpenedByScheme() throws IOException {
    Files.writeString(temporary.resolve("a"), "x");
    for (String server :
        List.of(temporary.toString(), "file://" + temporary, "file://" + temporary + "/")) {
      try (PublicSite site = Sites.open(server, HttpSettings.standard())) {
        assertThat(site.location()).isEqualTo("file://" + temporary);
        assertThat(site.fetch("a")).isPresent();
      }
    }
    try (PublicSite site = Sites.open("https://example.org/qubes/", HttpSettings.standard())) {
      assertThat(site.location()).isEqualTo("https://example.org/qubes");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ftp://example.org/a",
        "https://",
        "https:///a",
        "https://exa mple.org/a",
        "https://example.org/a?b",
        "https://example.org/a#b",
        "http://user:secret@example.org/a",
        "http://127.0.0.1.example.org:secret@example.org/"
      })
  void serversThatClientsCannotUseAreRefused(String server) {
    assertThatThrownBy(() -> Sites.open(server, HttpSettings.standard()))
        .isInstanceOf(TargetException.class)
        .message()
        .isNotBlank()
        .doesNotContain("secret");
  }
}
