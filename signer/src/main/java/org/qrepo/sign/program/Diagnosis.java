package org.qrepo.sign.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.qrepo.Finding;
import org.qrepo.publish.Fingerprint;

/** Says in words why a program made no signature. Source of the numbers: GnuPG's doc/DETAILS. */
final class Diagnosis {
  private final Backend backend;
  private final Fingerprint key;

  Diagnosis(Backend backend, Fingerprint key) {
    this.backend = backend;
    this.key = key;
  }

  /**
   * Of a program that ended with a failure.
   *
   * @param subject what was to be signed
   */
  Finding failed(String subject, ProgramAnswer answer) {
    Backend.Trouble trouble =
        byStatus(answer.status())
            .or(() -> backend.trouble(answer.exit(), answer.said()))
            .orElseGet(() -> generic(answer));
    return withWords(subject, trouble, answer.said());
  }

  private Optional<Backend.Trouble> byStatus(StatusLines status) {
    Optional<Backend.Trouble> signer = ofSigner(status.invalidSigner());
    return signer.isPresent() ? signer : ofError(status.failure());
  }

  private Optional<Backend.Trouble> ofSigner(OptionalInt reason) {
    if (reason.isEmpty()) {
      return Optional.empty();
    }
    return switch (reason.getAsInt()) {
      case 3 -> trouble("key-not-signing", "key " + key + " is not meant for signing");
      case 4 -> trouble("key-revoked", "key " + key + " was revoked");
      case 5 ->
          trouble(
              "key-expired",
              "key " + key + " has expired",
              "Extend it: gpg --quick-set-expire " + key + " 2y");
      case 13 -> trouble("key-disabled", "key " + key + " is disabled in gpg's keyring");
      default -> missing();
    };
  }

  private Optional<Backend.Trouble> missing() {
    return trouble(
        "key-secret-missing",
        backend.holder() + " has no secret key " + key,
        "gpg --list-secret-keys shows, over there, what it has; for a smartcard: gpg --card-status.");
  }

  private Optional<Backend.Trouble> ofError(OptionalInt code) {
    if (code.isEmpty()) {
      return Optional.empty();
    }
    return switch (code.getAsInt()) {
      case 17, 54 -> missing();
      case 11, 31, 87, 177, 178 ->
          trouble("passphrase-wrong", "the passphrase or PIN was wrong, or not given");
      case 99, 114, 198 ->
          trouble("signing-cancelled", "the question for a passphrase or PIN was cancelled");
      case 62 ->
          trouble("signing-cancelled", "nobody answered the question for a passphrase or PIN");
      case 85, 86, 32870 ->
          trouble(
              "pinentry-missing",
              "gpg could not ask for the passphrase or PIN",
              "Install a pinentry; on a terminal say before: export GPG_TTY=$(tty)");
      case 77, 78 ->
          trouble("agent-missing", "gpg's agent does not answer", "gpgconf --kill gpg-agent");
      case 91, 108, 109, 110, 111, 112, 119, 120, 123 ->
          trouble(
              "card-missing", "the smartcard with the key does not answer", "gpg --card-status");
      case 130 ->
          trouble("card-blocked", "the smartcard's PIN is blocked", "gpg --card-edit, then passwd");
      default -> Optional.empty();
    };
  }

  private Backend.Trouble generic(ProgramAnswer answer) {
    return Backend.Trouble.of(
        "signing-program-failed",
        backend.holder() + " failed with exit code " + answer.exit(),
        backend.remedy(key));
  }

  /** With what the program itself said. */
  Finding withWords(String subject, Backend.Trouble trouble, List<String> said) {
    List<String> details = new ArrayList<>();
    said.forEach(line -> details.add("it says: " + line));
    details.addAll(trouble.details());
    return new Finding(trouble.id(), subject, trouble.reason(), details);
  }

  private static Optional<Backend.Trouble> trouble(String id, String reason, String... details) {
    return Optional.of(Backend.Trouble.of(id, reason, details));
  }
}
