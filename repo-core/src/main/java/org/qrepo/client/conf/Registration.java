package org.qrepo.client.conf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qrepo.Finding;

/** What pacman does with the sections that it has read: which repositories it uses. */
final class Registration {
  private final List<ConfSection> sections;
  private final SigLevel options;
  private final Path databasePath;
  private final List<ConfFinding> findings;

  /**
   * @param options what {@code [options]} demands of signatures
   * @param findings those of the reading
   */
  Registration(
      List<ConfSection> sections, SigLevel options, Path databasePath, List<ConfFinding> findings) {
    this.sections = sections;
    this.options = options;
    this.databasePath = databasePath;
    this.findings = new ArrayList<>(findings);
  }

  PacmanConf conf() {
    List<ConfRepository> used = used();
    boolean stopped = findings.stream().anyMatch(f -> f.effect() == Effect.STOPS);
    if (!stopped) {
      used.forEach(this::requireServer);
      requireRepository(used);
    }
    List<String> names = sections.stream().map(ConfSection::name).toList();
    return new PacmanConf(names, used, options, databasePath, findings);
  }

  private List<ConfRepository> used() {
    Map<String, ConfRepository> used = new LinkedHashMap<>();
    for (ConfSection section : sections) {
      ConfRepository first = used.get(section.name());
      if (first != null) {
        add(
            Effect.PASSED_OVER,
            Finding.of(
                "pacman-conf-duplicate-section",
                section.where(),
                "the repository [" + section.name() + "] is there twice; this one is passed over",
                "the other one: " + first.where(),
                "pacman says at every call: could not register '"
                    + section.name()
                    + "' database (database already registered)",
                "Remove one of the two."));
      } else if (isName(section)) {
        used.put(section.name(), section.with(options));
        section.emptyServer().ifPresent(where -> emptyServer(section, where));
      }
    }
    return List.copyOf(used.values());
  }

  private boolean isName(ConfSection section) {
    boolean name =
        !section.name().isEmpty()
            && !section.name().equals("local")
            && !section.name().contains("/");
    if (!name) {
      add(
          Effect.PASSED_OVER,
          Finding.of(
              "pacman-conf-bad-name",
              section.where(),
              "'" + section.name() + "' cannot be the name of a repository; it is passed over"));
    }
    return name;
  }

  private void emptyServer(ConfSection section, String where) {
    add(
        Effect.PASSED_OVER,
        Finding.of(
            "pacman-conf-empty-server",
            where,
            "a server of [" + section.name() + "] is empty; those behind it are passed over",
            "Give it a URL, or remove the line."));
  }

  private void requireServer(ConfRepository repository) {
    if (repository.synced() && repository.servers().isEmpty()) {
      add(
          Effect.SYNC_FAILS,
          Finding.of(
              "pacman-conf-no-server",
              repository.where(),
              "the repository [" + repository.name() + "] has no server",
              "Every pacman -Sy ends with: no servers configured for repository",
              "Give it one: Server = URL, or remove the section."));
    }
  }

  private void requireRepository(List<ConfRepository> used) {
    if (used.isEmpty()) {
      add(
          Effect.SYNC_FAILS,
          Finding.of(
              "pacman-conf-no-repository",
              "pacman.conf",
              "no repository is configured",
              "Every pacman -S ends with: no usable package repositories configured"));
    }
  }

  private void add(Effect effect, Finding finding) {
    findings.add(new ConfFinding(effect, finding));
  }
}
