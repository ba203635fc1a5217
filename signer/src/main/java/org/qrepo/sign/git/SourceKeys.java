package org.qrepo.sign.git;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Certification;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.KeyringVerifier;

/**
 * Who may sign a source: the holder of the pinned master key, and whom that key has certified. The
 * certificates themselves may come from anywhere, as they are worth nothing without that.
 */
public final class SourceKeys {
  private final Fingerprint master;
  private final Keyring keyring;
  private final InstantSource clock;

  /**
   * @param master the fingerprint of the primary key that everything hangs on
   * @param keyring all certificates at hand
   */
  public SourceKeys(Fingerprint master, Keyring keyring, InstantSource clock) {
    this.master = master;
    this.keyring = keyring;
    this.clock = clock;
  }

  /** The certificate of the master key, if it is at hand. */
  public Optional<Certificate> master() {
    return keyring.find(master).filter(c -> c.fingerprint().equals(master));
  }

  /** Who may sign now: the master key first. */
  public List<Certificate> allowed() {
    Set<Fingerprint> certified = certified();
    return keyring.certificates().stream()
        .filter(c -> certified.contains(c.fingerprint()))
        .sorted(java.util.Comparator.comparing(c -> !c.fingerprint().equals(master)))
        .toList();
  }

  /** Why nobody can be trusted: the master key is not at hand, or fit for nothing. */
  public List<Finding> findings() {
    Optional<Certificate> certificate = master();
    if (certificate.isEmpty()) {
      return List.of(
          Finding.of(
              "master-key-absent",
              master.grouped(),
              "the certificate of the master key is not at hand",
              "Without it nobody can say whose keys the developers' are.",
              "Name a file that holds it: --keys FILE, or build.keys in qrepo.yml. Where it comes"
                  + " from does not matter: the fingerprint decides."));
    }
    return Certification.fitness(certificate.get(), clock.instant()).map(this::unfit).stream()
        .toList();
  }

  private Finding unfit(Certification certification) {
    String at = certification.since().map(t -> " on " + t).orElse("");
    return switch (certification.standing()) {
      case CERTIFIER_REVOKED ->
          Finding.of(
              "master-key-revoked",
              master.grouped(),
              "the master key was revoked",
              "Nothing that it certified counts any more. Look for the announcement of a new one"
                  + " before you go on.");
      case CERTIFIER_EXPIRED ->
          Finding.of(
              "master-key-expired",
              master.grouped(),
              "the master key expired" + at,
              "If it was extended, a newer certificate says so: --keys FILE.");
      default ->
          Finding.of(
              "master-key-unfit",
              master.grouped(),
              "the master key must not certify others, or is too weak to",
              "If this is an old copy of it, signed with SHA-1, a newer one helps: --keys FILE.",
              "Or pin the key that certifies the developers: build.master-key in qrepo.yml.");
    };
  }

  KeyringVerifier verifier() {
    return new KeyringVerifier(keyring, certified(), clock);
  }

  Optional<Certificate> find(Fingerprint key) {
    return keyring.find(key);
  }

  Instant now() {
    return clock.instant();
  }

  /** What the master key says of a certificate; of its own it needs to say nothing. */
  Certification standing(Certificate certificate) {
    Instant now = clock.instant();
    return master()
        .map(
            m ->
                m.fingerprint().equals(certificate.fingerprint())
                    ? Certification.fitness(m, now)
                        .orElse(
                            new Certification(
                                Certification.Standing.GOOD, Optional.of(m.created())))
                    : Certification.of(certificate, m, now))
        .orElse(new Certification(Certification.Standing.ABSENT, Optional.empty()));
  }

  private Set<Fingerprint> certified() {
    Set<Fingerprint> certified = new HashSet<>();
    keyring.certificates().stream()
        .filter(c -> standing(c).isGood())
        .forEach(c -> certified.add(c.fingerprint()));
    return certified;
  }
}
