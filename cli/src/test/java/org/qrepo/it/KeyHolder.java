package org.qrepo.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.qrepo.cli.Run;

/**
 * Someone whose key is in a gpg, here or in another qube that a stand-in for qrexec plays, and who
 * publishes the repository {@code t} with it.
 */
final class KeyHolder implements AutoCloseable {
  /** The ways to the key, as the configuration names them. */
  enum Backend {
    FILE("file"),
    GPG("gpg"),
    SPLIT_GPG("split-gpg"),
    QUBES_GPG_SIGN("qubes-gpg-sign");

    private final String word;

    Backend(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  private static final List<String> PROGRAMS =
      List.of("gpg-options", "gpg-with-faults", "qrexec-client-vm", "qubes-gpg-client-wrapper");

  private final Scratch scratch;
  private final GpgHome vault;
  private final String key;
  private final String other;
  private final Path certificate;
  private final Path home;
  private final Path tree;
  private final Path log;

  KeyHolder(Scratch scratch) {
    Programs.require("bash");
    this.scratch = scratch;
    vault = new GpgHome(scratch.path().resolve("v"));
    key = vault.generateKey("T <t@example.org>", "ed25519");
    other = vault.generateKey("Other <o@example.org>", "ed25519");
    certificate = vault.exportCertificate(key, scratch.path().resolve("t.gpg"));
    vault.exportSecretKey(key, scratch.path().resolve("secret.asc"));
    home = scratch.folder("home");
    tree = scratch.path().resolve("tree");
    log = scratch.file("log", "");
    PROGRAMS.forEach(this::install);
  }

  private void install(String name) {
    Path file = scratch.folder("programs").resolve(name);
    try (InputStream in = KeyHolder.class.getResourceAsStream("/qubes/" + name)) {
      Files.copy(in, file);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path program(String name) {
    return scratch.path().resolve("programs").resolve(name);
  }

  /** Writes the configuration for one way to the key. */
  void choose(Backend backend) {
    configure(
        switch (backend) {
          case FILE -> "key-file: " + scratch.path().resolve("secret.asc");
          case GPG ->
              "gpg-program: " + program("gpg-with-faults") + "\n  gpg-home: " + vault.path();
          case SPLIT_GPG ->
              "vault: vault\n  split-gpg-program: " + program("qubes-gpg-client-wrapper");
          case QUBES_GPG_SIGN -> "vault: vault\n  certificates: [" + certificate + "]";
        },
        backend);
  }

  private void configure(String more, Backend backend) {
    scratch.file(
        "home/qrepo.yml",
        """
        repository:
          name: t
        signing:
          backend: %s
          key: %s
          timeout: 2s
          %s
        targets:
          web:
            url: %s
        """
            .formatted(backend.word(), key, more, tree));
  }

  /** What every command sees, and what goes wrong. */
  Map<String, String> environment(String fault) {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", home.toString());
    environment.put("QREXEC_CLIENT_PATH", program("qrexec-client-vm").toString());
    environment.put("STANDIN_HOME", vault.path().toString());
    environment.put("STANDIN_LOG", log.toString());
    environment.put("STANDIN_KEY", key);
    environment.put("STANDIN_OTHER", other);
    environment.put("STANDIN_FAULT", fault);
    return environment;
  }

  /** The program as users run it. */
  Command command(String... words) {
    Command command = new QrepoCli(home).command(words);
    environment("").forEach(command::env);
    return command;
  }

  /** A command in this process, for speed. */
  Run run(Map<String, String> environment, String... words) {
    return Run.of(home, environment, List.of(words));
  }

  /** How often the other side was asked: {@code sign} or {@code export}. */
  long calls(String what) {
    try {
      return Files.readAllLines(log).stream().filter(l -> l.startsWith(what)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GpgHome vault() {
    return vault;
  }

  String key() {
    return key;
  }

  Path certificate() {
    return certificate;
  }

  Path tree() {
    return tree;
  }

  @Override
  public void close() {
    vault.close();
  }
}
