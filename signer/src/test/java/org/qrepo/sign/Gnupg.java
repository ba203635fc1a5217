package org.qrepo.sign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.qrepo.publish.Fingerprint;

/** The real gpg, in a home of its own that is thrown away. */
public final class Gnupg implements AutoCloseable {
  private static final DateTimeFormatter FAKED =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

  private final Path home;

  private Gnupg(Path home) {
    this.home = home;
  }

  /** With cheap protection of secret keys, for speed; skips the test if gpg is missing. */
  public static Gnupg inTemporaryHome() {
    Gnupg gnupg = inStockHome();
    try {
      Files.writeString(gnupg.home.resolve("gpg-agent.conf"), "s2k-count 65536\n");
      return gnupg;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As gpg comes: protecting and unlocking a key takes a while. */
  public static Gnupg inStockHome() {
    Programs.need("gpg", "gpgconf");
    try {
      // sockets of the agent lie in here, and their paths must be short
      Path home =
          Files.createTempDirectory(
              Path.of("/tmp"),
              "qg",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      return new Gnupg(home);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path home() {
    return home;
  }

  /** Runs gpg in batch mode, whatever it answers. */
  public Programs.Result run(byte[] input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("gpg", "--batch", "--no-tty", "--quiet"));
    command.addAll(List.of("--pinentry-mode", "loopback", "--yes"));
    command.addAll(List.of(arguments));
    return Programs.run(Map.of("GNUPGHOME", home.toString()), input, command);
  }

  public Programs.Result run(String... arguments) {
    return run(new byte[0], arguments);
  }

  /** The arguments that make gpg believe it is another time. */
  public static String at(Instant time) {
    return "--faked-system-time=" + FAKED.format(time);
  }

  /**
   * Makes a key.
   *
   * @param usage {@code sign}, {@code cert}, {@code cert,sign}
   * @param expiry {@code never}, {@code 1d}, an ISO date
   */
  public Fingerprint generate(
      String userId,
      String algorithm,
      String usage,
      String expiry,
      String passphrase,
      String... more) {
    List<String> arguments = new ArrayList<>(List.of("--passphrase", passphrase));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--quick-gen-key", userId, algorithm, usage, expiry));
    run(arguments.toArray(String[]::new)).ok();
    return newest(userId);
  }

  private Fingerprint newest(String userId) {
    String listing = listing("=" + userId);
    return listing
        .lines()
        .filter(l -> l.startsWith("fpr:"))
        .findFirst()
        .map(l -> Fingerprint.parse(l.split(":", -1)[9]))
        .orElseThrow();
  }

  private String listing(String name) {
    return new String(run("-K", "--with-colons", name).ok().out(), StandardCharsets.UTF_8);
  }

  /** All fingerprints of a certificate: primary key, then subkeys in their order. */
  public List<Fingerprint> fingerprints(Fingerprint key) {
    return listing(key.hex())
        .lines()
        .filter(l -> l.startsWith("fpr:"))
        .map(l -> Fingerprint.parse(l.split(":", -1)[9]))
        .toList();
  }

  /** Adds a subkey and returns its fingerprint. */
  public Fingerprint addSubkey(
      Fingerprint key, String algorithm, String usage, String expiry, String passphrase) {
    run("--passphrase", passphrase, "--quick-add-key", key.hex(), algorithm, usage, expiry).ok();
    List<Fingerprint> all = fingerprints(key);
    return all.get(all.size() - 1);
  }

  public byte[] export(Fingerprint key) {
    return run("--export", key.hex()).ok().out();
  }

  /** What {@code gpg --export-secret-keys} or a variant of it writes. */
  public byte[] exportSecret(Fingerprint key, String passphrase, String... command) {
    List<String> arguments = new ArrayList<>(List.of("--passphrase", passphrase));
    arguments.addAll(command.length == 0 ? List.of("--export-secret-keys") : List.of(command));
    arguments.add(key.hex());
    return run(arguments.toArray(String[]::new)).ok().out();
  }

  public void importKeys(byte[] keys) {
    run(keys, "--import").ok();
  }

  /**
   * A detached signature over the file.
   *
   * @param more options such as {@code --digest-algo}; a {@code !} after the fingerprint given with
   *     {@code -u} takes exactly that key
   */
  public byte[] sign(Path file, String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("--output", "-", "--detach-sign", file.toString()));
    return run(arguments.toArray(String[]::new)).ok().out();
  }

  /** The revocation certificate that gpg made together with the key. */
  public byte[] revocation(Fingerprint key) {
    try {
      String text = Files.readString(home.resolve("openpgp-revocs.d/" + key.hex() + ".rev"));
      return text.replace(":-----BEGIN", "-----BEGIN").getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Revokes the n-th subkey, counted from 1. */
  public void revokeSubkey(Fingerprint key, int subkey) {
    String answers = "key " + subkey + "\nrevkey\ny\n0\n\ny\nsave\n";
    run(
            answers.getBytes(StandardCharsets.UTF_8),
            "--no-batch",
            "--command-fd",
            "0",
            "--edit-key",
            key.hex())
        .ok();
  }

  /** What gpg says of a detached signature, in its status lines. */
  public Programs.Result verify(byte[] signature, byte[] data) {
    try {
      Path file = Files.write(home.resolve("data"), data);
      Path sig = Files.write(home.resolve("data.sig"), signature);
      return run("--status-fd", "1", "--verify", sig.toString(), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Programs.run("gpgconf", "--homedir", home.toString(), "--kill", "all");
    try (Stream<Path> all = Files.walk(home)) {
      all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
