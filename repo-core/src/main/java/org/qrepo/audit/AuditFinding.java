package org.qrepo.audit;

import java.util.ArrayList;
import java.util.List;
import org.qrepo.Finding;
import org.qrepo.alpm.PackageName;
import org.qrepo.alpm.PackageVersion;

/**
 * One thing that the distribution's databases do to a published package.
 *
 * @param name of the published package
 * @param about the relation or the other package that it is about, as it stands in a database
 * @param reason one line, lower case, no full stop
 * @param sentences what pacman prints or asks, for {@code -Syu} before {@code -S}
 * @param remedy how to mend it
 */
public record AuditFinding(
    Trouble trouble,
    Severity severity,
    PackageName name,
    PackageVersion version,
    String about,
    String reason,
    List<String> sentences,
    String remedy) {
  public AuditFinding {
    sentences = List.copyOf(sentences);
  }

  public boolean breaks() {
    return severity == Severity.BREAKS;
  }

  /** What it is about, without the versions that can change: the same in both places. */
  String key() {
    return trouble + " " + severity + " " + name + " " + about;
  }

  /** The same for a console; the sentences of pacman stand before the remedy. */
  public Finding asFinding() {
    List<String> details = new ArrayList<>();
    sentences.forEach(sentence -> details.add("pacman: " + sentence));
    details.add(remedy);
    return new Finding(trouble.id(), name + " " + version, reason, details);
  }
}
