package org.qrepo.publish;

/** The four files of a generation that clients fetch, in the order in which they are committed. */
public enum Part {
  DATABASE("db"),
  DATABASE_SIGNATURE("db.sig"),
  FILES("files"),
  FILES_SIGNATURE("files.sig");

  private final String suffix;

  Part(String suffix) {
    this.suffix = suffix;
  }

  /** The file name: {@code NAME.db}. */
  public String fileName(RepositoryName repository) {
    return repository + "." + suffix;
  }

  /** The name that repo-add gives the same bytes: {@code NAME.db.tar.gz}. */
  String repoAddName(RepositoryName repository, String archiveSuffix) {
    return isSignature()
        ? repository + "." + suffix.replace(".sig", archiveSuffix + ".sig")
        : repository + "." + suffix + archiveSuffix;
  }

  /** The most bytes that clients download. */
  long maxSize() {
    return isSignature() ? Verifier.MAX_SIGNATURE : GenerationReader.MAX_DATABASE;
  }

  /** The signature of a database. */
  Part signature() {
    return switch (this) {
      case DATABASE, DATABASE_SIGNATURE -> DATABASE_SIGNATURE;
      case FILES, FILES_SIGNATURE -> FILES_SIGNATURE;
    };
  }

  boolean isSignature() {
    return this == DATABASE_SIGNATURE || this == FILES_SIGNATURE;
  }
}
