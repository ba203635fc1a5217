package org.qrepo.sign;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.openpgp.PacketException;
import org.qrepo.sign.openpgp.PrivateKey;
import org.qrepo.sign.openpgp.SecretKeyPacket;
import org.qrepo.sign.openpgp.SecretKeyPacket.Protection;

/** Unlocks a secret key; the passphrase lives no longer than that. */
final class Unlocking {
  private final String file;
  private final Passphrase passphrase;

  Unlocking(String file, Passphrase passphrase) {
    this.file = file;
    this.passphrase = passphrase;
  }

  PrivateKey unlock(SecretKeyPacket secret, Certificate certificate, Instant now) {
    if (secret.protection() == Protection.EXCESSIVE) {
      throw refused("key-protection", "its protection asks for more memory or time than is fair");
    }
    char[] secretText = new char[0];
    try {
      if (secret.protection() == Protection.PASSPHRASE) {
        secretText =
            passphrase.ask(
                secret.publicHalf().key().name() + " key " + certificate.description(now));
      }
      Optional<PrivateKey> key = secret.unlock(secretText);
      return key.orElseThrow(() -> locked(secret));
    } catch (PacketException e) {
      throw refused("key-unsupported", e.reason());
    } finally {
      Arrays.fill(secretText, '\0');
    }
  }

  private SigningException locked(SecretKeyPacket secret) {
    return secret.protection() == Protection.PASSPHRASE
        ? refused(
            "passphrase-wrong",
            "the passphrase does not unlock key " + secret.publicHalf().fingerprint(),
            "Or the file is damaged: gpg --list-packets shows whether it is whole.")
        : refused(
            "key-file-unreadable",
            "the secret half of key " + secret.publicHalf().fingerprint() + " is damaged",
            "Export the key again.");
  }

  private SigningException refused(String id, String reason, String... details) {
    return new SigningException(Finding.of(id, file, reason, details));
  }
}
