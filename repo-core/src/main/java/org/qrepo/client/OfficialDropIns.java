package org.qrepo.client;

import java.util.List;

/**
 * The drop-ins of Qubes' own repositories by release. Up to 4.2 their names had the release in
 * them; 4.0 had none but a stub for repositories of one's own. Source: archlinux/ of
 * qubes-core-agent-linux and qubes-meta-packages.
 */
public final class OfficialDropIns {
  private static final QubesRelease FIRST = new QubesRelease(4, 1);
  private static final QubesRelease LOWER_TESTING = new QubesRelease(4, 2);
  private static final QubesRelease WITHOUT_RELEASE = new QubesRelease(4, 3);

  private OfficialDropIns() {}

  /** The names of the files that can be enabled in a release, in the order of pacman. */
  public static List<String> of(QubesRelease release) {
    if (release.compareTo(FIRST) < 0) {
      return List.of();
    }
    String infix = release.compareTo(WITHOUT_RELEASE) < 0 ? release.number() + "-" : "";
    String current = "90-qubes-" + infix + "current.conf";
    String number = release.compareTo(LOWER_TESTING) < 0 ? "90" : "85";
    String testing = number + "-qubes-" + infix + "current-testing.conf";
    return List.of(testing, current);
  }

  /** Whether a section is that of an official repository: {@code qubes-r4.3-current}. */
  public static boolean isOfficial(String section) {
    return section.matches(
        "qubes-r[0-9]+\\.[0-9]+-(current|current-testing|security-testing|unstable)");
  }
}
