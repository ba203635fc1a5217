package org.qrepo.sign;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.openpgp.SecretKeyPacket;

/** Chooses the key of a certificate to sign with, or says why there is none. */
final class KeyChoice {
  private final String file;
  private final Certificate certificate;
  private final Map<Fingerprint, SecretKeyPacket> secrets;

  KeyChoice(String file, Certificate certificate, Map<Fingerprint, SecretKeyPacket> secrets) {
    this.file = file;
    this.certificate = certificate;
    this.secrets = secrets;
  }

  CertifiedKey choose(Optional<Fingerprint> wanted, Instant now) {
    List<Finding> refusals = new ArrayList<>();
    for (CertifiedKey key : candidates(wanted, now)) {
      Optional<Finding> refusal =
          KeyRules.refusal(file, certificate.description(now), key, now, now)
              .or(() -> withoutSecret(key));
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

  private Optional<Finding> withoutSecret(CertifiedKey key) {
    SecretKeyPacket secret = secrets.get(key.fingerprint());
    if (secret != null && SecretKeyFile.hasNumbers(secret)) {
      return Optional.empty();
    }
    boolean card = secret != null && secret.protection() == SecretKeyPacket.Protection.CARD;
    return Optional.of(
        Finding.of(
            "key-secret-missing",
            file,
            "the secret half of key "
                + key.fingerprint()
                + (card ? " is on a smartcard" : " is not in this file"),
            card
                ? "Sign through the local gpg: signing.backend: gpg"
                : "Export it where it is: gpg --export-secret-keys " + key.fingerprint()));
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
