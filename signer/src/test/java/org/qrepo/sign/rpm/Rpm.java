package org.qrepo.sign.rpm;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.qrepo.sign.Programs;

/** The real rpm programs, with a key database of their own, as {@code qvm-template} runs them. */
final class Rpm {
  private final Path directory;

  Rpm(Path directory) {
    this.directory = directory;
  }

  /**
   * What rpmkeys says of a package that comes from its standard input, trusting one certificate.
   */
  String checksig(Path rpm, String certificate) {
    Programs.need("rpmkeys", "rpm", "rpm2cpio");
    try {
      Path database = Files.createTempDirectory(directory, "rpmdb");
      Path key = Files.writeString(database.resolve("key.asc"), certificate);
      run("rpmkeys", "--dbpath=" + database, "--import", key.toString()).ok();
      return checksig(rpm, database);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String checksig(Path rpm, Path database) throws IOException {
    Process process =
        new ProcessBuilder(
                "rpmkeys",
                "--dbpath=" + database,
                "--define=_pkgverify_level all",
                "--define=_pkgverify_flags 0x0",
                "--checksig",
                "-")
            .redirectInput(new File(rpm.toString()))
            .redirectErrorStream(true)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  Programs.Result run(String... command) {
    return Programs.run(Map.of("HOME", directory.toString()), new byte[0], List.of(command));
  }

  /** What {@code rpm -qp} says. */
  String query(Path rpm, String format) {
    byte[] out =
        run("rpm", "--dbpath=" + directory, "-qp", "--qf", format, rpm.toString()).ok().out();
    return new String(out, StandardCharsets.UTF_8);
  }

  /** The payload, unpacked. */
  byte[] payload(Path rpm) {
    return run("rpm2cpio", rpm.toString()).ok().out();
  }

  /** Takes the signatures out, as {@code rpmsign} does. */
  void delsign(Path rpm) {
    Programs.need("rpmsign");
    run("rpmsign", "--delsign", rpm.toString()).ok();
  }

  /** The names in a folder that begin with a dot, which nothing should leave behind. */
  static List<String> leftovers(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(".")).toList();
    }
  }
}
