package org.qrepo.cli.rpm;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.qrepo.Finding;
import org.qrepo.cli.Session;
import org.qrepo.io.HashAlgorithm;
import org.qrepo.publish.Verifier;
import org.qrepo.rpm.InPlaceRewrite;
import org.qrepo.rpm.RpmFile;
import org.qrepo.rpm.RpmHeader;
import org.qrepo.rpm.RpmVersion;
import org.qrepo.rpm.TemplateLint;
import org.qrepo.sign.rpm.RpmVerifier;

/**
 * An RPM package that was read and judged.
 *
 * @param report what its signatures are worth
 */
record OpenedRpm(RpmFile file, RpmVerifier.Report report) {
  /**
   * Ends what an interrupted signing left, and reads the package.
   *
   * @param content whether header and payload are digested together, to be signed
   * @param whole whether the file is digested
   * @throws org.qrepo.RefusedException if it is damaged
   */
  static OpenedRpm read(
      Session session, Path path, Verifier verifier, boolean content, boolean whole)
      throws IOException {
    recover(session, path);
    RpmVerifier judge = new RpmVerifier(verifier);
    RpmFile file =
        RpmFile.read(
            path,
            new RpmFile.Wish() {
              @Override
              public Set<HashAlgorithm> content(RpmHeader signatures) {
                Set<HashAlgorithm> wished = new HashSet<>(judge.wish().content(signatures));
                if (content) {
                  wished.add(HashAlgorithm.SHA256);
                }
                return wished;
              }

              @Override
              public boolean whole() {
                return whole;
              }
            });
    return new OpenedRpm(file, judge.verify(file));
  }

  private static void recover(Session session, Path path) throws IOException {
    String became =
        switch (InPlaceRewrite.recover(path)) {
          case NOTHING -> "";
          case RESTORED -> "was restored as it had been before";
          case COMPLETED -> "had been completed";
        };
    if (!became.isEmpty()) {
      session
          .console()
          .warning(
              Finding.of(
                  "rpm-recovered",
                  String.valueOf(path.getFileName()),
                  "an interrupted signing in place " + became));
    }
  }

  String name() {
    return file.fileName();
  }

  boolean good() {
    return report.good().isPresent();
  }

  /**
   * What dom0's {@code qvm-template} would not like; nothing if it is no template.
   *
   * @param others versions that are installed or published already
   */
  List<Finding> lint(List<RpmVersion> others) {
    return TemplateLint.applies(file.header())
        ? TemplateLint.of(name(), file.header(), others)
        : List.of();
  }
}
