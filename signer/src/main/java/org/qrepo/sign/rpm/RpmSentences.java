package org.qrepo.sign.rpm;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;

/** Findings on signatures, with what rpm's programs say of them in place of what pacman does. */
final class RpmSentences {
  private static final String RPMKEYS = "rpmkeys will say: digests SIGNATURES NOT OK; rpmcanon: ";

  private RpmSentences() {}

  static Finding of(Finding finding) {
    List<String> details = new ArrayList<>();
    for (String line : finding.details()) {
      String kept =
          line.replaceFirst(" ?\\b(pacman|repo-add and pacman|pacman still)\\b.*", "")
              .replaceFirst(":$", ".");
      if (!kept.isBlank()) {
        details.add(kept.replace("gpg --digest-algo SHA256 --detach-sign FILE", "qrepo sign FILE"));
      }
    }
    details.add(RPMKEYS + rpmcanon(finding.id()));
    return new Finding(finding.id(), finding.subject(), finding.reason(), details);
  }

  private static String rpmcanon(String id) {
    return switch (id) {
      case "signature-bad" -> "Signature forged!";
      case "key-unknown", "signature-issuer-mismatch" -> "No key available!";
      case "key-not-allowed" -> "Key not trusted!";
      default -> "bad OpenPGP signature.";
    };
  }
}
