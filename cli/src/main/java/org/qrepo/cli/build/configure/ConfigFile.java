package org.qrepo.cli.build.configure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.io.AtomicFile;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.io.Sha256;

/**
 * The configuration file of a builder. What qrepo wrote bears a seal, a digest over the rest of the
 * file, by which it knows whether somebody changed it since.
 */
public final class ConfigFile {
  private static final int MOST_BYTES = 1 << 20;
  private static final int MOST_BACKUPS = 1000;

  private static final String HEAD =
      """
      # Written by "qrepo build configure" from qrepo.yml: change it there, and run that again.
      # What is changed here is found out by this seal, and never overwritten without a question:
      """;

  private static final Pattern SEALED =
      Pattern.compile(Pattern.quote(HEAD) + "# ([0-9a-f]{64})\n\n(.*)", Pattern.DOTALL);

  private final Path file;
  private final String wanted;
  private final Optional<String> present;

  private ConfigFile(Path file, String wanted, Optional<String> present) {
    this.file = file;
    this.wanted = wanted;
    this.present = present;
  }

  /** What writing it would do. */
  public enum State {
    /** There is no such file yet. */
    ABSENT,
    /** It says already what is wanted. */
    SAME,
    /** It is as qrepo wrote it. */
    SEALED,
    /** Somebody else wrote it, or changed it. */
    FOREIGN
  }

  /**
   * Looks at a file.
   *
   * @param body what it is to say
   * @throws RefusedException if there is something else than a text of reasonable length
   */
  public static ConfigFile at(Path file, String body) throws IOException {
    String wanted = HEAD + "# " + digest(body) + "\n\n" + body;
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return new ConfigFile(file, wanted, Optional.empty());
    }
    return new ConfigFile(file, wanted, Optional.of(read(file)));
  }

  private static String read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      // A link that leads nowhere is nobody's configuration, but somebody's link.
      if (Files.isSymbolicLink(file) && !Files.exists(file)) {
        return "";
      }
      throw refusal(file, "is no file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw refusal(file, "is longer than " + MOST_BYTES / 1024 + " KiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static RefusedException refusal(Path file, String reason) {
    return new RefusedException(
        Finding.of(
            "builder-config-odd",
            file.toString(),
            reason + ", so it cannot be a builder's configuration",
            "Move it away."));
  }

  private static String digest(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Sha256.of(HashAlgorithm.SHA256.newDigest().digest(bytes)).hex();
  }

  public State state() {
    if (present.isEmpty()) {
      return State.ABSENT;
    }
    if (present.get().equals(wanted)) {
      return State.SAME;
    }
    Matcher sealed = SEALED.matcher(present.get());
    boolean intact = sealed.matches() && digest(sealed.group(2)).equals(sealed.group(1));
    return intact ? State.SEALED : State.FOREIGN;
  }

  /** What would change, as {@code diff -u} writes it. */
  public List<String> difference() {
    return UnifiedDiff.of(String.valueOf(file.getFileName()), present.orElse(""), wanted);
  }

  /**
   * Writes it.
   *
   * @return where the file is kept that somebody else wrote, if it was one
   */
  public Optional<Path> write() throws IOException {
    Optional<Path> kept = state() == State.FOREIGN ? Optional.of(keep()) : Optional.empty();
    AtomicFile.write(
        file,
        wanted.getBytes(StandardCharsets.UTF_8),
        PosixFilePermissions.fromString("rw-r--r--"));
    return kept;
  }

  /** A link is kept as a link. */
  private Path keep() throws IOException {
    Path backup = free();
    Files.copy(file, backup, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
    return backup;
  }

  private Path free() throws IOException {
    String name = file.getFileName() + ".before-qrepo";
    for (int i = 1; i <= MOST_BACKUPS; i++) {
      Path candidate = file.resolveSibling(i == 1 ? name : name + "-" + i);
      if (!Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)) {
        return candidate;
      }
    }
    throw new IOException(file + ": there are " + MOST_BACKUPS + " old files beside it");
  }
}
