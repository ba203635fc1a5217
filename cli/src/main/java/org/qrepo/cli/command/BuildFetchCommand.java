package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.build.BuilderTree;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.source.BuilderFetch;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gets qubes-builder and verifies whose it is. */
@CommandLine.Command(
    name = "fetch",
    description = {
      "Get qubes-builder, or bring it up to date, and verify whose it is.",
      "A developer whom the master key has certified must have signed exactly the commit that is"
          + " checked out, and every file must be as it was signed.",
      "Exits with 3 if that is not so. docs/build.md says what each finding means."
    })
public final class BuildFetchCommand implements Command {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "The directory of the builder (default: build.builder of the configuration).")
  private @Nullable String directory;

  @Option(
      names = "--verify-only",
      description = "Only look at what is there: no network is used and nothing is changed.")
  private boolean verifyOnly;

  @ArgGroup private Kind kind = new Kind();

  /** Which builder. */
  static final class Kind {
    @Option(names = "--v2", description = "Get builder v2, for release 4.3 and later.")
    boolean second;

    @Option(names = "--classic", description = "Get the classic builder, up to release 4.2.")
    boolean classic;

    Optional<BuilderKind> chosen() {
      if (second) {
        return Optional.of(BuilderKind.V2);
      }
      return classic ? Optional.of(BuilderKind.CLASSIC) : Optional.empty();
    }
  }

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where to fetch from (default: build.url, then Qubes OS).")
  private @Nullable String url;

  @Option(
      names = "--branch",
      paramLabel = "BRANCH",
      description =
          "The branch (default: build.branch, then the one that is checked out, then the server's"
              + " first).")
  private @Nullable String branch;

  @Option(
      names = "--master-key",
      paramLabel = "FINGERPRINT",
      description =
          "Whose certifications count: 40 hex digits (default: build.master-key, then the Qubes"
              + " Master Signing Key).")
  private @Nullable String masterKey;

  @Option(
      names = "--keys",
      paramLabel = "FILE|URL",
      description =
          "Certificates, besides those that the builder brings along (default: build.keys, then"
              + " those of Qubes OS). May be given more than once.")
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--system-key",
      paramLabel = "FILE",
      description =
          "The system's own copy of the master key, to compare with (default:"
              + " /usr/share/qubes/qubes-master-key.asc).")
  private @Nullable String systemKey;

  @Override
  public boolean changes() {
    return !verifyOnly;
  }

  @Override
  public Answer run(Session session) throws IOException, InterruptedException {
    Config config = session.config(flags());
    Config.Build build = config.build();
    BuilderFetch.Wish wish =
        new BuilderFetch.Wish(
            directory(session, build),
            kind.chosen().or(build::kind),
            config
                .repository()
                .release()
                .filter(release -> release.compareTo(BuilderTree.LAST_CLASSIC) > 0)
                .map(release -> BuilderKind.V2),
            build.origin().url(),
            build.origin().branch(),
            build.origin().masterKey(),
            build.origin().keys(),
            Optional.ofNullable(systemKey).map(session::path));
    BuilderFetch fetch = new BuilderFetch(session, wish);
    return verifyOnly ? fetch.verify() : fetch.fetch();
  }

  private Path directory(Session session, Config.Build build) {
    return Optional.ofNullable(directory)
        .map(session::path)
        .or(build::builder)
        .orElseThrow(
            () ->
                new UsageException(
                    "say where the builder is to be",
                    "Name its directory, or set build.builder in qrepo.yml."));
  }

  private ConfigLoader.Flag[] flags() {
    List<ConfigLoader.Flag> flags = new ArrayList<>();
    flag(flags, "--url", "build.url", url);
    flag(flags, "--branch", "build.branch", branch);
    flag(flags, "--master-key", "build.master-key", masterKey);
    if (!keys.isEmpty()) {
      flags.add(new ConfigLoader.Flag("--keys", "build.keys", keys));
    }
    return flags.toArray(ConfigLoader.Flag[]::new);
  }

  private static void flag(
      List<ConfigLoader.Flag> flags, String option, String key, @Nullable String value) {
    if (value != null) {
      flags.add(new ConfigLoader.Flag(option, key, List.of(value)));
    }
  }
}
