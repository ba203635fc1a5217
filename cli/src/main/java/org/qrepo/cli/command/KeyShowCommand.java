package org.qrepo.cli.command;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.keys.CertificateHealth;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.CertifiedKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Shows keys and certificates. */
@CommandLine.Command(
    name = "show",
    description = "Show a key: fingerprint, owner, algorithm, dates; warns of its end.")
public final class KeyShowCommand implements Command {
  @Mixin private KeyFileArgument file = new KeyFileArgument();

  @Override
  public Answer run(Session session) throws IOException {
    Instant now = Instant.now();
    List<Certificate> certificates = file.certificates(session);
    for (Certificate certificate : certificates) {
      show(session.console(), certificate, now);
      warning(certificate, now).ifPresent(session.console()::warning);
    }
    return Answer.done(
        json ->
            json.objects(
                "certificates",
                certificates,
                (object, c) ->
                    object
                        .field("fingerprint", c.fingerprint().hex())
                        .strings("userIds", c.userIds(now))
                        .field("algorithm", c.algorithm())
                        .field("created", c.created().toString())
                        .field("expires", c.expires(now).map(Instant::toString))
                        .field("revoked", c.revoked())
                        .strings(
                            "signsWith",
                            c.signingKeys(now).stream().map(k -> k.fingerprint().hex()).toList())));
  }

  private static void show(Console console, Certificate certificate, Instant now) {
    console.result("fingerprint  " + certificate.fingerprint().grouped());
    certificate.userIds(now).forEach(id -> console.result("user id      " + id));
    console.result("algorithm    " + certificate.algorithm());
    console.result("created      " + day(certificate.created()));
    console.result(
        "expires      " + certificate.expires(now).map(KeyShowCommand::day).orElse("never"));
    if (certificate.revoked()) {
      console.result("revoked      yes");
    }
    for (CertifiedKey key : certificate.signingKeys(now)) {
      console.result(
          "signs with   "
              + key.fingerprint().grouped()
              + (key.primary() ? "" : " (subkey, " + key.algorithm() + ")"));
    }
  }

  private static String day(Instant instant) {
    return LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
  }

  private static Optional<Finding> warning(Certificate certificate, Instant now) {
    return CertificateHealth.refusal(certificate, now)
        .or(() -> CertificateHealth.expiry(certificate, now));
  }
}
