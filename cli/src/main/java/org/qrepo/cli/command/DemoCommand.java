package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.demo.DemoPackages;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.publish.Fingerprint;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** Runs the main job on examples, with the commands that a user would type. */
@CommandLine.Command(
    name = "demo",
    description = {
      "Make a key and example packages, publish them into a directory, and say how to install one.",
      "Running it again shows that nothing is published twice."
    })
public final class DemoCommand implements Command {
  private static final String NAME = "demo";
  private static final String REPOSITORY = "repository";
  private static final String PACKAGES = "packages";

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "Where everything goes (default: ${DEFAULT-VALUE}).")
  private String directory = "qrepo-demo";

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public Answer run(Session session) throws IOException {
    Path place = session.path(directory);
    refuseStrangers(place);
    Files.createDirectories(place);
    if (!Files.exists(place.resolve(ConfigLoader.FILE_NAME))) {
      step(
          session,
          place,
          "init",
          "--name",
          NAME,
          "--generate-key",
          "qrepo demo <demo@example.org>",
          "--no-passphrase");
    }
    List<Path> packages = DemoPackages.write(place.resolve(PACKAGES));
    session
        .console()
        .stage("Made " + packages.size() + " example packages in " + place.resolve(PACKAGES));
    step(session, place, "publish", PACKAGES, "--to", "local");
    String certificate = REPOSITORY + "/" + NAME + ".asc";
    step(session, place, "key", "export", "--out", certificate);
    return say(session, place, place.resolve(certificate));
  }

  private static void refuseStrangers(Path place) throws IOException {
    if (!Files.exists(place)) {
      return;
    }
    if (!Files.isDirectory(place)) {
      throw new UsageException(place + " is not a directory");
    }
    boolean empty;
    try (var files = Files.list(place)) {
      empty = files.findAny().isEmpty();
    }
    boolean own =
        Files.isDirectory(place.resolve(PACKAGES))
            && Files.exists(place.resolve(ConfigLoader.FILE_NAME));
    if (!empty && !own) {
      throw new UsageException(
          place + " holds something else", "Name a directory that is empty or not there yet.");
    }
  }

  /** Runs qrepo as a user would, and shows the command. */
  private static void step(Session session, Path place, String... words) {
    List<String> shown = new ArrayList<>();
    for (String word : words) {
      shown.add(word.matches("[A-Za-z0-9/._-]+") ? word : "'" + word + "'");
    }
    session.console().note("$ qrepo " + String.join(" ", shown));
    int code = session.run(place, words);
    if (code != ExitCode.DONE.value()) {
      throw new IllegalStateException("qrepo " + words[0] + " ended with exit code " + code);
    }
  }

  private static Answer say(Session session, Path place, Path certificate) throws IOException {
    Fingerprint fingerprint =
        TrustedKeys.of(session, session.configOf(place), List.of())
            .certificates()
            .get(0)
            .fingerprint();
    String server = place.resolve(REPOSITORY).toUri().toString().replaceAll("/$", "");
    Console console = session.console();
    console.document(
        """

        The repository is in %s.
        To install from it with pacman, trust its key (as root):

            pacman-key --add %s
            pacman-key --lsign-key %s

        Paste this at the end of /etc/pacman.conf:

        # --- /etc/pacman.conf drop-in ---
        [%s]
        SigLevel = Required
        Server = %s
        # --- end ---

        And install one of the packages:

            pacman -Sy %s
        """
            .formatted(
                place.resolve(REPOSITORY),
                certificate,
                fingerprint,
                NAME,
                server,
                DemoPackages.FIRST));
    return Answer.done(
        json ->
            json.field("repository", NAME)
                .field("directory", place.resolve(REPOSITORY).toString())
                .field("server", server)
                .field("certificate", certificate.toString())
                .field("fingerprint", fingerprint.hex()));
  }
}
