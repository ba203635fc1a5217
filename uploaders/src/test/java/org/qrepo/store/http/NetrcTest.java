package org.qrepo.store.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.store.TargetException;

/** The file of passwords, as ftp and curl have it. */
class NetrcTest {
  @TempDir Path dir;

  @Test
  void firstEntryOfAHostCounts() throws IOException {
    Netrc netrc =
        netrc(
            """
            # a comment with machine h login x password y
            machine other.example.org login a password b
            machine H.example.org
              login you account ftp
              password s#cret
            machine h.example.org login late password late
            default login any password one
            """);
    assertThat(said(netrc, "h.example.org")).contains("you:s#cret");
    assertThat(said(netrc, "nobody.example.org")).contains("any:one");
  }

  @Test
  void nobodyIsNobody() throws IOException {
    assertThat(said(netrc("machine a login b password c"), "other")).isEmpty();
    assertThat(said(netrc(""), "other")).isEmpty();
  }

  @Test
  void userOfTheUrlChooses() throws IOException {
    Netrc netrc = netrc("machine h login one password 1\nmachine h login two password 2\n");
    assertThat(netrc.of("h", Optional.of("two")).map(NetrcTest::decoded)).contains("two:2");
    assertThat(netrc.of("h", Optional.of("three"))).isEmpty();
  }

  @Test
  void wordsMayBeQuoted() throws IOException {
    Netrc netrc = netrc("machine [x] login \"a b\" password \"gr\u00fcn \\\"\\\\ #1\"");
    assertThat(said(netrc, "[[x]]")).contains("a b:gr\u00fcn \"\\ #1");
  }

  @Test
  void addressesInBracketsAreWrittenWithout() throws IOException {
    assertThat(said(netrc("machine ::1 login a password b"), "[::1]")).contains("a:b");
  }

  @Test
  void macrosArePassedOver() throws IOException {
    Netrc netrc =
        netrc("machine a login b password c\nmacdef init\nmachine x\nbin\n\ndefault login d");
    assertThat(said(netrc, "x")).contains("d:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "login without password machine",
        "machine",
        "machine a login",
        "machine a password \"never closed",
        "machine a login b password c d",
        "\"machine a"
      })
  void whatIsNotWrittenSoIsRefusedAndNotShown(String text) {
    assertThatThrownBy(() -> netrc(text))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("netrc is not used");
  }

  @Test
  void passwordsAreNeverShown() throws IOException {
    Netrc netrc = netrc("machine h login you password hidden");
    Authorization authorization = netrc.of("h", Optional.empty()).orElseThrow();
    assertThat(netrc + " " + authorization).doesNotContain("hidden").contains("netrc");
    assertThatThrownBy(() -> netrc("machine h login you password a hidden"))
        .hasMessageNotContaining("hidden");
  }

  @Test
  void passwordWithAControlCharacterIsRefused() throws IOException {
    Netrc netrc = netrc("machine h login you password \"a\u0001b\"");
    assertThatThrownBy(() -> netrc.of("h", Optional.empty())).isInstanceOf(TargetException.class);
  }

  @Test
  void whatOthersCanReadIsNotUsed() throws IOException {
    Netrc netrc = netrc("machine h login you password x");
    Files.setPosixFilePermissions(
        dir.resolve("netrc"), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> netrc.of("h", Optional.empty()))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("chmod 600");
    assertThat(netrc.of("other", Optional.empty())).isEmpty();
  }

  @Test
  void fileThatIsNotThereOrNoTextIsTold() throws IOException {
    assertThatThrownBy(() -> Netrc.read(dir.resolve("none")))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("cannot be read");
    Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, 0});
    assertThatThrownBy(() -> Netrc.read(binary)).hasMessageContaining("UTF-8");
  }

  private Netrc netrc(String text) throws IOException {
    Path file = Files.writeString(dir.resolve("netrc"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Netrc.read(file);
  }

  private static Optional<String> said(Netrc netrc, String host) {
    return netrc.of(host, Optional.empty()).map(NetrcTest::decoded);
  }

  private static String decoded(Authorization authorization) {
    String header = authorization.header();
    return new String(Base64.getDecoder().decode(header.substring("Basic ".length())), UTF_8);
  }
}
