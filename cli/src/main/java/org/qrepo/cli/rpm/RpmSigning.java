package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.RefusedException;
import org.qrepo.cli.Session;
import org.qrepo.cli.UsageException;
import org.qrepo.cli.console.Figures;
import org.qrepo.cli.console.JsonObject;
import org.qrepo.publish.Signer;
import org.qrepo.publish.Verifier;
import org.qrepo.rpm.RpmRewrite;
import org.qrepo.rpm.RpmTag;
import org.qrepo.sign.KeyFileSigner;
import org.qrepo.sign.rpm.RpmSigner;

/** The RPM packages of one {@code sign}: all are read and judged before the first is signed. */
public final class RpmSigning {
  private final Session session;
  private final Verifier verifier;
  private final Options options;
  private final List<OpenedRpm> packages;
  private final List<OpenedRpm> open;

  /**
   * How they are signed.
   *
   * @param force whether what is signed already is signed anew
   * @param detached whether a {@code .sig} is written besides
   * @param contentSignature whether header and payload are signed together too ({@code --rpmv3})
   */
  public record Options(
      boolean force, boolean detached, boolean contentSignature, boolean inPlace) {
    RpmRewrite rewrite() {
      return inPlace ? RpmRewrite.IN_PLACE : RpmRewrite.COPY;
    }

    /** Whether any of them says something that packages for pacman have no use for. */
    public boolean forRpmOnly() {
      return detached || contentSignature || inPlace;
    }
  }

  private RpmSigning(
      Session session, Verifier verifier, Options options, List<OpenedRpm> packages) {
    this.session = session;
    this.verifier = verifier;
    this.options = options;
    this.packages = List.copyOf(packages);
    this.open = packages.stream().filter(this::isOpen).toList();
  }

  /**
   * Reads and judges the packages.
   *
   * @param refusals gets what keeps any of them from being signed
   */
  public static RpmSigning read(
      Session session, List<Path> paths, Verifier verifier, Options options, List<Finding> refusals)
      throws IOException {
    List<OpenedRpm> packages = new ArrayList<>();
    for (Path path : paths) {
      try {
        OpenedRpm one =
            OpenedRpm.read(session, path, verifier, options.contentSignature(), options.detached());
        one.lint(List.of()).forEach(session.console()::warning);
        packages.add(one);
        refusals.addAll(foreign(one, options));
      } catch (RefusedException e) {
        refusals.addAll(e.findings());
      }
    }
    return new RpmSigning(session, verifier, options, packages);
  }

  /** A signature that is there and not good is somebody else's, or of another package. */
  private static List<Finding> foreign(OpenedRpm one, Options options) {
    if (options.force() || !one.report().signed()) {
      return List.of();
    }
    return one.report().findings().stream().map(RpmSigning::withForce).toList();
  }

  private static Finding withForce(Finding finding) {
    List<String> details = new ArrayList<>(finding.details());
    details.add("To put your own signature in its place: --force.");
    return new Finding(finding.id(), finding.subject(), finding.reason(), details);
  }

  private boolean isOpen(OpenedRpm one) {
    return options.force() || !one.good() || (options.contentSignature() && !hasContent(one));
  }

  private static boolean hasContent(OpenedRpm one) {
    return one.file().signatures().has(RpmTag.Signature.CONTENT_RSA)
        || one.file().signatures().has(RpmTag.Signature.CONTENT_DSA);
  }

  /** Whether a key is needed. */
  public boolean needed() {
    return !open.isEmpty() || (options.detached() && !packages.isEmpty());
  }

  /** Signs what is not signed yet. */
  public void sign(Signer signer) throws IOException {
    if (!open.isEmpty()) {
      session
          .console()
          .stage(
              "Signing "
                  + Figures.count(open.size(), "RPM", "RPMs")
                  + " with "
                  + signer.description());
    }
    RpmSigner rpmSigner = signer(signer);
    for (OpenedRpm one : open) {
      RpmSigner.Signed signed = rpmSigner.sign(one.file(), options.rewrite());
      if (!signed.sameSize()) {
        session.console().verbose(one.name() + " had no space reserved, and became larger");
      }
    }
    if (options.detached()) {
      for (OpenedRpm one : packages) {
        detach(signer, one);
      }
    }
  }

  private RpmSigner signer(Signer signer) {
    if (!options.contentSignature()) {
      return RpmSigner.of(signer);
    }
    if (signer instanceof KeyFileSigner file) {
      return RpmSigner.withContentSignature(file);
    }
    throw new UsageException(
        "--rpmv3 needs a key file: other keys get no more than the header, some kilobytes",
        "Leave it out: dom0 does not need this kind of signature since R4.1.");
  }

  /** What was just signed is read again: its bytes are others now. */
  private void detach(Signer signer, OpenedRpm one) throws IOException {
    OpenedRpm now =
        open.contains(one)
            ? OpenedRpm.read(session, one.file().path(), verifier, false, true)
            : one;
    new DetachedSignature(now.file()).write(signer);
  }

  /** Says what became of each. */
  public void report() {
    for (OpenedRpm one : packages) {
      session.console().detail(one.name() + (open.contains(one) ? "" : " (signed already)"));
      session.console().result(one.file().path().toString());
      if (options.detached()) {
        session.console().result(DetachedSignature.beside(one.file().path()).toString());
      }
    }
  }

  /** The same for scripts. */
  public void write(JsonObject json) throws IOException {
    json.objects(
        "rpms",
        packages,
        (object, one) ->
            object.field("file", one.file().path().toString()).field("new", open.contains(one)));
  }
}
