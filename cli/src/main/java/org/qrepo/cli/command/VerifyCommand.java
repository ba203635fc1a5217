package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Verdict;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies packages and their signatures as clients do. */
@CommandLine.Command(
    name = "verify",
    description = "Verify packages and the signatures beside them as pacman does.")
public final class VerifyCommand implements Command {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Packages.")
  private List<String> files = List.of();

  @Option(
      names = "--trust",
      paramLabel = "CERT|FPR",
      description = "Accept signatures of this certificate file or fingerprint, too.")
  private List<String> trust = List.of();

  private record Good(SignedPackage file, Verdict.Good verdict) {}

  @Override
  public Answer run(Session session) throws IOException {
    List<Path> paths = PackageArguments.packages(session, files, "verify");
    TrustedKeys trusted = TrustedKeys.of(session, session.config(), trust);
    trusted.warnings().forEach(session.console()::warning);
    List<Good> good = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (Path path : paths) {
      verify(path, trusted.verifier(), good, findings);
    }
    good.forEach(g -> session.console().result(describe(g)));
    if (!findings.isEmpty()) {
      session.console().failure(new Failure(ExitCode.REFUSED, findings, List.of()));
    }
    return new Answer(
        findings.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED,
        json ->
            json.objects(
                "good",
                good,
                (object, g) ->
                    object
                        .field("file", g.file().file().path().toString())
                        .field("sha256", g.file().file().sha256().hex())
                        .field("certificate", g.verdict().certificate().hex())
                        .field("signed", g.verdict().created().toString())));
  }

  private static void verify(Path path, Verifier verifier, List<Good> good, List<Finding> findings)
      throws IOException {
    try {
      SignedPackage one = SignedPackage.read(path, verifier);
      one.good().ifPresent(verdict -> good.add(new Good(one, verdict)));
      one.bad().ifPresent(verdict -> findings.add(verdict.finding()));
      if (one.signature().isEmpty()) {
        findings.add(unsigned(one.name()));
      }
    } catch (RefusedException e) {
      findings.addAll(e.findings());
    }
  }

  private static String describe(Good good) {
    return "%s: good signature by %s, made %s"
        .formatted(
            good.file().name(), good.verdict().certificate().grouped(), good.verdict().created());
  }

  private static Finding unsigned(String name) {
    return Finding.of(
        "signature-missing",
        name,
        "there is no " + name + ".sig beside it",
        "Clients that require signatures refuse it. Sign it: qrepo sign FILE");
  }
}
