package org.qrepo.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.publish.PublicSite;

class FileSiteTest {
  @TempDir Path temporary;

  @ParameterizedTest
  @CsvSource({
    "a-1:2-1-any.pkg.tar.zst, a-1:2-1-any.pkg.tar.zst",
    "gtk+.pkg, gtk+.pkg",
    "gtk%2B.pkg, gtk+.pkg",
    "1%3a2, 1:2",
    "grün, grün",
    "a~b, a~b"
  })
  void pathIsReadAsPacmanReadsIt(String path, String file) throws IOException {
    Files.writeString(temporary.resolve(file), "x");
    try (PublicSite site = new FileSite(temporary);
        PublicSite.Fetched fetched = site.fetch(path).orElseThrow()) {
      assertThat(new String(fetched.stream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("x");
      assertThat(fetched.location()).isEqualTo("file://" + temporary + "/" + path);
    }
  }

  @Test
  void absentIsEmpty() throws IOException {
    Files.writeString(temporary.resolve("a"), "x");
    PublicSite site = new FileSite(temporary);
    assertThat(site.fetch("b")).isEmpty();
    assertThat(site.fetch("g/b")).isEmpty();
    assertThat(new FileSite(temporary.resolve("none")).fetch("a")).isEmpty();
  }

  @Test
  void linksAreFollowedWhereverTheyLead() throws IOException {
    Path dir = Files.createDirectory(temporary.resolve("repo"));
    Path pool = Files.writeString(temporary.resolve("pooled"), "x");
    Files.createSymbolicLink(dir.resolve("a"), pool);
    Files.createSymbolicLink(dir.resolve("b"), Path.of("none"));
    PublicSite site = new FileSite(dir);
    assertThat(site.fetch("a")).isPresent();
    assertThat(site.fetch("b")).isEmpty();
  }

  @Test
  void folderIsNoFile() throws IOException {
    Files.createDirectory(temporary.resolve("g"));
    assertThatThrownBy(() -> new FileSite(temporary).fetch("g"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a regular file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "../a", "g/../a", "/a", "a//b", "./a", "a b", "a?b", "a#b", "a\\b", "a\nb", "a%",
        "a%zz", "a[b]", "%00"
      })
  void pathsThatClientsCannotFetchAreRefused(String path) {
    assertThatThrownBy(() -> new FileSite(temporary).fetch(path)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"%2e%2e/secret", "g/%2E./%2e%2e/secret", "%2fetc/passwd"})
  void encodedDotsDoNotLeadOut(String path) throws IOException {
    Path dir = temporary.resolve("repo");
    Files.createDirectories(dir.resolve("g"));
    Files.writeString(temporary.resolve("secret"), "x");
    assertThatThrownBy(() -> new FileSite(dir).fetch(path)).isInstanceOf(IOException.class);
  }
}
