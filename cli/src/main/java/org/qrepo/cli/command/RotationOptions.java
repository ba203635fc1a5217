package org.qrepo.cli.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.publish.Fingerprint;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which targets a step of a change of keys is about, and which key is to go. */
final class RotationOptions {
  @Parameters(
      paramLabel = "T",
      arity = "0..*",
      description = "Targets of the configuration, directories or URLs (default: all targets).")
  private List<String> targets = new ArrayList<>();

  @Option(
      names = "--old",
      paramLabel = "FPR",
      description =
          "The key that is to go; may be repeated (default: the one of signing.trusted that"
              + " certified the key that signs).")
  private List<String> old = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  /** Those that are named, or all that are configured. */
  Targets targets(Session session) throws IOException {
    List<String> wanted =
        targets.isEmpty() ? List.copyOf(flags.configuration(session).targets().keySet()) : targets;
    return Targets.of(session, flags, wanted);
  }

  List<Fingerprint> old() {
    return old.stream().map(RotationOptions::fingerprint).toList();
  }

  private static Fingerprint fingerprint(String text) {
    try {
      return Fingerprint.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--old " + text + ": a full fingerprint is needed, 40 hex digits");
    }
  }
}
