package org.qrepo.alpm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Finding;
import org.qrepo.tar.RawTar;

/** What is said about a package whose archive is none, or holds what no package holds. */
class PackageWalkTest {
  private static final byte[] NAME = "a\0".getBytes(US_ASCII);

  @ParameterizedTest
  @ValueSource(chars = {'S', 'V', 'M', 'N', 'D', 'Z', '8', '9', ' ', '\u0001', '\u00ff'})
  void refusesUnknownKinds(char type) {
    byte[] archive = new RawTar().member("x", type, new byte[0]).end();

    assertThatThrownBy(() -> new PackageWalk("a", new ByteArrayInputStream(archive)).run())
        .isInstanceOf(ArchiveException.class)
        .hasMessageContaining("which is not supported");
  }

  @ParameterizedTest
  @MethodSource
  void tellsWhatIsWrongWithTheArchive(Finding expected, byte[] archive) {
    assertThat(finding(archive)).isEqualTo(expected);
  }

  static Stream<Arguments> tellsWhatIsWrongWithTheArchive() {
    byte[] good = new RawTar().file("a", "x").end();
    String cut = "build or copy the package again";
    byte[] large = new RawTar().header("x", 'x', "17777777777").block(new byte[1024]).bytes();
    byte[] huge =
        new RawTar().header("x", '0', "\u0080\0\0\0\0\1\0\0\0\0\0\0").block(new byte[1024]).bytes();
    return Stream.of(
        Arguments.of(
            of("package-format", "is not a package: what it holds is not a tar archive"),
            "x".repeat(2000).getBytes(US_ASCII)),
        Arguments.of(
            of("package-truncated", "archive is cut short", cut), Arrays.copyOf(good, 700)),
        Arguments.of(
            of("package-damaged", "checksum of a member's header does not match"),
            new RawTar().file("a").block("x".repeat(512).getBytes(US_ASCII)).end()),
        Arguments.of(
            of("package-damaged", "a number in a member's header is not octal"),
            new RawTar().header("a", '0', "x").end()),
        Arguments.of(of("package-damaged", "a member has no name"), new RawTar().file("").end()),
        Arguments.of(
            of("package-damaged", "a path that should be UTF-8 is not"),
            new RawTar().pax("path", "\u00ff").file("x").end()),
        Arguments.of(
            of("package-damaged", "an extended header has a malformed record"),
            new RawTar().member("x", 'x', NAME).file("x").end()),
        Arguments.of(
            of(
                "package-damaged",
                "two extended headers name one member",
                "tools differ in which they believe"),
            new RawTar().pax("path", "a").member("L", 'L', NAME).file("x").end()),
        Arguments.of(
            of(
                "package-damaged",
                "an extended header gives one path or size to all members",
                "tools differ in whether they believe it"),
            new RawTar().pax('g', "path", "a").file("x").end()),
        Arguments.of(
            of(
                "package-damaged",
                "a member that is not a file has content",
                "tools differ in how they read this"),
            new RawTar().member("x", '5', NAME).end()),
        Arguments.of(
            of("package-damaged", "archive ends after an extended header"),
            new RawTar().pax("path", "a").end()),
        Arguments.of(
            of("package-damaged", "something follows the end of the archive"),
            new RawTar().block(good).file("hidden").end()),
        Arguments.of(
            of("package-too-large", "more than 1 MiB of zeros follow the archive"),
            Arrays.copyOf(good, good.length + (2 << 20))),
        Arguments.of(
            of("package-too-large", "an extended header has more than 1048576 bytes"), large),
        Arguments.of(
            of("package-too-large", "archive has more than 68719476736 bytes unpacked"), huge));
  }

  @Test
  void anEmptyFileIsNoArchive() {
    assertThat(finding(new byte[0])).isEqualTo(of("package-empty", "is an empty file"));
  }

  private static Finding of(String id, String reason, String... details) {
    return Finding.of(id, "a", reason, details);
  }

  private static Finding finding(byte[] archive) {
    return catchThrowableOfType(
            ArchiveException.class,
            () -> new PackageWalk("a", new ByteArrayInputStream(archive)).run())
        .finding("a");
  }
}
