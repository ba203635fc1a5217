package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigReview;
import org.qrepo.cli.keys.BackendReview;
import picocli.CommandLine;

/** Checks the configuration without using it. */
@CommandLine.Command(
    name = "check",
    description = "Check the configuration: all errors at once, and what it lacks.")
public final class ConfigCheckCommand implements Command {
  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config();
    ConfigReview.of(config).forEach(session.console()::warning);
    BackendReview review = new BackendReview(config.signing(), session.environment());
    review.findings().forEach(session.console()::warning);
    review.missingProgram().ifPresent(session.console()::warning);
    String file = config.file().map(Path::toString).orElse("no configuration file");
    session.console().result(file + ": no errors");
    return Answer.done(json -> json.field("file", config.file().map(Path::toString)));
  }
}
