package org.qrepo.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Someone who publishes the repository {@code t} into a local tree with a key of their own: the
 * tree, the key, the configuration and the program.
 */
final class Publisher implements AutoCloseable {
  /** The name of the repository. */
  static final String NAME = "t";

  private final Scratch scratch;
  private final GpgHome gpg;
  private final String fingerprint;
  private final Path certificate;
  private final QrepoCli qrepo;
  private final Path tree;

  /**
   * @param layout as the configuration names it: {@code pointer} or {@code plain}
   */
  Publisher(Scratch scratch, String layout) {
    this.scratch = scratch;
    gpg = new GpgHome(scratch.path().resolve("s"));
    fingerprint = gpg.generateKey("T <t@example.org>", "ed25519");
    certificate = gpg.exportCertificate(fingerprint, scratch.path().resolve("t.gpg"));
    Path secret = gpg.exportSecretKey(fingerprint, scratch.path().resolve("secret.asc"));
    tree = scratch.path().resolve("tree");
    Path home = scratch.folder("home");
    scratch.file("home/qrepo.yml", configuration(layout, tree, secret));
    qrepo = new QrepoCli(home);
  }

  private static String configuration(String layout, Path tree, Path secret) {
    return """
        repository:
          name: %s
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          web:
            url: %s
            layout: %s
        """
        .formatted(NAME, secret, tree, layout);
  }

  /** Publishes packages into the tree. */
  Command.Output publish(Path... packages) {
    return publish(List.of(packages));
  }

  Command.Output publish(List<Path> packages) {
    return qrepo(tree, "publish", packages);
  }

  /** Takes packages out of the tree. */
  Command.Output remove(String... names) {
    return qrepo.command("remove").with(names).with("--to", "web").run();
  }

  private Command.Output qrepo(Path to, String command, List<Path> packages) {
    return qrepo
        .command(command)
        .with(packages.stream().map(Path::toString).toList())
        .with("--to", to.equals(tree) ? "web" : to.toString())
        .run();
  }

  /** Publishes packages into a copy of the tree, which this publisher has never seen. */
  Command.Output publishInto(Path copy, List<Path> packages) {
    return qrepo(copy, "publish", packages);
  }

  /** A copy of the tree as it is now. */
  Path copyOfTree(String name) {
    Path copy = scratch.path().resolve(name);
    Command.of("cp", "-a", tree.toString(), copy.toString()).run().expectSuccess();
    return copy;
  }

  QrepoCli qrepo() {
    return qrepo;
  }

  GpgHome gpg() {
    return gpg;
  }

  String fingerprint() {
    return fingerprint;
  }

  Path certificate() {
    return certificate;
  }

  Path tree() {
    return tree;
  }

  /** A client that trusts this publisher's key. */
  PacmanClient client(String server) {
    return new PacmanClient(scratch.path().resolve("c"), NAME, server, certificate);
  }

  /** Makes {@code file} say what {@code bytes} say, under the name that it has. */
  static void overwrite(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    gpg.close();
  }
}
