package org.qrepo.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.cli.keys.OwnCertificate;
import org.qrepo.cli.keys.SigningKeys;
import org.qrepo.publish.Signable;
import org.qrepo.publish.Signer;
import org.qrepo.publish.SigningException;

/**
 * Tries whether a key that is not in a file signs: that is the only way to see that its program,
 * its qube, and every policy between here and there let it. What is signed is a text without
 * meaning.
 */
final class BackendLook {
  private static final String TRIAL =
      "qrepo doctor tries whether this key signs. It means nothing.\n";

  private final Session session;
  private final Config config;
  private boolean certificateFails;

  BackendLook(Session session, Config config) {
    this.session = session;
    this.config = config;
  }

  /** Whether the certificate of the key could not be had, so that nothing can be verified. */
  boolean certificateFails() {
    return certificateFails;
  }

  List<Result> results() throws IOException {
    if (config.signing().backend() == SigningBackend.FILE || config.signing().key().isEmpty()) {
      return List.of();
    }
    certificateFails = true;
    try {
      new OwnCertificate(session, config).get();
      certificateFails = false;
      return List.of(trial());
    } catch (SigningException e) {
      Finding plain =
          Finding.of("signing-failed", "signing.backend", String.valueOf(e.getMessage()));
      return List.of(Result.error(e.finding().orElse(plain)));
    }
  }

  private Result trial() throws IOException {
    try (Signer signer = new SigningKeys(session, config, Optional.empty()).open()) {
      signer.sign(Signable.of("a trial text", TRIAL.getBytes(StandardCharsets.UTF_8)));
      return Result.ok("signing", signer.description(), "signed a trial text, and it verifies");
    }
  }
}
