package org.qrepo.cli.build.qube;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.cli.doctor.Result;

/** Looks at the way to other qubes, without going it: nobody is asked anything. */
final class QrexecLook {
  private static final String CLIENT = "qrexec-client-vm";
  private static final String AGENT = "/run/qubes/qrexec-agent";
  private static final String WRAPPER = "qubes-gpg-client-wrapper";
  private static final String DOMAIN = "/rw/config/gpg-split-domain";

  private QrexecLook() {}

  static List<Result> results(QubeSystem system, Config.Signing signing) {
    List<Result> results = new ArrayList<>();
    if (system.program(CLIENT).isEmpty()) {
      results.add(
          Result.error(
              "qrexec",
              CLIENT,
              "is not installed: other qubes cannot be reached",
              "It is in the package qubes-core-qrexec (Arch: qubes-vm-qrexec) of the template."));
    } else if (!system.has(AGENT)) {
      results.add(
          Result.error(
              "qrexec",
              AGENT,
              "is not there: the agent does not run, and other qubes cannot be reached",
              "sudo systemctl restart qubes-qrexec-agent"));
    } else {
      results.add(Result.ok("qrexec", CLIENT, "is there, and its agent runs"));
    }
    splitGpg(system, signing).ifPresent(results::add);
    return List.copyOf(results);
  }

  private static Optional<Result> splitGpg(QubeSystem system, Config.Signing signing) {
    boolean wanted = signing.backend() == SigningBackend.SPLIT_GPG;
    if (system.program(WRAPPER).isEmpty()) {
      return wanted
          ? Optional.of(
              Result.error(
                  "split-gpg",
                  WRAPPER,
                  "is not installed, and signing.backend is split-gpg",
                  "It is in the package qubes-gpg-split of the template."))
          : Optional.empty();
    }
    Optional<String> vault =
        signing
            .programs()
            .vault()
            .map(Object::toString)
            .or(() -> system.text(DOMAIN).map(String::strip).filter(text -> !text.isEmpty()))
            .or(() -> Optional.ofNullable(system.environment().get("QUBES_GPG_DOMAIN")));
    return Optional.of(
        vault
            .map(name -> Result.ok("split-gpg", WRAPPER, "asks the qube " + name))
            .orElseGet(
                () ->
                    Result.warning(
                        "split-gpg",
                        WRAPPER,
                        "is there, but no qube is named that holds the keys",
                        "echo VAULT | sudo tee " + DOMAIN,
                        "Or signing.vault in qrepo.yml; qrepo doctor tries whether it signs.")));
  }
}
