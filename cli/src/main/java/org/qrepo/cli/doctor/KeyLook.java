package org.qrepo.cli.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.cli.keys.CertificateHealth;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.SecretKeyFile;

/** Looks at the signing key's file and at every certificate whose signatures count. */
final class KeyLook {
  private final Config config;
  private final Instant now;

  KeyLook(Config config, Instant now) {
    this.config = config;
    this.now = now;
  }

  /** The files of secrets. */
  List<Result> files() throws IOException {
    List<Result> results = new ArrayList<>();
    Config.Signing signing = config.signing();
    if (signing.keyFile().isPresent()) {
      results.addAll(keyFile(signing.keyFile().get()));
    } else if (signing.backend() == SigningBackend.FILE) {
      results.add(
          Result.warning(
              "key-missing",
              "signing.key-file",
              "no key is configured: this machine can look, and not publish",
              "Name one: signing.key-file in qrepo.yml, or QREPO_SIGNING_KEY_FILE."));
    }
    if (signing.passphraseFile().isPresent()) {
      results.addAll(passphraseFile(signing.passphraseFile().get()));
    }
    return results;
  }

  /** The certificates whose signatures count. */
  List<Result> certificates(TrustedKeys trusted) {
    List<Result> results = new ArrayList<>();
    trusted.warnings().forEach(w -> results.add(Result.error(w)));
    trusted.certificates().forEach(c -> results.add(certificate(c)));
    if (trusted.allowed().isEmpty()) {
      results.add(
          Result.error(
              "trust-missing",
              "signing.trusted",
              "nobody's signatures are trusted, so nothing can be verified",
              "Name a key: signing.key, signing.key-file or signing.trusted."));
    }
    return results;
  }

  private static List<Result> keyFile(Path file) {
    try {
      List<Finding> warnings = SecretKeyFile.read(file).warnings();
      return Result.orOk(
          warnings.stream().map(Result::error).toList(),
          Result.ok("key-file", file.toString(), "holds a secret key, for its owner alone"));
    } catch (SigningException e) {
      Finding unreadable =
          Finding.of("key-file-unreadable", file.toString(), String.valueOf(e.getMessage()));
      return List.of(Result.error(e.finding().orElse(unreadable)));
    }
  }

  private static List<Result> passphraseFile(Path file) throws IOException {
    String name = file.toString();
    if (!Files.isReadable(file)) {
      return List.of(
          Result.error("passphrase-file-missing", name, "the passphrase file cannot be read"));
    }
    boolean open = Files.getPosixFilePermissions(file).stream().anyMatch(Modes.OF_OTHERS::contains);
    return List.of(
        open
            ? Result.error(
                "passphrase-file-open",
                name,
                "other users can read or write this passphrase",
                "Close it: chmod 600 " + name)
            : Result.ok("passphrase-file", name, "readable by its owner alone"));
  }

  private Result certificate(Certificate certificate) {
    return CertificateHealth.refusal(certificate, now)
        .map(Result::error)
        .or(() -> CertificateHealth.expiry(certificate, now).map(Result::warning))
        .orElseGet(() -> healthy(certificate));
  }

  private Result healthy(Certificate certificate) {
    String end =
        certificate.expires(now).map(e -> "signs until " + e).orElse("signs, and never expires");
    Set<String> ids = Set.copyOf(certificate.userIds(now));
    String owner = ids.isEmpty() ? "" : " (" + String.join(", ", ids) + ")";
    return Result.ok("key", certificate.fingerprint().grouped() + owner, end);
  }
}
