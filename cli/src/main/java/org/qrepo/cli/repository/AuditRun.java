package org.qrepo.cli.repository;

import java.io.IOException;
import java.util.List;
import org.qrepo.audit.Audit;
import org.qrepo.audit.AuditReport;
import org.qrepo.audit.Priority;
import org.qrepo.audit.SyncDatabase;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.console.Console;
import org.qrepo.database.Database;

/** Compares what is published with the databases that the configuration or a flag names. */
public final class AuditRun {
  private AuditRun() {}

  /**
   * Reads the databases, and audits.
   *
   * @param published the live generation's, verified
   */
  public static AuditReport of(
      Console console, Config config, OpenTarget target, Database published, Priority priority)
      throws IOException {
    SyncDatabase own = new SyncDatabase(target.spec().name().value(), published);
    List<SyncDatabase> distribution =
        DistributionDatabases.read(console, target.http(), config.audit().against());
    return audit(config, own, distribution).run(priority);
  }

  private static Audit audit(
      Config config, SyncDatabase published, List<SyncDatabase> distribution) {
    try {
      return new Audit(published, distribution, config.repository().architecture());
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          String.valueOf(e.getMessage()),
          "A client has each repository once: name only the distribution's databases, each once.");
    }
  }
}
