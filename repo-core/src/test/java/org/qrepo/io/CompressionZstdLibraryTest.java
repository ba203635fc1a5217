package org.qrepo.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine where the native library cannot be unpacked, in a Java of its own. */
class CompressionZstdLibraryTest {
  @Test
  void tellsHowToMendAMissingLibrary(@TempDir Path directory) throws Exception {
    Path missing = directory.resolve("missing");
    String output = java("-Djava.io.tmpdir=" + missing);

    assertThat(output.lines())
        .hasSize(3)
        .startsWith("gzip works")
        .allSatisfy(line -> assertThat(line).doesNotContain("damaged"));
    assertThat(output.lines().skip(1))
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("cannot load the zstd library from " + missing + ":")
                    .contains("have room", "QREPO_JAVA_OPTS=-DZstdTempFolder=DIR"));
  }

  @Test
  void takesTheDirectoryItIsTold(@TempDir Path directory) throws Exception {
    String output =
        java("-Djava.io.tmpdir=" + directory.resolve("missing"), "-DZstdTempFolder=" + directory);

    assertThat(output.lines()).containsExactly("gzip works", "zstd works", "zstd works");
  }

  private static String java(String... properties) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto"));
    command.addAll(List.of(properties));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), RoundTrips.class.getName()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  /** Compresses with gzip, then twice with zstd. */
  static final class RoundTrips {
    private RoundTrips() {}

    public static void main(String[] arguments) {
      tryOut(Compression.GZIP, "gzip works");
      tryOut(Compression.ZSTD, "zstd works");
      tryOut(Compression.ZSTD, "zstd works");
    }

    private static void tryOut(Compression compression, String success) {
      try {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        compression.encode(out).close();
        compression.decode(new ByteArrayInputStream(out.toByteArray())).close();
        System.out.println(success);
      } catch (IOException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
