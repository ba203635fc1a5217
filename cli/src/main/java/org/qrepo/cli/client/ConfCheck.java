package org.qrepo.cli.client;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.client.conf.ConfFinding;
import org.qrepo.client.conf.ConfRepository;
import org.qrepo.client.conf.ConfReview;
import org.qrepo.client.conf.Effect;
import org.qrepo.client.conf.PacmanConf;

/** Says what pacman does with a configuration. */
public final class ConfCheck {
  private ConfCheck() {}

  /**
   * Reads and reviews a configuration, and says what was found.
   *
   * @param file {@code pacman.conf}
   * @param base what relative paths in it start from
   * @param wanted the repository that it is about; empty for all alike
   */
  public static Answer run(
      Console console, Path file, Path base, Optional<ConfReview.Wanted> wanted)
      throws IOException {
    PacmanConf conf = PacmanConf.read(file, base);
    List<ConfFinding> findings = ConfReview.of(conf, wanted);
    console.stage("Checking " + file);
    conf.repositories().forEach(r -> console.detail(words(r)));
    findings.forEach(f -> say(console, f));
    console.stage(verdict(conf.verdict()));
    boolean works = conf.verdict().compareTo(Effect.SYNC_FAILS) < 0;
    return new Answer(
        works ? ExitCode.DONE : ExitCode.REFUSED,
        json -> {
          json.field("file", file.toString())
              .field("verdict", word(conf.verdict()))
              .objects("repositories", conf.repositories(), ConfCheck::write)
              .objects("findings", findings, ConfCheck::write);
        });
  }

  private static String words(ConfRepository repository) {
    return "[" + repository.name() + "] " + repository.where() + ", " + repository.sigLevel();
  }

  private static void say(Console console, ConfFinding found) {
    console.warning(found.finding());
  }

  private static String verdict(Effect verdict) {
    return switch (verdict) {
      case NOTED, WARNED -> "pacman works with this configuration";
      case PASSED_OVER -> "pacman works with this configuration, and prints an error at each call";
      case SYNC_FAILS -> "pacman -Sy fails with this configuration, and with it every upgrade";
      case STOPS -> "every call of pacman fails with this configuration";
    };
  }

  private static String word(Effect effect) {
    return switch (effect) {
      case NOTED -> "works";
      case WARNED -> "warns";
      case PASSED_OVER -> "errors";
      case SYNC_FAILS -> "sync-fails";
      case STOPS -> "stops";
    };
  }

  private static void write(JsonObject object, ConfRepository repository) throws IOException {
    object
        .field("name", repository.name())
        .field("where", repository.where())
        .field("sig-level", repository.sigLevel().toString())
        .strings("servers", repository.servers());
  }

  private static void write(JsonObject object, ConfFinding found) throws IOException {
    Finding finding = found.finding();
    object
        .field("id", finding.id())
        .field("effect", word(found.effect()))
        .field("subject", finding.subject())
        .field("reason", finding.reason())
        .strings("details", finding.details());
  }
}
