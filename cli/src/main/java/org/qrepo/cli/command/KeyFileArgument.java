package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.keys.OwnCertificate;
import org.qrepo.publish.SigningException;
import org.qrepo.sign.Certificate;
import org.qrepo.sign.Keyring;
import org.qrepo.sign.SecretKeyFile;
import picocli.CommandLine.Parameters;

/** Whose certificates a command is about: those of a file, or the configured ones. */
final class KeyFileArgument {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "A key or certificate file (default: the configured key).")
  private @Nullable String file;

  /**
   * The certificates; warnings about the file are said. That of a key which is not in a file is
   * fetched anew from where the key is.
   *
   * @throws UsageException if there is no such file, or none is configured
   * @throws SigningException if the program that holds the key cannot give its certificate
   */
  List<Certificate> certificates(Session session) throws IOException {
    OwnCertificate own = new OwnCertificate(session, session.config());
    if (file == null && own.isElsewhere()) {
      return List.of(own.fresh());
    }
    Path path = file == null ? configured(session.config()) : session.path(file);
    if (!Files.isRegularFile(path)) {
      throw new UsageException(path + ": no such file");
    }
    warnings(path).forEach(session.console()::warning);
    return Keyring.read(path).certificates();
  }

  private static Path configured(Config config) {
    return config
        .signing()
        .keyFile()
        .orElseThrow(
            () ->
                new UsageException(
                    "no key is configured",
                    "Name a file, or set signing.key-file in qrepo.yml.",
                    "Make a key: qrepo key generate 'Name <mail@example.org>'"));
  }

  private static List<Finding> warnings(Path path) {
    try {
      return SecretKeyFile.read(path).warnings();
    } catch (SigningException e) {
      return List.of();
    }
  }
}
