package org.qrepo.parcel;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.qrepo.alpm.PackageFileName;
import org.qrepo.publish.GenerationId;
import org.qrepo.publish.Part;
import org.qrepo.publish.RepositoryName;
import org.qrepo.publish.StoreKey;

/**
 * Where a file lies in a parcel. There is no other kind of path, so that none can lead out of a
 * parcel or hide in it:
 *
 * <pre>
 * repository/PACKAGE.pkg.tar.zst[.sig]
 * repository/generations/ID/NAME.db[.sig] NAME.files[.sig] generation.json
 * templates/rpm/TEMPLATE.rpm
 * templates/repodata/FILE
 * </pre>
 *
 * @param value relative, parted by {@code /}, printable ASCII without quotation mark and backslash
 */
public record ParcelPath(String value) implements Comparable<ParcelPath> {
  /** The part that is a repository. */
  public static final String REPOSITORY = "repository";

  /** The part that holds template RPMs and what dnf reads about them. */
  public static final String TEMPLATES = "templates";

  static final String GENERATIONS = "generations";
  private static final String NOTE = "generation.json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~^:-]{0,249}");
  private static final Pattern PART =
      Pattern.compile(
          "generation[.]json|[A-Za-z0-9@_+][A-Za-z0-9@._+-]{0,127}[.](db|files)([.]sig)?");
  private static final String RPM = ".rpm";

  public ParcelPath {
    kind(value);
  }

  /** What a file is for. */
  public enum Kind {
    /** A package, or the signature beside it. */
    PACKAGE,
    /** A part of a generation. */
    GENERATION,
    /** A template RPM. */
    TEMPLATE,
    /** What dnf reads about templates. */
    METADATA
  }

  public Kind kind() {
    return kind(value);
  }

  /** The name of the file in the part of the parcel that it belongs to. */
  public StoreKey key() {
    return new StoreKey(value.substring(value.indexOf('/') + 1));
  }

  /** A file of the part that is a repository. */
  static ParcelPath repository(StoreKey key) {
    return new ParcelPath(REPOSITORY + "/" + key);
  }

  /** The generation that a part belongs to; empty for everything else. */
  Optional<GenerationId> generation() {
    String[] segments = value.split("/", -1);
    return kind() == Kind.GENERATION
        ? Optional.of(new GenerationId(segments[2]))
        : Optional.empty();
  }

  /** Whether a part of a generation is one of this repository's. */
  boolean isOf(RepositoryName repository) {
    String name = key().name();
    return kind() != Kind.GENERATION
        || name.equals(NOTE)
        || Arrays.stream(Part.values()).anyMatch(part -> part.fileName(repository).equals(name));
  }

  private static Kind kind(String value) {
    String[] segments = value.split("/", -1);
    String name = segments[segments.length - 1];
    if (segments.length == 2 && segments[0].equals(REPOSITORY) && isPackage(name)) {
      return Kind.PACKAGE;
    }
    if (segments.length == 4
        && segments[0].equals(REPOSITORY)
        && segments[1].equals(GENERATIONS)
        && isGeneration(segments[2])
        && PART.matcher(name).matches()) {
      return Kind.GENERATION;
    }
    if (segments.length == 3 && segments[0].equals(TEMPLATES) && NAME.matcher(name).matches()) {
      if (segments[1].equals("rpm") && name.endsWith(RPM)) {
        return Kind.TEMPLATE;
      }
      if (segments[1].equals("repodata")) {
        return Kind.METADATA;
      }
    }
    throw new IllegalArgumentException("a parcel has no file of this name");
  }

  private static boolean isPackage(String name) {
    try {
      String file = name.endsWith(".sig") ? name.substring(0, name.length() - 4) : name;
      return !new PackageFileName(file).value().contains("\"");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isGeneration(String name) {
    try {
      return new GenerationId(name).value().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public int compareTo(ParcelPath other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
