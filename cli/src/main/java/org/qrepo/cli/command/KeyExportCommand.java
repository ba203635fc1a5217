package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.io.AtomicFile;
import org.qrepo.sign.Certificate;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the public certificate of a key. */
@CommandLine.Command(
    name = "export",
    description = "Write the public certificate, as clients need it; never the secret key.")
public final class KeyExportCommand implements Command {
  @Mixin private KeyFileArgument file = new KeyFileArgument();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write to FILE (default: standard output).")
  private @Nullable String out;

  @Override
  public Answer run(Session session) throws IOException {
    Instant now = Instant.now();
    List<Certificate> certificates = file.certificates(session);
    String armored = certificates.stream().map(c -> c.armored(now)).collect(Collectors.joining());
    if (out == null) {
      session.console().document(armored);
    } else {
      AtomicFile.write(
          session.path(out),
          armored.getBytes(StandardCharsets.US_ASCII),
          PosixFilePermissions.fromString("rw-r--r--"));
    }
    return Answer.done(
        json ->
            json.strings(
                    "fingerprints", certificates.stream().map(c -> c.fingerprint().hex()).toList())
                .field("certificate", armored));
  }
}
