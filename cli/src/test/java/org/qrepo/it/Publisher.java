package org.qrepo.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.qrepo.store.ground.Ground;
import org.qrepo.store.ground.Grounds;

/**
 * Someone who publishes the repository {@code t} into a tree with a key of their own: the tree, the
 * key, the configuration and the program.
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
  private final String layout;

  /**
   * @param layout as the configuration names it: {@code pointer} or {@code plain}
   */
  Publisher(Scratch scratch, String layout) {
    this(scratch, layout, Grounds.LOCAL.get(), scratch.path().resolve("tree"));
  }

  /**
   * @param tree a folder of the ground
   */
  Publisher(Scratch scratch, String layout, Ground ground, Path tree) {
    this.tree = tree;
    this.scratch = scratch;
    this.layout = layout;
    gpg = new GpgHome(scratch.path().resolve("s"));
    fingerprint = gpg.generateKey("T <t@example.org>", "ed25519");
    certificate = gpg.exportCertificate(fingerprint, scratch.path().resolve("t.gpg"));
    Path secret = gpg.exportSecretKey(fingerprint, scratch.path().resolve("secret.asc"));
    Path home = scratch.folder("home");
    scratch.file("home/qrepo.yml", configuration(layout, ground.target(tree), secret));
    qrepo = new QrepoCli(home, ground.environment());
  }

  private static String configuration(String layout, Map<String, String> target, Path secret) {
    String place =
        new TreeMap<>(target)
            .entrySet().stream()
                .map(key -> "    " + key.getKey() + ": " + key.getValue() + "\n")
                .collect(Collectors.joining());
    return """
        repository:
          name: %s
          arch: x86_64
        signing:
          backend: file
          key-file: %s
        targets:
          web:
            layout: %s
        """
            .formatted(NAME, secret, layout)
        + place;
  }

  /** Publishes packages into the tree. */
  Command.Output publish(Path... packages) {
    return publish(List.of(packages));
  }

  Command.Output publish(List<Path> packages) {
    return publishing(packages).run();
  }

  /** A publish into the tree that is not started yet. */
  Command publishing(List<Path> packages) {
    return command("publish", packages).with("--to", "web");
  }

  /** Publishes packages into a tree that this publisher has never seen. */
  Command.Output publishInto(Path other, List<Path> packages) {
    return publishingInto(other, packages).run();
  }

  /** The same, not started yet. */
  Command publishingInto(Path other, List<Path> packages) {
    return command("publish", packages).with("--to", other.toString(), "--layout", layout);
  }

  /** Takes packages out of the tree. */
  Command.Output remove(String... names) {
    return qrepo.command("remove").with(names).with("--to", "web").run();
  }

  private Command command(String command, List<Path> packages) {
    return qrepo.command(command).with(packages.stream().map(Path::toString).toList());
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

  @Override
  public void close() {
    gpg.close();
  }
}
