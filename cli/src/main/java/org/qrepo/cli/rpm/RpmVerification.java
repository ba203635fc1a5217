package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.rpm.RpmVersion;

/** The RPM packages of one {@code verify}: digests, signatures, and what dom0 asks of templates. */
public final class RpmVerification {
  private final List<Good> good = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();
  private int size;
  private int ok;

  private record Good(OpenedRpm file, Verdict.Good verdict) {}

  private RpmVerification() {}

  /**
   * Verifies packages, one after the other.
   *
   * @param installed versions that the templates should not be older than
   */
  public static RpmVerification of(
      Session session, List<Path> paths, Verifier verifier, List<RpmVersion> installed)
      throws IOException {
    RpmVerification verification = new RpmVerification();
    for (Path path : paths) {
      int before = verification.findings.size();
      try {
        verification.add(OpenedRpm.read(session, path, verifier, false, false), installed);
      } catch (RefusedException e) {
        verification.findings.addAll(e.findings());
      }
      verification.size++;
      verification.ok += verification.findings.size() == before ? 1 : 0;
    }
    return verification;
  }

  private void add(OpenedRpm one, List<RpmVersion> installed) {
    findings.addAll(one.report().findings());
    one.report().good().ifPresent(verdict -> good.add(new Good(one, verdict)));
    findings.addAll(one.lint(installed));
  }

  /** What is wrong with any of them. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** How many were looked at. */
  public int size() {
    return size;
  }

  /** How many have nothing wrong. */
  public int ok() {
    return ok;
  }

  /** Says which have good digests and signatures. */
  public void report(Console console) {
    for (Good one : good) {
      console.result(
          "%s: digests signatures OK: header signed by %s, made %s"
              .formatted(
                  one.file().name(),
                  one.verdict().certificate().grouped(),
                  one.verdict().created()));
    }
  }

  /** The same for scripts. */
  public void write(JsonObject json) throws IOException {
    json.objects(
        "rpms",
        good,
        (object, one) ->
            object
                .field("file", one.file().file().path().toString())
                .field("version", RpmVersion.of(one.file().file().header()).toString())
                .field("certificate", one.verdict().certificate().hex())
                .field("signed", one.verdict().created().toString()));
  }
}
