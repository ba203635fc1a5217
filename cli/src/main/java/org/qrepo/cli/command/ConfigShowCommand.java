package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Setting;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Shows the effective configuration. */
@CommandLine.Command(
    name = "show",
    description =
        "Show the effective values: flags before environment before file before defaults.")
public final class ConfigShowCommand implements Command {
  @Option(names = "--origin", description = "Say where each value comes from.")
  private boolean origin;

  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config();
    String width = String.valueOf(width(config));
    for (Setting setting : config.settings()) {
      String value = setting.name() + " = " + String.join(", ", setting.values());
      session
          .console()
          .result(origin ? String.format("%-" + width + "s  %s", value, setting.origin()) : value);
    }
    return Answer.done(
        json ->
            json.field("file", config.file().map(Path::toString))
                .objects(
                    "settings",
                    config.settings(),
                    (object, setting) ->
                        object
                            .field("name", setting.name())
                            .strings("values", setting.values())
                            .field("origin", setting.origin())));
  }

  private static int width(Config config) {
    return config.settings().stream()
        .mapToInt(s -> s.name().length() + 3 + String.join(", ", s.values()).length())
        .filter(length -> length <= 80)
        .max()
        .orElse(1);
  }
}
