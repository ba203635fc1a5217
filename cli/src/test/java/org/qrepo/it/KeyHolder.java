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

  private final Scratch shared;
  private final GpgHome vault;
  private final String key;
  private final String other;
  private final Path certificate;
  private Scratch scratch;
  private Path home;
  private Path tree;
  private Path log;

  /**
   * @param shared for the keys and the programs
   */
  KeyHolder(Scratch shared) {
    Programs.require("bash");
    this.shared = shared;
    vault = new GpgHome(shared.path().resolve("v"));
    key = vault.generateKey("T <t@example.org>", "ed25519");
    other = vault.generateKey("Other <o@example.org>", "ed25519");
    certificate = vault.exportCertificate(key, shared.path().resolve("t.gpg"));
    vault.exportSecretKey(key, shared.path().resolve("secret.asc"));
    PROGRAMS.forEach(this::install);
    startIn(shared);
  }

  /** Begins anew, with the same key: nothing is configured, published or remembered. */
  void startIn(Scratch fresh) {
    scratch = fresh;
    home = scratch.folder("home");
    tree = scratch.path().resolve("tree");
    log = scratch.file("log", "");
  }

  private void install(String name) {
    Path file = shared.folder("programs").resolve(name);
    try (InputStream in = KeyHolder.class.getResourceAsStream("/qubes/" + name)) {
      Files.copy(in, file);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path program(String name) {
    return shared.path().resolve("programs").resolve(name);
  }

  /** Writes the configuration for one way to the key. */
  void choose(Backend backend) {
    configure(
        switch (backend) {
          case FILE -> "key-file: " + shared.path().resolve("secret.asc");
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
          timeout: 30s
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
    environment.put("XDG_STATE_HOME", home.resolve("state").toString());
    environment.put("QREXEC_CLIENT_PATH", program("qrexec-client-vm").toString());
    environment.put("STANDIN_HOME", vault.path().toString());
    environment.put("STANDIN_LOG", log.toString());
    environment.put("STANDIN_KEY", key);
    environment.put("STANDIN_OTHER", other);
    environment.put("STANDIN_FAULT", fault);
    if (fault.equals("hang")) {
      environment.put("QREPO_SIGNING_TIMEOUT", "1s");
    }
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
