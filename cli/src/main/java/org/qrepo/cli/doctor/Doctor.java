package org.qrepo.cli.doctor;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigReview;
import org.qrepo.cli.config.Location;
import org.qrepo.cli.config.TargetLayout;
import org.qrepo.cli.keys.BackendReview;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.database.Database;
import org.qrepo.publish.Generation;
import org.qrepo.store.http.HttpProbe;

/** Looks at everything that a repository needs to work, one thing after the other. */
public final class Doctor {
  private final Session session;
  private final RepositoryFlags flags;
  private final Set<Finding> refused = new HashSet<>();
  private boolean certificateFails;

  public Doctor(Session session, RepositoryFlags flags) {
    this.session = session;
    this.flags = flags;
  }

  /** The configuration, the keys, and what qrepo remembers on this machine. */
  public List<Result> machine(Config config) throws IOException {
    List<Result> results = new ArrayList<>();
    String file = config.file().map(Object::toString).orElse("no configuration file");
    BackendReview backend = new BackendReview(config.signing(), session.environment());
    List<Result> lacks =
        Stream.of(config.warnings(), ConfigReview.of(config), backend.findings())
            .flatMap(List::stream)
            .map(Result::warning)
            .toList();
    results.addAll(Result.orOk(lacks, Result.ok("config", file, "complete")));
    KeyLook keys = new KeyLook(config, Instant.now());
    results.addAll(keys.files());
    results.addAll(certificates(config, keys));
    results.addAll(FolderLook.state(session.stateDirectory()));
    ClockLook.fileSystem(session.stateDirectory()).ifPresent(results::add);
    return List.copyOf(results);
  }

  private List<Result> certificates(Config config, KeyLook keys) throws IOException {
    BackendLook backend = new BackendLook(session, config);
    List<Result> results = new ArrayList<>(backend.results());
    certificateFails = backend.certificateFails();
    if (certificateFails) {
      return results;
    }
    try {
      results.addAll(keys.certificates(flags.trusted(session)));
    } catch (RefusedException e) {
      e.findings().forEach(f -> results.add(Result.error(f)));
      refused.addAll(e.findings());
    }
    return results;
  }

  /** One repository: its directory, what lies in its store, and what its web server answers. */
  public List<Result> repository(Targets targets, int index) throws IOException {
    List<Result> results = new ArrayList<>();
    if (targets.target(index).url() instanceof Location.Directory directory) {
      results.addAll(FolderLook.tree(directory.path()));
      ClockLook.fileSystem(directory.path()).ifPresent(results::add);
    }
    if (certificateFails) {
      return List.copyOf(results);
    }
    try (OpenTarget target = targets.open(index)) {
      StoreLook.Seen seen = StoreLook.of(target);
      results.addAll(seen.results());
      results.addAll(web(target, seen.live().map(Generation::database)));
    } catch (RefusedException e) {
      e.findings().stream()
          .filter(f -> !refused.contains(f))
          .map(Result::error)
          .forEach(results::add);
    }
    return List.copyOf(results);
  }

  private static List<Result> web(OpenTarget target, Optional<Database> database) {
    Config.Target configured = target.configured();
    boolean redirect = configured.layout().equals(Optional.of(TargetLayout.REDIRECT));
    return configured
        .server()
        .filter(Doctor::isWeb)
        .map(server -> new HttpProbe(server.toString(), target.http()))
        .map(probe -> new WebLook(probe, target.spec().name(), redirect).results(database))
        .orElse(List.of());
  }

  private static boolean isWeb(URI server) {
    return "http".equalsIgnoreCase(server.getScheme())
        || "https".equalsIgnoreCase(server.getScheme());
  }
}
