package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.client.QrexecService;
import org.qrepo.io.AtomicFile;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the qrexec service that receives, and dom0's policy for it. */
@CommandLine.Command(
    name = "service",
    description = {
      "Write the service through which another qube hands over, and dom0's policy for it.",
      "Run it in the qube that publishes, where the configuration is that parcels are checked by.",
      "It changes nothing: it says what to copy where."
    })
public final class ClientServiceCommand implements Command {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "T",
      description = "Where parcels are published: a target of the configuration.")
  private List<String> target = new ArrayList<>();

  @Option(
      names = "--from",
      required = true,
      paramLabel = "BUILD",
      description = "The qube that hands over.")
  private String build = "";

  @Option(
      names = "--to",
      required = true,
      paramLabel = "PUBLISHER",
      description = "The qube that publishes: this one.")
  private String publisher = "";

  @Option(names = "--ask", description = "Let dom0 ask each time.")
  private boolean asks;

  @Option(
      names = "--program",
      paramLabel = "QREPO",
      description = "How qrepo is called there (default: ${DEFAULT-VALUE}).")
  private String program = "qrepo";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write the two files into DIR (default: the current directory).")
  private @Nullable String out;

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Override
  public Answer run(Session session) throws IOException {
    Targets targets = Targets.of(session, flags, target).requireOne();
    Optional<String> file = targets.config().file().map(f -> f.toAbsolutePath().toString());
    QrexecService service = service(file, targets.name(0));
    Path directory = out == null ? session.cwd() : session.path(out);
    Path script = write(directory.resolve(QrexecService.NAME), service.script(), "rwxr-xr-x");
    Path policy =
        write(directory.resolve(QrexecService.POLICY_NAME), service.policy(), "rw-r--r--");
    say(session.console(), script, policy);
    return Answer.done(
        json ->
            json.field("service", script.toString())
                .field("policy", policy.toString())
                .field("from", build)
                .field("to", publisher)
                .strings("commands", List.of(install(script), policyCommand(policy))));
  }

  private QrexecService service(Optional<String> file, String name) {
    try {
      return new QrexecService(build, publisher, program, file, Optional.of(name), asks);
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private static Path write(Path file, String text, String mode) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    AtomicFile.write(
        file, text.getBytes(StandardCharsets.UTF_8), PosixFilePermissions.fromString(mode));
    return file;
  }

  private void say(Console console, Path script, Path policy) {
    console.result(script.toString());
    console.result(policy.toString());
    console.stage("In qube " + publisher + " (in an AppVM it stays there over restarts):");
    console.note(install(script));
    console.stage("In dom0, where you should read it first:");
    console.note(policyCommand(policy));
    console.stage("From then on, in qube " + build + ":");
    console.note("qrepo handover --service --to " + publisher);
  }

  private static String install(Path script) {
    return "sudo install -D -m 755 "
        + quoted(script)
        + " /usr/local/etc/qubes-rpc/"
        + QrexecService.NAME;
  }

  private String policyCommand(Path policy) {
    return "qvm-run --pass-io "
        + publisher
        + " "
        + quoted("cat " + quoted(policy.toString()))
        + " | sudo tee /etc/qubes/policy.d/"
        + QrexecService.POLICY_NAME;
  }

  private static String quoted(Path path) {
    return quoted(path.toString());
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
