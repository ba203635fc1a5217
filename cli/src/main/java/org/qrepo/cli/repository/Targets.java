package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;

/** The targets that a command line names, opened one after the other. */
public final class Targets {
  private final Session session;
  private final RepositoryFlags flags;
  private final RepositoryFlags.Chosen chosen;

  private Targets(Session session, RepositoryFlags flags, RepositoryFlags.Chosen chosen) {
    this.session = session;
    this.flags = flags;
    this.chosen = chosen;
  }

  /**
   * Reads the configuration and finds the targets.
   *
   * @param wanted names of targets, directories or URLs; none: the only one that is configured
   * @param more values of a command's own flags
   */
  public static Targets of(
      Session session, RepositoryFlags flags, List<String> wanted, ConfigLoader.Flag... more)
      throws IOException {
    return new Targets(session, flags, flags.choose(session, wanted, List.of(more)));
  }

  public Config config() {
    return chosen.config();
  }

  public int count() {
    return chosen.targets().size();
  }

  /** Refuses a command line that names several. */
  public Targets requireOne() {
    if (count() != 1) {
      throw new UsageException("this works on one repository at a time: name one target");
    }
    return this;
  }

  /** Opens the only target. */
  public OpenTarget only() throws IOException {
    return requireOne().open(0);
  }

  /** Opens one of them. */
  public OpenTarget open(int index) throws IOException {
    return OpenTarget.open(session, flags, chosen.config(), chosen.targets().get(index).target());
  }

  /** These without all but the first. */
  public Targets first() {
    return new Targets(
        session,
        flags,
        new RepositoryFlags.Chosen(chosen.config(), List.of(chosen.targets().get(0))));
  }

  /** One of them as it is configured. */
  public Config.Target target(int index) {
    return chosen.targets().get(index).target();
  }

  /** What the user calls one of them. */
  public String name(int index) {
    return chosen.targets().get(index).called();
  }
}
