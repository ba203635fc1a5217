package org.qrepo.cli.keys;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.SigningBackend;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.program.Backend;
import org.qrepo.sign.program.GpgBackend;
import org.qrepo.sign.program.ProgramFile;
import org.qrepo.sign.program.QubeName;
import org.qrepo.sign.program.QubesGpgSignBackend;
import org.qrepo.sign.program.SplitGpgBackend;

/** Finds the programs that sign where the key is not in a file. */
final class Backends {
  private static final String QREXEC_CLIENT = "/usr/lib/qubes/qrexec-client-vm";

  private final Config.Signing signing;
  private final Map<String, String> environment;

  Backends(Config.Signing signing, Map<String, String> environment) {
    this.signing = signing;
    this.environment = environment;
  }

  /** As the configuration names it. */
  static String word(SigningBackend backend) {
    return backend.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The configured backend.
   *
   * @return empty if the key is in a file
   * @throws SigningException if its program is not there
   */
  Optional<Backend> configured() {
    return switch (signing.backend()) {
      case FILE -> Optional.empty();
      case GPG -> Optional.of(new GpgBackend(program(), signing.programs().gpgHome()));
      case SPLIT_GPG -> Optional.of(new SplitGpgBackend(program(), signing.programs().vault()));
      case QUBES_GPG_SIGN -> Optional.of(new QubesGpgSignBackend(program(), vault()));
    };
  }

  /** That the program of the configured backend is not there; empty if it is, or none is needed. */
  Optional<Finding> missing() {
    return signing.backend() == SigningBackend.FILE || found().isPresent()
        ? Optional.empty()
        : Optional.of(notFound());
  }

  private Path program() {
    return found().orElseThrow(() -> new SigningException(notFound()));
  }

  private Optional<Path> found() {
    return ProgramFile.find(wanted(), environment.getOrDefault("PATH", ""));
  }

  private String wanted() {
    Config.Programs programs = signing.programs();
    return switch (signing.backend()) {
      case FILE -> "";
      case GPG -> programs.gpg();
      case SPLIT_GPG -> programs.splitGpg();
      case QUBES_GPG_SIGN ->
          programs.qrexec().orElse(environment.getOrDefault("QREXEC_CLIENT_PATH", QREXEC_CLIENT));
    };
  }

  /** The qube that the configuration names, or the one that split-gpg's users name. */
  private QubeName vault() {
    return signing.programs().vault().or(this::vaultOfEnvironment).orElse(QubeName.DEFAULT);
  }

  private Optional<QubeName> vaultOfEnvironment() {
    String name = environment.getOrDefault("QUBES_GPG_DOMAIN", "");
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(new QubeName(name));
    } catch (IllegalArgumentException e) {
      throw new SigningException("QUBES_GPG_DOMAIN: " + e.getMessage(), e);
    }
  }

  private Finding notFound() {
    return Finding.of(
        "signing-program-missing",
        wanted(),
        "there is no such program to sign with (signing.backend: " + word(signing.backend()) + ")",
        switch (signing.backend()) {
          case SPLIT_GPG -> "It is part of qubes-gpg-split, and works in a qube of Qubes OS only.";
          case QUBES_GPG_SIGN -> "It works in a qube of Qubes OS only.";
          default -> "Install GnuPG, or say where it is: signing.gpg-program in qrepo.yml.";
        });
  }
}
