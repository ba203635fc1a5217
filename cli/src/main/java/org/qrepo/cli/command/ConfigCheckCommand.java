package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.Setting;
import picocli.CommandLine;

/** Checks the configuration without using it. */
@CommandLine.Command(
    name = "check",
    description = "Check the configuration: all errors at once, and what it lacks.")
public final class ConfigCheckCommand implements Command {
  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config();
    expectName(session, config);
    expectTarget(session, config);
    Config.Signing signing = config.signing();
    signing.keyFile().ifPresent(f -> expect(session, config, "signing.key-file", List.of(f)));
    signing
        .passphraseFile()
        .ifPresent(f -> expect(session, config, "signing.passphrase-file", List.of(f)));
    expect(session, config, "signing.certificates", signing.certificates());
    expect(session, config, "packages.from", config.packages().from());
    expect(session, config, "packages.templates", config.packages().templates());
    String file = config.file().map(Path::toString).orElse("no configuration file");
    session.console().result(file + ": no errors");
    return Answer.done(json -> json.field("file", config.file().map(Path::toString)));
  }

  private static void expectName(Session session, Config config) {
    if (config.repository().name().isEmpty()) {
      lack(session, "repository.name", "is not set: every publish will need --name");
    }
  }

  private static void expectTarget(Session session, Config config) {
    if (config.targets().isEmpty()) {
      lack(session, "targets", "there are none: every publish will need --to");
    }
    config.targets().values().stream()
        .filter(t -> t.server().isEmpty())
        .forEach(
            t ->
                lack(
                    session,
                    "targets." + t.name() + ".server",
                    "is not set: what clients see cannot be checked"));
  }

  private static void lack(Session session, String subject, String reason) {
    session.console().warning(Finding.of("config-incomplete", subject, reason));
  }

  private static void expect(Session session, Config config, String name, List<Path> paths) {
    String origin =
        config.settings().stream()
            .filter(s -> s.name().equals(name))
            .map(Setting::origin)
            .findFirst()
            .orElse(name);
    for (Path path : paths) {
      if (!Files.isReadable(path)) {
        String why = Files.exists(path) ? "cannot be read" : "is not there";
        session
            .console()
            .warning(Finding.of("config-path", origin, name + ": " + path + " " + why));
      }
    }
  }
}
