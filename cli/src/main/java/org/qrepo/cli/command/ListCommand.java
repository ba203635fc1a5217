package org.qrepo.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Events;
import org.qrepo.publish.Generation;
import org.qrepo.repodata.RpmEntry;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** Shows what a repository holds. */
@CommandLine.Command(
    name = "list",
    description = "List the packages and templates that are published.")
public final class ListCommand implements Command {
  @Mixin private TargetArgument target = new TargetArgument();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws Exception {
    try (OpenTarget open = Targets.of(session, flags, target.given()).only()) {
      Optional<Generation> live = open.history().live();
      if (live.isEmpty()) {
        session.console().stage("Nothing is published at " + open.location());
      }
      List<DatabaseEntry> entries =
          live.map(g -> List.copyOf(g.database().entries())).orElse(List.of());
      for (DatabaseEntry entry : entries) {
        session.console().result(entry.name() + " " + entry.version());
      }
      Optional<List<RpmEntry>> templates = templates(open);
      templates.ifPresent(list -> TemplateWords.list(session.console(), list));
      return Answer.done(
          json -> {
            json.field("repository", open.spec().name().value())
                .field("location", open.location())
                .field("generation", live.map(g -> g.id().value()))
                .field("seq", live.map(Generation::sequence).orElse(0L));
            json.objects("packages", entries, ListCommand::write);
            if (templates.isPresent()) {
              TemplateWords.list(json, templates.get());
            }
          });
    }
  }

  /** Empty if the target has no place for them. */
  private static Optional<List<RpmEntry>> templates(OpenTarget target) throws IOException {
    Optional<OpenTemplates> place = target.templates();
    if (place.isEmpty()) {
      return Optional.empty();
    }
    try (OpenTemplates templates = place.get()) {
      return Optional.of(
          templates
              .history(Events.NONE)
              .live()
              .map(live -> live.packages().entries())
              .orElse(List.of()));
    }
  }

  private static void write(org.qrepo.cli.console.JsonObject json, DatabaseEntry entry)
      throws IOException {
    json.field("name", entry.name().value())
        .field("version", entry.version().value())
        .field("file", entry.fileName())
        .field("size", entry.compressedSize())
        .field("sha256", entry.sha256().map(Sha256::hex))
        .field("arch", entry.values("ARCH").stream().findFirst());
  }
}
