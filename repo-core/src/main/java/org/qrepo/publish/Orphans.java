package org.qrepo.publish;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qrepo.Finding;
import org.qrepo.database.Database;
import org.qrepo.database.DatabaseEntry;

/** Finds what lies in a repository's directory and is no part of it: told, and left alone. */
final class Orphans {
  private static final Pattern PACKAGE = Pattern.compile(".+\\.pkg\\.tar(\\.[A-Za-z0-9]{1,8})?");
  private static final String SIGNATURE = ".sig";

  private final Store store;
  private final Pattern old;

  Orphans(RepositoryName repository, Store store) {
    this.store = store;
    this.old =
        Pattern.compile(
            Pattern.quote(repository.value())
                + "\\.(db|files)\\.tar(\\.[a-z0-9]+)?\\.old(\\.sig)?");
  }

  /** A finding for each, in the order of their names. */
  List<Finding> find(Database database) throws StoreException {
    Set<String> named =
        database.entries().stream().map(DatabaseEntry::fileName).collect(Collectors.toSet());
    Set<String> there =
        store.list(Optional.empty()).stream().map(StoreKey::name).collect(Collectors.toSet());
    Set<String> packages = new HashSet<>(there);
    packages.removeIf(name -> !PACKAGE.matcher(name).matches());
    packages.addAll(named);
    List<Finding> findings = new ArrayList<>();
    for (String name : there.stream().sorted().toList()) {
      if (old.matcher(name).matches()) {
        findings.add(
            Finding.of(
                "database-old",
                name,
                "repo-add left its database from before",
                "It may be deleted."));
      } else if (packages.contains(name) && !named.contains(name)) {
        findings.add(
            Finding.of(
                "package-orphan",
                name,
                "the database does not name it",
                "It stays as it is, and clients do not see it. To publish it: qrepo publish."));
      } else if (isLoneSignature(name, packages)) {
        findings.add(
            Finding.of("signature-orphan", name, "the package is not there", "It may be deleted."));
      }
    }
    return findings;
  }

  private static boolean isLoneSignature(String name, Set<String> packages) {
    if (!name.endsWith(SIGNATURE)) {
      return false;
    }
    String signed = name.substring(0, name.length() - SIGNATURE.length());
    return PACKAGE.matcher(signed).matches() && !packages.contains(signed);
  }
}
