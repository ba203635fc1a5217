package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.keys.KeyFiles;
import org.qrepo.sign.NewKey;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a signing key. */
@CommandLine.Command(
    name = "generate",
    description = "Make a signing key, its certificate and its revocation certificate.")
public final class KeyGenerateCommand implements Command {
  @Parameters(index = "0", paramLabel = "'NAME <MAIL>'", description = "Whose key it is.")
  private String owner;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the files go (default: ${DEFAULT-VALUE}).")
  private String out = "keys";

  @Mixin private NewKeyOptions options = new NewKeyOptions();

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws IOException {
    NewKey key = options.generate(session, session.config(), owner);
    Path directory = session.path(out);
    KeyFiles files = KeyFiles.write(key, directory);
    files.announce(session.console(), options.isProtected());
    session.console().note("To use it: signing.key-file: " + files.secret());
    session.console().result(files.fingerprint().hex());
    return Answer.done(
        json ->
            json.field("fingerprint", files.fingerprint().hex())
                .field("secretKey", files.secret().toString())
                .field("certificate", files.certificate().toString())
                .field("revocation", files.revocation().toString()));
  }
}
