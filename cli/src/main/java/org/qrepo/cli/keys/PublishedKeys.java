package org.qrepo.cli.keys;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CrossSignature;
import org.qrepo.sign.Keyring;

/**
 * What clients are told of the keys of a repository.
 *
 * @param current whose signatures are accepted
 * @param previous those of them that certified another one as their successor: they are to go
 * @param next that will sign, and are trusted ahead
 * @param revoked whose signatures are refused; without those whose certificates are not at hand
 */
public record PublishedKeys(
    List<Certificate> current,
    List<Certificate> previous,
    List<Certificate> next,
    List<Certificate> revoked) {
  public PublishedKeys {
    current = List.copyOf(current);
    previous = List.copyOf(previous);
    next = List.copyOf(next);
    revoked = List.copyOf(revoked);
  }

  /**
   * Sorts the keys of a configuration.
   *
   * @throws org.qrepo.RefusedException if a file of certificates is none
   */
  public static PublishedKeys of(Config config, TrustedKeys trusted) throws IOException {
    List<Path> files = new ArrayList<>(config.signing().certificates());
    files.addAll(config.keyring().keys());
    config.keyring().next().ifPresent(files::add);
    Keyring atHand = Keyring.of(trusted.certificates());
    for (Path file : files) {
      atHand = atHand.with(Keyring.read(file));
    }
    Keyring all = atHand;
    List<Fingerprint> gone = config.keyring().revoked();
    List<Certificate> accepted =
        trusted.certificates().stream()
            .flatMap(c -> all.find(c.fingerprint()).stream())
            .filter(c -> !gone.contains(c.fingerprint()))
            .distinct()
            .sorted(Comparator.comparing(Certificate::created))
            .toList();
    List<Certificate> next =
        config.keyring().next().isPresent()
            ? Keyring.read(config.keyring().next().get()).certificates().stream()
                .filter(c -> accepted.stream().noneMatch(a -> same(a, c)))
                .toList()
            : List.of();
    return new PublishedKeys(
        accepted.stream().filter(c -> !c.revoked()).toList(),
        accepted.stream()
            .filter(c -> !c.revoked() && accepted.stream().anyMatch(o -> isBefore(c, o)))
            .toList(),
        next,
        Stream.concat(
                gone.stream().flatMap(f -> all.find(f).stream()),
                accepted.stream().filter(Certificate::revoked))
            .distinct()
            .toList());
  }

  private static boolean same(Certificate one, Certificate other) {
    return one.fingerprint().equals(other.fingerprint());
  }

  private static boolean isBefore(Certificate one, Certificate other) {
    return !same(one, other) && CrossSignature.isEndorsed(other, one);
  }

  /** Those that a client trusts who starts now, or has missed a change. */
  public List<Fingerprint> lasting() {
    return current.stream()
        .filter(c -> previous.stream().noneMatch(p -> same(p, c)))
        .map(Certificate::fingerprint)
        .toList();
  }

  /** Whether there was a change of keys that a client can have missed. */
  public boolean changed() {
    return !previous.isEmpty() || !revoked.isEmpty();
  }

  /** All certificates, each once. */
  public List<Certificate> all() {
    return Stream.of(current, next, revoked).flatMap(List::stream).distinct().toList();
  }

  /** A certificate among all of them. */
  public Optional<Certificate> find(Fingerprint fingerprint) {
    return all().stream().filter(c -> c.fingerprint().equals(fingerprint)).findFirst();
  }
}
