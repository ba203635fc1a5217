package org.qrepo.sign.program;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Fingerprint;

/**
 * The signing service of another qube, {@code qubes.GpgBinarySign+FINGERPRINT}, which signs what it
 * reads with exactly that key and does nothing else (source: app-linux-gpg-sign). The hash is gpg's
 * own choice over there; there is no way to ask for a certificate.
 *
 * @param client the file of {@code qrexec-client-vm}
 * @param vault the qube that holds the key
 */
public record QubesGpgSignBackend(Path client, QubeName vault) implements Backend {
  /** The exit status of qrexec when the policy or a person said no. */
  static final int REFUSED = 126;

  /** The exit status of qrexec when the qube offers no such service. */
  private static final int NO_SERVICE = 127;

  private static final String SERVICE = "qubes.GpgBinarySign";

  @Override
  public String name() {
    return "qubes-gpg-sign";
  }

  @Override
  public String holder() {
    return "qubes-gpg-sign in " + vault.words();
  }

  @Override
  public List<String> signing(Request request) {
    return List.of(client.toString(), vault.value(), SERVICE + "+" + request.chosen().hex());
  }

  @Override
  public Optional<List<String>> exporting(Fingerprint key) {
    return Optional.empty();
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  /** What gpg takes for most keys if nobody tells it otherwise. */
  @Override
  public Set<HashAlgorithm> hashes(HashAlgorithm asked) {
    return Set.of(HashAlgorithm.SHA512);
  }

  @Override
  public Optional<Duration> consent() {
    return Optional.empty();
  }

  @Override
  public String whereToLook() {
    return "is there a question in dom0, or in " + vault.words() + "?";
  }

  @Override
  public Optional<Trouble> trouble(int exit, List<String> said) {
    if (exit == REFUSED) {
      return Optional.of(refused(holder(), SERVICE));
    }
    if (exit == NO_SERVICE) {
      return Optional.of(
          Trouble.of(
              "vault-without-service",
              vault.words() + " offers no " + SERVICE,
              "Install qubes-gpg-sign in its template, and restart it."));
    }
    return Optional.empty();
  }

  static Trouble refused(String holder, String service) {
    return Trouble.of(
        "signing-refused",
        holder + " refused",
        "A person or the policy of dom0 said no, nobody answered, or the qube does not run.",
        "Look at /etc/qubes/policy.d in dom0, for " + service + ", and run it again.");
  }

  @Override
  public String remedy(Fingerprint key) {
    return "Try it: echo test | qrexec-client-vm " + vault + " " + SERVICE + "+" + key;
  }
}
