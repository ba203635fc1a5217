package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.configure.BuilderConfig;
import org.qrepo.cli.build.configure.ConfigFile;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Writes the builder's configuration. */
@CommandLine.Command(
    name = "configure",
    description = {
      "Write the builder's configuration, builder.conf or builder.yml, from build.* of qrepo.yml.",
      "What somebody else wrote there is shown, asked for, and kept."
    })
public final class BuildConfigureCommand implements Command {
  @Option(names = "--dry-run", description = "Show what would change; change nothing.")
  private boolean dryRun;

  @Option(names = "--force", description = "Do not ask before a file of yours is replaced.")
  private boolean force;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config();
    BuilderTree tree = BuilderTree.of(config.build());
    BuilderConfig wanted = BuilderConfig.of(config, tree);
    ConfigFile file = ConfigFile.at(tree.configFile(), wanted.text());
    if (dryRun) {
      return plan(session.console(), tree, file);
    }
    return switch (file.state()) {
      case SAME -> unchanged(session.console(), tree);
      case ABSENT -> written(session.console(), tree, wanted, file, List.of());
      case SEALED -> {
        List<String> difference = shown(session.console(), tree, file);
        yield written(session.console(), tree, wanted, file, difference);
      }
      case FOREIGN -> {
        List<String> difference = shown(session.console(), tree, file);
        requireYes(session, tree);
        yield written(session.console(), tree, wanted, file, difference);
      }
    };
  }

  private static Answer plan(Console console, BuilderTree tree, ConfigFile file) {
    List<String> difference = file.difference();
    if (difference.isEmpty()) {
      return unchanged(console, tree);
    }
    console.stage(tree.configFile() + " would change");
    difference.forEach(console::result);
    if (file.state() == ConfigFile.State.FOREIGN) {
      console.note("Somebody else wrote it, or changed it: --force would replace it and keep it.");
    }
    return answer(tree, "planned", difference, Optional.empty());
  }

  private static Answer unchanged(Console console, BuilderTree tree) {
    console.stage("Nothing to do: " + tree.configFile() + " says it already");
    console.result(tree.configFile().toString());
    return answer(tree, "unchanged", List.of(), Optional.empty());
  }

  private static List<String> shown(Console console, BuilderTree tree, ConfigFile file) {
    List<String> difference = file.difference();
    console.stage("What changes in " + tree.configFile());
    difference.forEach(console::note);
    return difference;
  }

  private void requireYes(Session session, BuilderTree tree) {
    Path file = tree.configFile();
    if (force || session.terminal().confirms("Replace " + file + " and keep it beside?")) {
      return;
    }
    throw new RefusedException(
        Finding.of(
            "builder-config-edited",
            file.toString(),
            "somebody else wrote it, or changed it",
            "Move what you want to keep to build.* of qrepo.yml.",
            "Replace it with --force: the old one is kept beside it."));
  }

  private static Answer written(
      Console console,
      BuilderTree tree,
      BuilderConfig wanted,
      ConfigFile file,
      List<String> difference)
      throws IOException {
    Optional<Path> kept = file.write();
    console.stage("Wrote " + tree.configFile());
    if (!wanted.example().isEmpty()) {
      console.detail("builds upon " + wanted.example());
    }
    kept.ifPresent(path -> console.detail("the old one is kept in " + path));
    console.result(tree.configFile().toString());
    return answer(tree, "written", difference, kept);
  }

  private static Answer answer(
      BuilderTree tree, String outcome, List<String> difference, Optional<Path> kept) {
    return Answer.done(
        json ->
            json.field("file", tree.configFile().toString())
                .field("kind", tree.kind().word())
                .field("outcome", outcome)
                .strings("difference", difference)
                .field("kept", kept.map(Path::toString)));
  }
}
