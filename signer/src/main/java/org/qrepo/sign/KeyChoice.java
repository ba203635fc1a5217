package org.qrepo.sign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;

/** Chooses the key of a certificate to sign with, or says why there is none. */
final class KeyChoice {
  private final String subject;
  private final Certificate certificate;
  private final Function<CertifiedKey, Optional<Finding>> obstacle;

  /**
   * @param subject what findings are about: the key file, or who holds the key
   * @param obstacle why a key that may sign cannot do it here
   */
  KeyChoice(
      String subject, Certificate certificate, Function<CertifiedKey, Optional<Finding>> obstacle) {
    this.subject = subject;
    this.certificate = certificate;
    this.obstacle = obstacle;
  }

  CertifiedKey choose(Optional<Fingerprint> wanted, Instant now) {
    List<Finding> refusals = new ArrayList<>();
    for (CertifiedKey key : candidates(wanted, now)) {
      Optional<Finding> refusal =
          KeyRules.refusal(subject, certificate.description(now), key, now, now)
              .or(() -> obstacle.apply(key));
      if (refusal.isEmpty()) {
        return key;
      }
      refusals.add(refusal.get());
    }
    throw new SigningException(together(refusals));
  }

  /** Signing subkeys, the newest first, then the primary key, then what is not meant to sign. */
  private List<CertifiedKey> candidates(Optional<Fingerprint> wanted, Instant now) {
    boolean all = wanted.isEmpty() || wanted.get().equals(certificate.fingerprint());
    return certificate.keys(now).stream()
        .filter(k -> all || k.fingerprint().equals(wanted.get()))
        .sorted(
            Comparator.comparing((CertifiedKey k) -> !k.signs())
                .thenComparing(CertifiedKey::primary)
                .thenComparing(CertifiedKey::created, Comparator.reverseOrder()))
        .toList();
  }

  private static Finding together(List<Finding> refusals) {
    Finding first = refusals.get(0);
    List<String> details = new ArrayList<>(first.details());
    refusals.stream()
        .skip(1)
        .filter(f -> !f.id().equals("key-not-signing") && !f.id().equals("key-unsupported"))
        .forEach(f -> details.add("Nor does another key of it serve: " + f.reason()));
    return new Finding(first.id(), first.subject(), first.reason(), details);
  }
}
