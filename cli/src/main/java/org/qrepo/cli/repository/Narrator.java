package org.qrepo.cli.repository;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.Progress;
import org.qrepo.publish.Event;
import org.qrepo.publish.Events;
import org.qrepo.publish.PackageChange;
import org.qrepo.publish.Plan;

/** Tells people what the engine does while it does it. */
public final class Narrator implements Events, AutoCloseable {
  private final Console console;
  private @Nullable Progress progress;

  public Narrator(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void on(Event event) {
    if (event instanceof Event.Reading reading) {
      if (reading.packages() > 0) {
        progress("reading", reading.bytes());
      }
    } else if (event instanceof Event.PackageRead read) {
      advance(read.bytes());
      console.verbose("read " + read.file());
    } else if (event instanceof Event.AllRead all) {
      allRead(all);
    } else if (event instanceof Event.Planned planned) {
      planned(planned.plan());
    } else if (event instanceof Event.FinishingCommit finishing) {
      console.stage(
          "Finishing the commit of generation " + finishing.generation() + " that was left undone");
    } else if (event instanceof Event.Signing signing) {
      console.stage("Signing " + signed(signing) + " with " + signing.signer());
      progress("signing", signing.packages());
    } else if (event instanceof Event.Signed signed) {
      advance(1);
      console.verbose("signed " + signed.file());
    } else if (event instanceof Event.Publishing publishing) {
      console.stage(
          "Publishing generation "
              + publishing.generation()
              + " (seq "
              + publishing.sequence()
              + ") to "
              + publishing.location());
      progress("uploading", publishing.bytes());
    } else if (event instanceof Event.Transferred transferred) {
      if (progress != null) {
        progress.finished(transferred.key().value(), transferred.bytes());
      }
      console.verbose("stored " + transferred.key() + ", " + Figures.bytes(transferred.bytes()));
    } else if (event instanceof Event.Sending sending) {
      if (progress != null) {
        progress.file(sending.key().value(), sending.sent(), sending.size());
      }
    } else {
      rest(event);
    }
  }

  private void rest(Event event) {
    if (event instanceof Event.Committed committed) {
      end();
      console.detail(
          Figures.count(committed.objects(), "object", "objects")
              + ", "
              + Figures.bytes(committed.bytes())
              + " in "
              + Figures.time(Duration.ofNanos(committed.nanos())));
    } else if (event instanceof Event.Superseded) {
      end();
      console.stage("Another publisher was faster: starting over on what it published");
    } else if (event instanceof Event.Checking checking) {
      end();
      console.stage("Checking as a stranger at " + checking.site());
    } else if (event instanceof Event.Deleted deleted) {
      console.verbose("deleted " + deleted.key());
    } else if (event instanceof Event.Warning warning) {
      end();
      console.warning(warning.finding());
    } else if (event instanceof Event.Skipped skipped) {
      console.detail("left out " + skipped.file() + ": " + String.join("; ", skipped.reasons()));
    }
  }

  private static String signed(Event.Signing signing) {
    String packages = Figures.count(signing.packages(), "package", "packages");
    if (!signing.databases()) {
      return packages;
    }
    return signing.packages() == 0 ? "2 databases" : packages + " and 2 databases";
  }

  private void allRead(Event.AllRead all) {
    end();
    if (all.packages() > 0) {
      String rate = Figures.rate(all.bytes(), Duration.ofNanos(all.nanos()));
      console.stage(
          "Reading " + Figures.count(all.packages(), "package", "packages"),
          Figures.bytes(all.bytes()) + (rate.isEmpty() ? "" : ", " + rate));
    }
  }

  private void planned(Plan plan) {
    end();
    for (PackageChange change : plan.changes()) {
      console.detail(Words.of(change));
    }
    if (plan.unchanged() > 0) {
      console.detail(plan.unchanged() + " unchanged");
    }
  }

  private void progress(String what, long total) {
    end();
    progress = console.progress(what, total);
  }

  private void advance(long amount) {
    if (progress != null) {
      progress.advance(amount);
    }
  }

  private void end() {
    if (progress != null) {
      progress.close();
      progress = null;
    }
  }

  @Override
  public synchronized void close() {
    end();
  }
}
