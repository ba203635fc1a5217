package org.qrepo.cli.source;

import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.cli.config.BuilderKind;
import org.qrepo.publish.Fingerprint;
import org.qrepo.sign.git.ObjectId;
import org.qrepo.sign.git.SourceSignature;

/**
 * Why a commit is believed to be the developers'.
 *
 * @param master whose word it hangs on
 * @param tags the good ones on the commit, by name
 * @param commitSignature that of the commit itself, if it is good
 * @param warnings about signatures that are not good, while others are
 */
record SourceProof(
    ObjectId commit,
    BuilderKind kind,
    Fingerprint master,
    List<SignedTag> tags,
    Optional<SourceSignature.Good> commitSignature,
    List<Finding> warnings) {
  SourceProof {
    tags = List.copyOf(tags);
    warnings = List.copyOf(warnings);
  }

  /** A tag and who signed it. */
  record SignedTag(String name, SourceSignature.Good signature) {}
}
