package org.qrepo.cli.rotation;

import java.nio.file.Path;
import java.util.List;
import org.qrepo.cli.config.Config;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.Certificate;

/** The first step of a change of keys. */
public final class Beginning {
  private Beginning() {}

  /**
   * What to do with the certificate of the next key.
   *
   * @param known whether qrepo.yml names it already
   */
  public static Advice advice(Config config, Path certificate, boolean known) {
    List<String> publish =
        config.targets().keySet().stream()
            .map(t -> "qrepo publish --with-keyring --to " + t)
            .toList();
    return known
        ? new Advice(
            "qrepo.yml names the next key already",
            List.of("If you have not done so, publish the keyring package with it:"),
            List.of(),
            publish)
        : new Advice(
            "Next: give it to clients, long before it signs",
            List.of("Put these lines into qrepo.yml, then publish the keyring package with it:"),
            new Advice.Lines(config).next(certificate),
            publish);
  }

  /** What makes a key with gpg, certified by the one that signs now, and exports it. */
  public static List<String> withGpg(Config config, Certificate own, String owner) {
    Fingerprint old = own.fingerprint();
    String gpg = config.signing().programs().gpgHome().map(h -> "gpg --homedir " + h).orElse("gpg");
    String quoted = "'" + owner.replace("'", "'\\''") + "'";
    return List.of(
        "new=$("
            + gpg
            + " --yes --status-fd 1 --quick-generate-key "
            + quoted
            + " ed25519 sign never | awk '$2 == \"KEY_CREATED\" { print $4 }')",
        gpg + " --local-user " + old + " --quick-sign-key \"$new\"",
        gpg + " --armor --export \"$new\" > next.asc");
  }
}
