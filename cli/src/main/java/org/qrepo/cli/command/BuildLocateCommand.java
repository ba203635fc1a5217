package org.qrepo.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.locate.BuilderSearch;
import org.qrepo.cli.build.locate.LeftOut;
import org.qrepo.cli.build.locate.Located;
import org.qrepo.cli.build.locate.LocatedPackage;
import org.qrepo.cli.config.ComponentName;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonObject;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Shows what a builder made. */
@CommandLine.Command(
    name = "locate",
    description = {
      "Show what the builder made last of each package and template, with its file, as"
          + " publish --from-builder publishes it.",
      "What is missing or old is named."
    })
public final class BuildLocateCommand implements Command {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "DIR",
      description = "The builder's directory (default: build.builder).")
  private @Nullable String directory;

  @Override
  public Answer run(Session session) throws IOException {
    Config.Build build = session.config().build();
    BuilderTree tree =
        directory == null ? BuilderTree.of(build) : BuilderTree.of(session.path(directory), build);
    Console console = session.console();
    Located located = BuilderSearch.in(tree, build, console);
    say(console, located);
    return new Answer(
        located.problems().isEmpty() ? ExitCode.DONE : ExitCode.REFUSED,
        json ->
            json.field("builder", tree.directory().toString())
                .field("kind", tree.kind().word())
                .objects("packages", located.packages(), BuildLocateCommand::write)
                .objects(
                    "templates",
                    located.templates(),
                    (object, one) ->
                        object
                            .field("name", one.name())
                            .field("version", one.version().toString())
                            .field("file", one.path().toString()))
                .objects("left-out", located.leftOut(), BuildLocateCommand::write));
  }

  private static void write(JsonObject object, LocatedPackage one) throws IOException {
    object
        .field("name", one.name().value())
        .field("version", one.version().value())
        .field("component", one.component().map(ComponentName::value))
        .field("last-build", one.last())
        .field("sha256", one.sha256().hex())
        .field("file", one.path().toString());
  }

  private static void write(JsonObject object, LeftOut one) throws IOException {
    object
        .field("what", one.what())
        .field("reason", one.reason())
        .field("file", one.path().toString());
  }

  private static void say(Console console, Located located) {
    for (LocatedPackage one : located.packages()) {
      console.result(one + "  " + located.shown(one.path()));
    }
    located.templates().forEach(one -> console.result(one + "  " + located.shown(one.path())));
    if (located.packages().isEmpty() && located.templates().isEmpty()) {
      console.stage("Nothing was built in " + located.tree().artifacts());
    }
    sayLeftOut(console, located);
    located.warnings().forEach(console::warning);
    if (!located.problems().isEmpty()) {
      console.failure(new Failure(ExitCode.REFUSED, located.problems(), List.of()));
    }
  }

  /** What lies there besides. */
  static void sayLeftOut(Console console, Located located) {
    List<LeftOut> all = located.leftOut();
    if (all.isEmpty()) {
      return;
    }
    console.stage(
        String.format(
            Locale.ROOT,
            "%d %s left out",
            all.size(),
            all.size() == 1 ? "older or other file is" : "older or other files are"));
    for (LeftOut one : all) {
      console.detail(one.what() + ": " + one.reason() + " (" + located.shown(one.path()) + ")");
    }
  }
}
