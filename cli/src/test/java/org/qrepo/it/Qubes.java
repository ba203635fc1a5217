package org.qrepo.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Stand-ins for the programs of Qubes OS, a vault with a key behind them, and the program as a
 * script that they can start.
 */
final class Qubes implements AutoCloseable {
  private static final List<String> PROGRAMS =
      List.of("gpg-options", "qrexec-client-vm", "qubes-gpg-client-wrapper", "qvm-copy");

  private final Scratch scratch;
  private final GpgHome vault;
  private final String key;
  private final Path certificate;
  private final Path log;

  Qubes(Scratch scratch) {
    Programs.require("bash");
    this.scratch = scratch;
    vault = new GpgHome(scratch.path().resolve("v"));
    key = vault.generateKey("T <t@example.org>", "ed25519");
    certificate = vault.exportCertificate(key, scratch.path().resolve("t.gpg"));
    log = scratch.file("log", "");
    PROGRAMS.forEach(this::install);
    try {
      Path copy = programs().resolve("qvm-copy");
      Files.createLink(programs().resolve("qvm-copy-to-vm"), copy);
      executable(
          Files.writeString(
              qrepo(),
              "#!/bin/sh\nexec "
                  + Path.of(System.getProperty("java.home"), "bin", "java")
                  + " -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "
                  + QrepoCli.JAR
                  + " \"$@\"\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void install(String name) {
    try (InputStream in = Qubes.class.getResourceAsStream("/qubes/" + name)) {
      Path file = programs().resolve(name);
      Files.copy(in, file);
      executable(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The folder of the stand-ins. */
  Path programs() {
    return scratch.folder("programs");
  }

  /** The program under test. */
  Path qrepo() {
    return scratch.path().resolve("qrepo");
  }

  /** What the stand-ins need to know. */
  Command with(Command command) {
    return command
        .env("STANDIN_HOME", vault.path())
        .env("STANDIN_LOG", log)
        .env("STANDIN_KEY", key);
  }

  Path exportSecretKey(Path file) {
    return vault.exportSecretKey(key, file);
  }

  String key() {
    return key;
  }

  Path certificate() {
    return certificate;
  }

  /** How often the stand-ins logged something. */
  long calls(String what) {
    try {
      return Files.readAllLines(log).stream().filter(line -> line.startsWith(what)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What rpmkeys says of an RPM when it trusts the key in the vault alone. */
  String checksig(Path rpm) {
    String database = "--dbpath=" + scratch.folder("rpmdb");
    Path armored =
        scratch.file("key.asc", vault.gpg("--armor", "--export", key).run().expectSuccess().out());
    Command.of("rpmkeys", database, "--import", armored.toString()).run().expectSuccess();
    return Command.of(
            "rpmkeys",
            database,
            "--define=_pkgverify_level all",
            "--define=_pkgverify_flags 0x0",
            "--checksig",
            rpm.toString())
        .run()
        .out();
  }

  @Override
  public void close() {
    vault.close();
  }
}
