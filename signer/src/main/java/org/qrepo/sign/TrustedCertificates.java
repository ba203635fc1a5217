package org.qrepo.sign;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.publish.Fingerprint;

/**
 * Certificates that someone relies on, read from a file, from a directory of files, or from
 * pacman's keyrings. Such a keyring is {@code NAME.gpg} with {@code NAME-trusted} beside it, whose
 * lines begin with the fingerprints that count, each followed by {@code :4:} or another level of
 * trust, and {@code NAME-revoked}, whose lines are the fingerprints that count no more; {@code
 * pacman-key --populate} signs the first and disables the others. In a file without a {@code
 * -trusted} beside it every certificate counts.
 *
 * @param certificates all that were read, also those that do not count
 * @param trusted whose signatures count
 * @param revoked whose signatures do not count, trusted or not
 */
public record TrustedCertificates(
    Keyring certificates, Set<Fingerprint> trusted, Set<Fingerprint> revoked) {
  /** The most that is read of a {@code -trusted} or {@code -revoked} file, in bytes. */
  static final int MAX_LIST = 1 << 20;

  private static final Pattern CERTIFICATES = Pattern.compile("[^.].*\\.(asc|gpg|pgp|pub|key)");
  private static final String KEYRING = ".gpg";

  public TrustedCertificates {
    trusted = Set.copyOf(trusted);
    revoked = Set.copyOf(revoked);
  }

  /**
   * Reads a file of certificates, or all of those in a directory, whose names end in {@code .asc},
   * {@code .gpg}, {@code .pgp}, {@code .pub} or {@code .key}. Empty files in a directory are passed
   * over: there are keyring packages that have them.
   *
   * @throws RefusedException if a file holds no certificate, a list something else than full
   *     fingerprints, or a directory no file of certificates
   */
  public static TrustedCertificates read(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return readFile(path);
    }
    List<Path> files = filesIn(path);
    if (files.isEmpty()) {
      throw new RefusedException(
          Finding.of(
              "keyring-empty",
              path.toString(),
              "no file of certificates is in this directory",
              "Files are looked for that end in .asc, .gpg, .pgp, .pub or .key and hold a key."));
    }
    TrustedCertificates all = readFile(files.get(0));
    for (Path file : files.subList(1, files.size())) {
      all = all.with(readFile(file));
    }
    return all;
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.sorted().toList()) {
        boolean named = CERTIFICATES.matcher(String.valueOf(file.getFileName())).matches();
        if (named && Files.isRegularFile(file) && Files.size(file) > 0) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static TrustedCertificates readFile(Path file) throws IOException {
    Keyring certificates = Keyring.read(file);
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(KEYRING)) {
      String keyring = name.substring(0, name.length() - KEYRING.length());
      Path trusted = file.resolveSibling(keyring + "-trusted");
      Path revoked = file.resolveSibling(keyring + "-revoked");
      Set<Fingerprint> withdrawn = Files.exists(revoked) ? list(revoked) : Set.of();
      return new TrustedCertificates(
          certificates, Files.exists(trusted) ? list(trusted) : all(certificates), withdrawn);
    }
    return new TrustedCertificates(certificates, all(certificates), Set.of());
  }

  private static Set<Fingerprint> all(Keyring certificates) {
    Set<Fingerprint> all = new LinkedHashSet<>();
    certificates.certificates().forEach(c -> all.add(c.fingerprint()));
    return all;
  }

  private static Set<Fingerprint> list(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_LIST + 1);
    }
    if (bytes.length > MAX_LIST) {
      throw refused(file.toString(), "is larger than " + MAX_LIST + " bytes");
    }
    Set<Fingerprint> listed = new LinkedHashSet<>();
    int number = 0;
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).lines().toList()) {
      number++;
      String fingerprint = line.split(":", 2)[0].strip();
      if (!fingerprint.isEmpty() && !fingerprint.startsWith("#")) {
        listed.add(fingerprint(file + ":" + number, fingerprint));
      }
    }
    return listed;
  }

  private static Fingerprint fingerprint(String subject, String text) {
    try {
      return Fingerprint.parse(text);
    } catch (IllegalArgumentException e) {
      throw refused(subject, "this line does not begin with a full fingerprint");
    }
  }

  private static RefusedException refused(String subject, String reason) {
    return new RefusedException(
        Finding.of(
            "keyring-list-unreadable",
            subject,
            reason,
            "A line has 40 hex digits; key ids, which can be forged, are not accepted."));
  }

  /** These and others. */
  public TrustedCertificates with(TrustedCertificates other) {
    Set<Fingerprint> counting = new LinkedHashSet<>(trusted);
    counting.addAll(other.trusted);
    Set<Fingerprint> withdrawn = new LinkedHashSet<>(revoked);
    withdrawn.addAll(other.revoked);
    return new TrustedCertificates(certificates.with(other.certificates), counting, withdrawn);
  }
}
