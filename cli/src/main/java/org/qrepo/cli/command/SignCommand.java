package org.qrepo.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Answer;
import org.qrepo.cli.Command;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.config.Config;
import org.qrepo.cli.config.ConfigLoader;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.keys.KeyWord;
import org.qrepo.cli.keys.SigningKeys;
import org.qrepo.cli.keys.TrustedKeys;
import org.qrepo.cli.rpm.RpmSigning;
import org.qrepo.io.AtomicFile;
import org.qrepo.publish.Signer;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Signs packages where they lie. */
@CommandLine.Command(
    name = "sign",
    description = {
      "Sign packages: a detached binary signature FILE.sig beside each.",
      "RPMs are signed in themselves, in their header, as dom0 wants templates."
    })
public final class SignCommand implements Command {
  /** Signatures that a new one does not mend: somebody else's key made them. */
  private static final Set<String> FOREIGN = Set.of("key-unknown", "key-not-allowed");

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Packages and RPMs.")
  private List<String> files = List.of();

  @Option(names = "--force", description = "Sign anew what is signed already.")
  private boolean force;

  @Option(names = "--detached", description = "RPMs: write FILE.sig too, which dom0 ignores.")
  private boolean detached;

  @Option(
      names = "--rpmv3",
      description = "RPMs: sign header and payload together too, for rpm before 4.14.")
  private boolean rpmv3;

  @Option(
      names = "--in-place",
      description = "RPMs: overwrite the few kilobytes in the file, without a copy of it.")
  private boolean inPlace;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The passphrase is the first line of FILE.")
  private @Nullable String passphraseFile;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "Sign with this key: " + KeyWord.FORMS + ".")
  private @Nullable String key;

  private boolean wrote;

  /** Not asked for after something was written: signatures made before a failure stay. */
  @Override
  public boolean changes() {
    return !wrote;
  }

  @Override
  public Answer run(Session session) throws IOException {
    Config config = session.config(flags(session));
    PackageArguments.Given given = PackageArguments.files(session, files);
    TrustedKeys trusted = TrustedKeys.of(session, config, List.of());
    List<Finding> refusals = new ArrayList<>();
    List<SignedPackage> packages = read(given.packages(), trusted, refusals);
    RpmSigning rpms =
        RpmSigning.read(session, given.rpms(), trusted.verifier(), options(given), refusals);
    if (!refusals.isEmpty()) {
      throw new RefusedException(refusals);
    }
    List<SignedPackage> open = force ? packages : SignedPackage.unsigned(packages);
    if (!open.isEmpty() || rpms.needed()) {
      sign(session, config, open, rpms);
    }
    for (SignedPackage one : packages) {
      boolean fresh = open.contains(one);
      session.console().detail(one.name() + (fresh ? "" : " (signed already)"));
      session.console().result(SignedPackage.signatureFile(one.file().path()).toString());
    }
    rpms.report();
    return Answer.done(
        json -> {
          json.objects(
              "signatures",
              packages,
              (object, p) ->
                  object
                      .field("file", SignedPackage.signatureFile(p.file().path()).toString())
                      .field("new", open.contains(p)));
          rpms.write(json);
        });
  }

  private ConfigLoader.Flag[] flags(Session session) {
    return key == null
        ? new ConfigLoader.Flag[0]
        : KeyWord.flags(session, key).toArray(ConfigLoader.Flag[]::new);
  }

  private RpmSigning.Options options(PackageArguments.Given given) {
    RpmSigning.Options options = new RpmSigning.Options(force, detached, rpmv3, inPlace);
    if (options.forRpmOnly() && given.rpms().isEmpty()) {
      throw new UsageException(
          "--detached, --rpmv3 and --in-place are for RPMs, and there are none");
    }
    return options;
  }

  private List<SignedPackage> read(List<Path> paths, TrustedKeys trusted, List<Finding> refusals)
      throws IOException {
    List<SignedPackage> packages = new ArrayList<>();
    for (Path path : paths) {
      try {
        SignedPackage one = SignedPackage.read(path, trusted.verifier());
        packages.add(one);
        foreign(one).ifPresent(refusals::add);
      } catch (RefusedException e) {
        refusals.addAll(e.findings());
      }
    }
    return packages;
  }

  private Optional<Finding> foreign(SignedPackage one) {
    return one.bad()
        .filter(bad -> !force && FOREIGN.contains(bad.finding().id()))
        .map(
            bad -> {
              List<String> details = new ArrayList<>(bad.finding().details());
              details.add("To put your own signature in its place: --force.");
              return new Finding(
                  bad.finding().id(), bad.finding().subject(), bad.finding().reason(), details);
            });
  }

  private void sign(Session session, Config config, List<SignedPackage> open, RpmSigning rpms)
      throws IOException {
    Optional<Path> file = Optional.ofNullable(passphraseFile).map(session::path);
    try (Signer signer = new SigningKeys(session, config, file).open()) {
      if (!open.isEmpty()) {
        String count = Figures.count(open.size(), "package", "packages");
        session.console().stage("Signing " + count + " with " + signer.description());
      }
      for (SignedPackage one : open) {
        byte[] signature = signer.sign(one);
        AtomicFile.write(
            SignedPackage.signatureFile(one.file().path()),
            signature,
            PosixFilePermissions.fromString("rw-r--r--"));
        wrote = true;
      }
      rpms.sign(signer);
    }
  }
}
