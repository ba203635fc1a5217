package org.qrepo.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.qrepo.Tools;
import org.qrepo.io.Digests;

/** Archives that other programs read as they were meant, and whose bytes stay what they are. */
class TarWriterTest {
  private static final TarLimits LIMITS = new TarLimits(1 << 30, 10240, true);

  /** A change of these bytes changes what publishers have signed. */
  @Test
  void bytesNeverChange() {
    byte[] archive =
        archive(
            tar -> {
              tar.comment("all of it", 1_700_000_000);
              tar.directory("usr/", 1_700_000_000);
              tar.file("usr/f", 0644, "content".getBytes(UTF_8), 1_700_000_000);
              tar.file("usr/\u00e9", 04755, new byte[600], 1_700_000_001);
              tar.file("d/".repeat(80) + "f", 0600, new byte[512], 0);
            });
    assertThat(archive).hasSize(10240);
    assertThat(Digests.of(archive, Set.of()).sha256().hex())
        .isEqualTo("52082359d1f88563dc0a05df3479f5094dc7ff4b354e63db2eaef21280ebfae8");
  }

  @Test
  void anEmptyArchiveIsOneRecord() {
    assertThat(archive(tar -> {})).isEqualTo(new byte[10240]);
  }

  @Test
  void headersAreUstar() {
    byte[] block = archive(tar -> tar.file("usr/f", 04755, new byte[9], 1_700_000_000));

    assertThat(text(block, 0, 6)).isEqualTo("usr/f\0");
    assertThat(text(block, 100, 24)).isEqualTo("0004755\0000000000\0000000000\0");
    assertThat(text(block, 124, 24)).isEqualTo("00000000011\00014524770400\0");
    assertThat(text(block, 154, 3)).isEqualTo("\0 0");
    assertThat(text(block, 257, 13)).isEqualTo("ustar\00000root\0");
    assertThat(text(block, 297, 5)).isEqualTo("root\0");
    assertThat(new TarHeader(block).isGenuine()).isTrue();
  }

  @Test
  void paxOnlyWhereAPathDoesNotFit() {
    String directory = "d".repeat(155);
    String file = "f".repeat(100);
    List<String> plain = List.of(file, directory + "/" + file, "d/" + file);
    List<String> pax =
        List.of(file + "f", directory + "d/" + file, directory + "/" + file + "f", "\u00e9");

    for (String path : plain) {
      assertThat(archive(tar -> tar.file(path, 0644, new byte[0], 0))[156]).isEqualTo((byte) '0');
      assertThat(paths(archive(tar -> tar.file(path, 0644, new byte[0], 0)))).containsExactly(path);
    }
    for (String path : pax) {
      assertThat(archive(tar -> tar.file(path, 0644, new byte[0], 0))[156]).isEqualTo((byte) 'x');
      assertThat(paths(archive(tar -> tar.file(path, 0644, new byte[0], 0)))).containsExactly(path);
    }
  }

  /** The length of a pax record counts its own digits. */
  @Test
  void readsPathsOfEveryLength() throws IOException {
    for (int length = 1; length <= 1100; length++) {
      String path = "\u00e9" + "x".repeat(length);
      assertThat(paths(archive(tar -> tar.file(path, 0644, new byte[0], 0)))).containsExactly(path);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 00000000000",
    "0, 00000000000",
    "8589934591, 77777777777",
    "8589934592, 77777777777",
    "9223372036854775807, 77777777777"
  })
  void cutsTimesToWhatAHeaderHolds(long time, String octal) {
    byte[] file = archive(tar -> tar.file("f", 0644, new byte[0], time));
    byte[] comment = archive(tar -> tar.comment("c", time));

    assertThat(text(file, 136, 11)).isEqualTo(octal);
    assertThat(text(comment, 136, 11)).isEqualTo(octal);
  }

  @Test
  void copiesAsMuchAsItWasTold() throws IOException {
    byte[] content = "0123456789".getBytes(UTF_8);
    ByteArrayInputStream in = new ByteArrayInputStream(content);
    byte[] archive = archive(tar -> tar.file("f", 0644, 4, in, 0));

    assertThat(in.available()).isEqualTo(6);
    TarReader reader = new TarReader(new ByteArrayInputStream(archive), LIMITS);
    assertThat(reader.next()).map(TarMember::size).contains(4L);
    assertThat(reader.content().readAllBytes()).asString(UTF_8).isEqualTo("0123");
  }

