package org.qrepo.sign;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Verifier.Verdict;

/**
 * What is to be said of one file and the signature beside it.
 *
 * @param file as it was named
 * @param sha256 of the file; empty if it could not be read
 * @param good what the signature says, if it is good
 * @param signature what is wrong with the signature, or worth knowing of it
 * @param content why the file itself is of no use to clients
 */
public record FileReport(
    Path file,
    Optional<Sha256> sha256,
    Optional<Verdict.Good> good,
    List<SignatureFinding> signature,
    List<Finding> content) {
  public FileReport {
    signature = List.copyOf(signature);
    content = List.copyOf(content);
  }

  /** Whether clients can rely on it. */
  public boolean ok() {
    return content.isEmpty() && signature.stream().noneMatch(SignatureFinding::isError);
  }

  /** As messages call the file. */
  public String name() {
    return String.valueOf(file.getFileName());
  }
}
