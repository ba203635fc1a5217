package org.qrepo.alpm;

import java.util.List;
import java.util.Optional;
import org.qrepo.Finding;
import org.qrepo.io.Compression;

/** Compares the name of a package's file with its metadata. */
final class NameMismatch {
  private NameMismatch() {}

  static Optional<Finding> find(
      PackageFileName fileName, PackageInfo info, Compression compression) {
    String start = info.name() + "-" + info.version() + "-";
    String stem = fileName.stem();
    boolean matches =
        List.of(":", ".", "_", "%3A", "%3a").stream()
            .map(colon -> start.replace(":", colon))
            .anyMatch(s -> stem.startsWith(s) && isArchitecture(info, stem.substring(s.length())));
    if (matches) {
      return Optional.empty();
    }
    String expected = start + info.architecture().map(Architecture::value).orElse("ARCH");
    return Optional.of(
        Finding.of(
            "package-name-mismatch",
            fileName.value(),
            "file name does not say what the package is",
            "its metadata say " + expected,
            "rename it to "
                + expected
                + ".pkg.tar"
                + compression.suffix()
                + ", or build the package again"));
  }

  private static boolean isArchitecture(PackageInfo info, String text) {
    return info.architecture()
        .map(a -> a.value().equals(text))
        .orElse(!text.isEmpty() && !text.contains("-"));
  }
}