  @Test
  void refusesContentThatEndsEarly() {
    TarWriter tar = new TarWriter(new ByteArrayOutputStream());

    assertThatThrownBy(() -> tar.file("f", 0644, 11, new ByteArrayInputStream(new byte[10]), 0))
        .isInstanceOf(EOFException.class)
        .hasMessage("f ends 1 bytes early");
  }

  @Test
  void refusesFilesThatNoHeaderHolds() {
    TarWriter tar = new TarWriter(new ByteArrayOutputStream());
    long size = TarWriter.MAX_NUMBER + 1;

    assertThatThrownBy(() -> tar.file("f", 0644, size, new ByteArrayInputStream(new byte[0]), 0))
        .isInstanceOf(IOException.class)
        .hasMessage("f is too large for a tar header");
  }

  @Test
  void commentsAreFoundWithTheirPlace() throws IOException {
    byte[] archive =
        archive(
            tar -> {
              tar.comment("first \u00e9", 0);
              tar.file("f", 0644, new byte[1], 0);
              tar.comment("second", 0);
            });
    List<String> found = new ArrayList<>();
    TarReader reader =
        new TarReader(
            new ByteArrayInputStream(archive), LIMITS, (at, text) -> found.add(at + " " + text));

    assertThat(reader.next()).isPresent();
    assertThat(found).containsExactly("0 first \u00e9");
    assertThat(reader.next()).isEmpty();
    assertThat(found).containsExactly("0 first \u00e9", "2048 second");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bsdtarReadsWhatIsWritten(long seed, @TempDir Path directory) {
    Tools.require("bsdtar");
    Random random = new Random(seed);
    List<String> written = new ArrayList<>();
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    byte[] archive =
        archive(
            tar -> {
              tar.comment("a comment", 0);
              for (int i = 0; i < 300; i++) {
                String path = path(random) + i;
                byte[] content = new byte[random.nextInt(1500)];
                random.nextBytes(content);
                if (random.nextInt(5) == 0) {
                  tar.directory(path + "/", i);
                  written.add(path + "/");
                } else {
                  tar.file(path, 0644, content, i);
                  written.add(path);
                  contents.writeBytes(content);
                }
              }
            });

    byte[] list = Tools.run(directory, archive, "bsdtar", "-tf", "-");
    assertThat(new String(list, UTF_8).lines()).containsExactlyElementsOf(written);
    assertThat(Tools.run(directory, archive, "bsdtar", "-xOf", "-"))
        .isEqualTo(contents.toByteArray());
    assertThat(paths(archive)).isEqualTo(written);
  }

  private static String path(Random random) {
    int[] characters = "abc-_. 019\u00e9\u65e5\ud83d\ude00".codePoints().toArray();
    int plain = random.nextBoolean() ? 10 : characters.length;
    StringBuilder path = new StringBuilder("p");
    for (int length = random.nextInt(200); length >= 0; length--) {
      path.appendCodePoint(characters[random.nextInt(plain)]);
      if (random.nextInt(20) == 0) {
        path.append("/n");
      }
    }
    return path.toString();
  }

  private static List<String> paths(byte[] archive) {
    try {
      TarReader reader = new TarReader(new ByteArrayInputStream(archive), LIMITS);
      List<String> paths = new ArrayList<>();
      for (Optional<TarMember> m = reader.next(); m.isPresent(); m = reader.next()) {
        paths.add(new String(m.get().path(), UTF_8));
      }
      return paths;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(byte[] block, int offset, int length) {
    return new String(block, offset, length, ISO_8859_1);
  }

  private static byte[] archive(Members members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      TarWriter tar = new TarWriter(out);
      members.writeTo(tar);
      tar.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(out.size() % 10240).isZero();
    return out.toByteArray();
  }

  private interface Members {
    void writeTo(TarWriter tar) throws IOException;
  }
}
