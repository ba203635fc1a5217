package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.PublishReport;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.rpm.RpmVerification;
import org.qrepo.publish.Generation;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.rpm.RpmVersion;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies packages, or a whole repository, as clients do. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Verify packages and the signatures beside them, or a whole repository, as pacman does.",
      "A repository is looked at through its public URL, with nothing but the certificates."
    })
public final class VerifyCommand implements Command {
  @Parameters(
      arity = "0..*",
      paramLabel = "T|FILE",
      description = "Packages; or a target of the configuration, a directory or a URL.")
  private List<String> words = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(names = "--deep", description = "Fetch every package of the repository.")
  private boolean deep;

  @Option(
      names = "--installed",
      paramLabel = "EVR",
      description = "Template RPMs: the version that dom0 has, to tell if this one is older.")
  private List<String> installed = new ArrayList<>();

  private record Good(SignedPackage file, Verdict.Good verdict) {}

  @Override
  public Answer run(Session session) throws IOException {
    boolean files = words.stream().anyMatch(word -> Files.isRegularFile(session.path(word)));
    return files ? packages(session) : repository(session);
  }

  private Answer repository(Session session) throws IOException {
    try (OpenTarget target = Targets.of(session, flags, words).only()) {
      PublicCheck.Report report =
          target.check(
              deep ? new PublicCheck.Depth.Everything() : new PublicCheck.Depth.Databases());
      report.generation().ifPresent(g -> describe(session.console(), report, g));
      if (!report.findings().isEmpty()) {
        ExitCode code = report.reached() ? ExitCode.REFUSED : ExitCode.STORE;
        session.console().failure(new Failure(code, report.findings(), List.of()));
        return new Answer(code, json -> PublishReport.write(json, report));
      }
      return Answer.done(json -> PublishReport.write(json, report));
    }
  }

  private void describe(Console console, PublicCheck.Report report, Generation generation) {
    console.result(
        "%s: generation %s (seq %d), %s, signed by %s"
            .formatted(
                report.location(),
                generation.id(),
                generation.sequence(),
                Figures.count(generation.database().size(), "package", "packages"),
                generation.signer().grouped()));
    if (report.findings().isEmpty()) {
      console.result(
          deep
              ? "Databases, signatures and all packages are as clients want them."
              : "Databases and their signatures match. Packages were not fetched; --deep does that.");
    }
  }

  private Answer packages(Session session) throws IOException {
    PackageArguments.Given given = PackageArguments.files(session, words);
    TrustedKeys trusted = flags.trusted(session);
    List<Good> good = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (Path path : given.packages()) {
      verify(path, trusted.verifier(), good, findings);
    }
    RpmVerification rpms =
        RpmVerification.of(session, given.rpms(), trusted.verifier(), installedVersions());
    findings.addAll(rpms.findings());
    good.forEach(g -> session.console().result(describe(g)));
    rpms.report(session);
    if (!findings.isEmpty()) {
      session.console().failure(new Failure(ExitCode.REFUSED, findings, List.of()));
    }
    return new Answer(
        findings.isEmpty() ? ExitCode.DONE : ExitCode.REFUSED,
        json -> {
          json.objects(
              "good",
              good,
              (object, g) ->
                  object
                      .field("file", g.file().file().path().toString())
                      .field("sha256", g.file().file().sha256().hex())
                      .field("certificate", g.verdict().certificate().hex())
                      .field("signed", g.verdict().created().toString()));
          rpms.write(json);
        });
  }

  private List<RpmVersion> installedVersions() {
    try {
      return installed.stream().map(RpmVersion::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--installed: " + e.getMessage());
    }
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
