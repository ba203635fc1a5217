package org.qrepo.sign.rpm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.io.Digests;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Verifier;
import org.qrepo.publish.Verifier.Verdict;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmHeaders;
import org.qrepo.rpm.RpmTag;

/**
 * Judges the signatures inside of a package as dom0 does: one over the main header is needed, and
 * every one that is there must be good.
 */
public final class RpmVerifier {
  private static final int[] OVER_HEADER = {
    RpmTag.Signature.HEADER_DSA, RpmTag.Signature.HEADER_RSA
  };
  private static final int[] OVER_CONTENT = {
    RpmTag.Signature.CONTENT_RSA, RpmTag.Signature.CONTENT_DSA
  };

  private final Verifier verifier;

  public RpmVerifier(Verifier verifier) {
    this.verifier = verifier;
  }

  /**
   * What was found.
   *
   * @param good the signature over the main header, if it is good
   * @param findings what dom0 would refuse; empty only if there is a good signature
   */
  public record Report(Optional<Verdict.Good> good, List<Finding> findings) {
    public Report {
      findings = List.copyOf(findings);
    }

    /** Whether there is a signature at all, good or bad. */
    public boolean signed() {
      return findings.stream().noneMatch(f -> f.id().equals("rpm-unsigned"));
    }
  }

  /** What reading a package must digest along the way, so that it can be judged. */
  public RpmFile.Wish wish() {
    return new RpmFile.Wish() {
      @Override
      public Set<HashAlgorithm> content(RpmHeader signatures) {
        Set<HashAlgorithm> needed = new HashSet<>();
        for (int tag : OVER_CONTENT) {
          signatures.data(tag).ifPresent(s -> needed.addAll(verifier.algorithms(s)));
        }
        return needed;
      }
    };
  }

  /** Judges a package that was read with this verifier's {@link #wish}. */
  public Report verify(RpmFile file) {
    List<Finding> findings = new ArrayList<>();
    Optional<Verdict.Good> good = judgeHeader(file.fileName(), file.headers(), findings);
    List<byte[]> overContent = signatures(file.signatures(), OVER_CONTENT);
    if (overContent.size() > 1) {
      findings.add(several(file.fileName()));
    }
    for (byte[] signature : overContent) {
      judge(file.fileName(), signature, file.content().orElseGet(Digests::new), findings);
    }
    return new Report(findings.isEmpty() ? good : Optional.empty(), findings);
  }

  /**
   * Judges the signature over the main header alone, where the rest is somewhere else.
   *
   * @param name what messages call the package
   */
  public Report verify(String name, RpmHeaders headers) {
    List<Finding> findings = new ArrayList<>();
    Optional<Verdict.Good> good = judgeHeader(name, headers, findings);
    return new Report(findings.isEmpty() ? good : Optional.empty(), findings);
  }

  private Optional<Verdict.Good> judgeHeader(
      String name, RpmHeaders headers, List<Finding> findings) {
    List<byte[]> overHeader = signatures(headers.signatures(), OVER_HEADER);
    if (overHeader.isEmpty()) {
      findings.add(unsigned(name, headers.signatures()));
    }
    if (overHeader.size() > 1) {
      findings.add(several(name));
    }
    Optional<Verdict.Good> good = Optional.empty();
    for (byte[] signature : overHeader) {
      Digests digests = Digests.of(headers.header().bytes(), verifier.algorithms(signature));
      good = judge(name, signature, digests, findings);
    }
    return good;
  }

  private static List<byte[]> signatures(RpmHeader header, int[] tags) {
    List<byte[]> found = new ArrayList<>();
    for (int tag : tags) {
      header.data(tag).ifPresent(found::add);
    }
    return found;
  }

  private Optional<Verdict.Good> judge(
      String name, byte[] signature, Digests digests, List<Finding> findings) {
    Verdict verdict = verifier.verify(name, signature, digests, Verifier.Form.BINARY);
    if (verdict instanceof Verdict.Bad bad) {
      findings.add(RpmSentences.of(bad.finding()));
      return Optional.empty();
    }
    RpmPacketRules.refusal(name, signature).ifPresent(findings::add);
    return Optional.of((Verdict.Good) verdict);
  }

  private static Finding unsigned(String name, RpmHeader signatures) {
    boolean newer = signatures.has(RpmTag.Signature.HEADER_OPENPGP);
    return Finding.of(
        "rpm-unsigned",
        name,
        newer
            ? "the package is signed only in the way of rpm 6, which dom0 does not know"
            : "the package's header is not signed",
        "A detached .sig beside it counts for nothing in dom0.",
        "rpmkeys will say: digests SIGNATURES NOT OK; rpmcanon: header not signed. Sign it: qrepo sign FILE");
  }

  private static Finding several(String name) {
    return Finding.of(
        "rpm-several-signatures",
        name,
        "the package has several signatures of one kind",
        "rpmcanon will say: more than one signature of the same type. Sign it again: qrepo sign --force FILE");
  }
}
