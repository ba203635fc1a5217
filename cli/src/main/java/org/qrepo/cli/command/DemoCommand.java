package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.JsonFields;
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
  private static final String STATE = "state";
  private static final String CERTIFICATE = REPOSITORY + "/" + NAME + ".asc";
  private static final String OWNER = "qrepo demo <demo@example.org>";

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
    List<Path> packages = DemoPackages.write(place.resolve(PACKAGES));
    session
        .console()
        .stage("Made " + packages.size() + " example packages in " + place.resolve(PACKAGES));
    for (List<String> words : commands(place)) {
      ExitCode code = step(session, place, words);
      if (code != ExitCode.DONE) {
        return failed(session, code, words);
      }
    }
    return say(session, place, place.resolve(CERTIFICATE));
  }

  private static List<List<String>> commands(Path place) {
    List<List<String>> commands = new ArrayList<>();
    if (!Files.exists(place.resolve(ConfigLoader.FILE_NAME))) {
      commands.add(List.of("init", "--name", NAME, "--generate-key", OWNER, "--no-passphrase"));
    }
    commands.add(List.of("publish", PACKAGES, "--to", "local"));
    commands.add(List.of("key", "export", "--out", CERTIFICATE));
    return commands;
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
    if (!empty && !DemoPackages.areIn(place.resolve(PACKAGES))) {
      throw new UsageException(
          place + " holds something else", "Name a directory that is empty or not there yet.");
    }
  }

  /** Runs qrepo as a user would, and shows the command. */
  private static ExitCode step(Session session, Path place, List<String> words) {
    session.console().note("$ qrepo " + shown(words));
    int code = session.run(place, place.resolve(STATE), words);
    return Arrays.stream(ExitCode.values())
        .filter(c -> c.value() == code)
        .findFirst()
        .orElse(ExitCode.FAILED);
  }

  private static String shown(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[A-Za-z0-9/._-]+") ? word : "'" + word + "'")
        .collect(Collectors.joining(" "));
  }

  /** The command itself has said what was wrong. */
  private static Answer failed(Session session, ExitCode code, List<String> words) {
    Finding finding =
        Finding.of(
            "demo-failed",
            "qrepo " + words.get(0),
            "ended with exit code " + code.value() + ": " + code.words());
    session.console().failure(new Failure(code, List.of(finding), List.of()));
    return new Answer(code, JsonFields.NONE);
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
