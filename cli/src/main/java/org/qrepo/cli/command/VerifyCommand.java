package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Console;
import org.qrepo.cli.console.ExitCode;
import org.qrepo.cli.console.Failure;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.Progress;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.cli.repository.OpenTarget;
import org.qrepo.cli.repository.OpenTemplates;
import org.qrepo.cli.repository.PublishReport;
import org.qrepo.cli.repository.RepositoryFlags;
import org.qrepo.cli.repository.Targets;
import org.qrepo.cli.repository.TemplateWords;
import org.qrepo.cli.rpm.RpmVerification;
import org.qrepo.publish.Generation;
import org.qrepo.publish.PublicCheck;
import org.qrepo.publish.TemplateCheck;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.sign.FileReport;
import org.qrepo.sign.FileVerifier;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verifies packages, or a whole repository, as clients do. */
@CommandLine.Command(
    name = "verify",
    description = {
      "Verify files with the signatures beside them, or a whole repository, as pacman does.",
      "RPMs are verified by the signature in them, and templates as dom0 does.",
      "A repository is looked at through its public URL, with nothing but the certificates.",
      "What can be wrong with a signature, and what to do: docs/verify.md."
    })
public final class VerifyCommand implements Command {
  @Parameters(
      arity = "0..*",
      paramLabel = "T|FILE|DIR",
      description =
          "Files, and directories of packages and databases; or a repository: a target of the"
              + " configuration, a directory or a URL.")
  private List<String> words = new ArrayList<>();

  @Mixin private RepositoryFlags flags = new RepositoryFlags();

  @Option(names = "--deep", description = "Fetch every package of the repository.")
  private boolean deep;

  @Option(
      names = "--files",
      description = "Look at each file of a directory, even if it is a repository.")
  private boolean files;

  @Option(
      names = "--installed",
      paramLabel = "EVR",
      description = "Template RPMs: the version that dom0 has, to tell if this one is older.")
  private List<String> installed = new ArrayList<>();

  @Override
  public Answer run(Session session) throws IOException, InterruptedException {
    if (files && words.isEmpty()) {
      throw new UsageException("--files: name the directory");
    }
    return !files && VerifyArguments.meanRepository(session, words)
        ? repository(session)
        : files(session);
  }

  private Answer repository(Session session) throws IOException {
    try (OpenTarget target = Targets.of(session, flags, words).only()) {
      PublicCheck.Report report =
          target.check(
              deep ? new PublicCheck.Depth.Everything() : new PublicCheck.Depth.Databases());
      report.generation().ifPresent(g -> describe(session.console(), report, g));
      Optional<TemplateCheck.Report> templates = templates(target);
      templates.ifPresent(t -> TemplateWords.describe(session.console(), t, deep));
      List<Finding> findings = new ArrayList<>(report.findings());
      templates.ifPresent(t -> findings.addAll(t.findings()));
      ExitCode code = code(report, templates);
      if (!findings.isEmpty()) {
        session.console().failure(new Failure(code, findings, List.of()));
      }
      return new Answer(
          code,
          json -> {
            PublishReport.write(json, report);
            if (templates.isPresent()) {
              json.object("templates", o -> TemplateWords.write(o, templates.get()));
            }
          });
    }
  }

  private static ExitCode code(
      PublicCheck.Report report, Optional<TemplateCheck.Report> templates) {
    boolean good =
        report.findings().isEmpty() && templates.stream().allMatch(t -> t.findings().isEmpty());
    boolean reached =
        report.reached() && templates.stream().allMatch(TemplateCheck.Report::reached);
    return good ? ExitCode.DONE : reached ? ExitCode.REFUSED : ExitCode.STORE;
  }

  /** Empty if the target has none, or none are published yet, or nobody knows a URL of them. */
  private Optional<TemplateCheck.Report> templates(OpenTarget target) throws IOException {
    Optional<OpenTemplates> place = target.templates();
    if (place.isEmpty()) {
      return Optional.empty();
    }
    try (OpenTemplates templates = place.get()) {
      if (!templates.isPublic()) {
        return Optional.empty();
      }
      TemplateCheck.Report report = templates.check(location -> deep);
      boolean none =
          report.findings().stream().anyMatch(f -> f.id().equals("public-missing"))
              && !templates.wasPublished();
      return none ? Optional.empty() : Optional.of(report);
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

  private Answer files(Session session) throws IOException, InterruptedException {
    VerifyArguments arguments = VerifyArguments.of(session, words);
    TrustedKeys trusted = flags.trusted(session);
    if (trusted.allowed().isEmpty()) {
      session.console().warning(nobodyTrusted());
    }
    FileVerifier verifier = new FileVerifier(trusted.verifier());
    int threads = Runtime.getRuntime().availableProcessors();
    List<FileReport> reports;
    try (Progress progress = session.console().progress("Verifying", size(arguments.files()))) {
      reports = verifier.verify(arguments.files(), threads, r -> progress.advance(size(r.file())));
    }
    RpmVerification rpms =
        RpmVerification.of(session, arguments.rpms(), trusted.verifier(), installedVersions());
    return new FileVerdicts(reports, arguments.orphans(), rpms)
        .tell(session.console(), arguments.several());
  }

  private List<RpmVersion> installedVersions() {
    try {
      return installed.stream().map(RpmVersion::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--installed: " + e.getMessage());
    }
  }

  private static long size(List<Path> files) {
    return files.stream().mapToLong(VerifyCommand::size).sum();
  }

  /** For the progress bar only; a file that is gone is found missing when it is read. */
  private static long size(Path file) {
    return file.toFile().length();
  }

  private static Finding nobodyTrusted() {
    return Finding.of(
        "trust-empty",
        "",
        "no key is trusted here, so no signature can be good",
        "Name a certificate: --trust FILE, or the directory of a pacman keyring; or configure one.");
  }
}
