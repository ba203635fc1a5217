package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.build.locate.BuilderSearch;
import org.qrepo.cli.build.locate.Located;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.repository.PackagePaths;
import org.qrepo.cli.repository.PlanFile;
import org.qrepo.cli.repository.PublishRun;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TransferFlags;
import org.qrepo.cli.rpm.TemplatePaths;
import org.qrepo.cli.rpm.TemplatePublishing;
import org.qrepo.publish.Change;
import org.qrepo.publish.TemplateChange;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The main job: signs packages, indexes them, and makes them live. */
@CommandLine.Command(
    name = "publish",
    description = {
      "Sign packages, index them and make them live, so that no client ever sees a broken state.",
      "Running it again completes what was interrupted, or says that all is published already."
    })
public final class PublishCommand implements Command {
  @Parameters(
      paramLabel = "PATH",
      arity = "0..*",
      description = "Packages, template RPMs, or directories of them (default: packages.*).")
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--from-builder",
      description = "Publish what the builder made (build.builder), as 'build locate' shows it.")
  private boolean fromBuilder;

  @Option(
      names = "--to",
      paramLabel = "T",
      description = "A target of the configuration, a directory or a URL; may be repeated.")
  private List<String> to = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Mixin private TransferFlags transfers = new TransferFlags();

  @Option(names = "--init", description = "Expect no repository there: make a new one.")
  private boolean init;

  @Option(names = "--dry-run", description = "Show the plan; read only, no key needed.")
  private boolean dryRun;

  @Option(
      names = "--plan-out",
      paramLabel = "F",
      description = "Save the plan in F; do not publish.")
  private @Nullable String planOut;

  @Option(
      names = "--plan",
      paramLabel = "F",
      description = "Carry out the plan saved in F, and no other.")
  private @Nullable String plan;

  @Option(
      names = "--replace",
      description = "Store other bytes of a published version under a new file name.")
  private boolean replace;

  @Option(
      names = "--allow-downgrade",
      description = "Let a lower version take a higher one's place.")
  private boolean allowDowngrade;

  @Option(
      names = "--desc",
      paramLabel = "v1|v2",
      description = "The format of new entries; v1 has MD5SUM (default: v2).")
  private @Nullable String desc;

  @Option(names = "--include-sigs", description = "Repeat package signatures in the database.")
  private boolean includeSigs;

  @Option(names = "--deep", description = "Let the check as a stranger fetch every package.")
  private boolean deep;

  @Option(
      names = "--with-keyring",
      description = "Publish the keyring package too, if the keys have changed since the last one.")
  private boolean withKeyring;

  @Option(
      names = "--prune",
      description = "Prune afterwards, as 'qrepo prune' does: announce, delete a day later.")
  private boolean prune;

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws Exception {
    Targets targets = Targets.of(session, transfers.with(flags), to, entryFlags());
    Optional<PlanFile> agreed = agreed(session);
    Optional<Path> save = Optional.ofNullable(planOut).map(session::path);
    PublishRun.Mode mode = new PublishRun.Mode(dryRun, deep, save, agreed, prune);
    if (agreed.isPresent()) {
      return new PublishRun(session, targets, mode).carryOut(agreed.get().change());
    }
    if (withKeyring && planOut != null) {
      throw new UsageException(
          "a saved plan names files that stay: make the keyring package with 'qrepo keyring"
              + " package', and publish it like any other");
    }
    TemplatePaths given = given(session, targets);
    TemplatePublishing templates = templates(session, targets, given);
    PublishRun run = new PublishRun(session, targets, mode, templates);
    if (withKeyring) {
      try (KeyringAmendment keyring = new KeyringAmendment(session, targets.config())) {
        return run.amendedBy(keyring).carryOut(change(given.others()));
      }
    }
    boolean templatesAlone = given.others().isEmpty() && !given.templates().isEmpty() && !init;
    return templatesAlone ? run.carryOutPrelude() : run.carryOut(change(given.others()));
  }

  private TemplatePaths given(Session session, Targets targets) throws IOException {
    if (fromBuilder) {
      return built(session, targets);
    }
    if (!paths.isEmpty()) {
      return TemplatePaths.part(paths.stream().map(session::path).toList());
    }
    Config.Packages configured = targets.config().packages();
    List<Path> rpms = TemplatePaths.part(configured.templates()).templates();
    return new TemplatePaths(configured.from(), rpms);
  }

  /** What the builder made; its templates go where there is a place for them. */
  private TemplatePaths built(Session session, Targets targets) throws IOException {
    if (!paths.isEmpty()) {
      throw new UsageException("--from-builder says what is published: leave the paths out");
    }
    Config.Build build = targets.config().build();
    BuilderTree tree = BuilderTree.of(build);
    session.console().stage("Looking through " + tree.directory());
    Located located = BuilderSearch.in(tree, build, session.console()).requireWhole();
    BuildLocateCommand.sayLeftOut(session.console(), located);
    located.warnings().forEach(session.console()::warning);
    if (located.packages().isEmpty() && located.templates().isEmpty()) {
      throw new UsageException(
          "the builder has made nothing yet",
          "It was looked for in " + tree.artifacts() + ".",
          "If builder.yml has artifacts-dir, say it in build.artifacts of qrepo.yml, too.");
    }
    return new TemplatePaths(located.packageFiles(), located.templateFiles());
  }

  private TemplatePublishing templates(Session session, Targets targets, TemplatePaths given) {
    List<Path> rpms = given.templates();
    if (fromBuilder) {
      return TemplatePublishing.wherePlaced(
          session,
          planOut == null ? rpms : List.of(),
          new TemplateChange.Options(init, allowDowngrade, false));
    }
    if (planOut != null && !rpms.isEmpty()) {
      if (!paths.isEmpty()) {
        throw new UsageException("a saved plan is for packages: leave the RPMs out of it");
      }
      rpms = List.of();
    }
    TemplatePublishing templates =
        new TemplatePublishing(
            session, rpms, new TemplateChange.Options(init, allowDowngrade, false));
    for (int i = 0; i < targets.count(); i++) {
      templates.requirePlace(targets.name(i), targets.target(i));
    }
    return templates;
  }

  private ConfigLoader.Flag[] entryFlags() {
    List<ConfigLoader.Flag> set = new ArrayList<>();
    if (desc != null) {
      set.add(new ConfigLoader.Flag("--desc", "repository.desc", List.of(desc)));
    }
    if (includeSigs) {
      set.add(new ConfigLoader.Flag("--include-sigs", "repository.include-sigs", List.of("true")));
    }
    return set.toArray(ConfigLoader.Flag[]::new);
  }

  private Optional<PlanFile> agreed(Session session) throws IOException {
    if (plan == null) {
      return Optional.empty();
    }
    if (!paths.isEmpty() || fromBuilder || init || replace || allowDowngrade || withKeyring) {
      throw new UsageException("--plan says what is published: leave packages and options out");
    }
    return Optional.of(PlanFile.read(session.path(plan)));
  }

  private Change change(List<Path> from) throws IOException {
    if (from.isEmpty() && !init && !withKeyring) {
      throw new UsageException(
          "nothing to publish",
          "Name packages or a directory of them, or set packages.from in qrepo.yml.",
          "qrepo publish --init makes an empty repository.");
    }
    return new Change(
        PackagePaths.find(from), Set.of(), new Change.Options(init, replace, allowDowngrade));
  }
}
