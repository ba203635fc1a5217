package org.qrepo.cli.repository;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;

/** {@code --trust}: a fingerprint, or a file whose certificates are all trusted. */
public final class TrustFlag {
  private TrustFlag() {}

  /** What the words of {@code --trust} set in the configuration, besides what it has. */
  public static List<ConfigLoader.Flag> of(
      Session session, List<String> words, Config.Signing signing) {
    if (words.isEmpty()) {
      return List.of();
    }
    Set<String> fingerprints = new TreeSet<>();
    signing.trusted().forEach(f -> fingerprints.add(f.hex()));
    List<String> files = new ArrayList<>();
    signing.certificates().forEach(f -> files.add(f.toString()));
    for (String word : words) {
      if (RepositoryFlags.isFingerprint(word)) {
        fingerprints.add(word);
      } else {
        files.add(word);
        certificates(session, word).forEach(c -> fingerprints.add(c.fingerprint().hex()));
      }
    }
    return List.of(
        new ConfigLoader.Flag("--trust", "signing.trusted", List.copyOf(fingerprints)),
        new ConfigLoader.Flag("--trust", "signing.certificates", files));
  }

  private static List<Certificate> certificates(Session session, String word) {
    Path file = session.path(word);
    if (!Files.isRegularFile(file)) {
      throw new UsageException(
          "--trust " + word + ": no such file",
          "Give a file with public keys, or a fingerprint of 40 hex digits (a key id is not enough).");
    }
    try {
      return Keyring.read(file).certificates();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
