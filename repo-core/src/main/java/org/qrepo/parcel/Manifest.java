package org.qrepo.parcel;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.qrepo.io.Sha256;
import org.qrepo.publish.Part;
import org.qrepo.publish.Plan;
import org.qrepo.publish.RepositoryName;

/**
 * What a parcel holds, and what one must have for it to be of use.
 *
 * @param parcel the name that it was given
 * @param repository whose part it is
 * @param time when it was made, in whole seconds, years 1970 to 9999
 * @param target what its maker calls the repository's place, for commands to paste; if it has a
 *     name in the maker's configuration
 * @param base the generation that the receiver has; empty: none is needed
 * @param head the generation that the receiver will have
 * @param files every file but the manifest and its signature, in the order of their paths, at most
 *     {@link #MOST_FILES}; all parts of {@code head} among them
 */
public record Manifest(
    ParcelName parcel,
    RepositoryName repository,
    Instant time,
    Optional<String> target,
    Optional<Plan.Base> base,
    Plan.Base head,
    List<Item> files) {
  /** More than any repository has packages. */
  public static final int MOST_FILES = 200_000;

  static final long MOST_BYTES = 1L << 50;
  private static final long MOST_SEQUENCE = 1_000_000_000_000_000L;
  private static final Pattern TARGET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

  /**
   * One file.
   *
   * @param size in bytes
   */
  public record Item(ParcelPath path, long size, Sha256 sha256) {}

  /**
   * @throws IllegalArgumentException with a reason that can be shown
   */
  public Manifest {
    files = List.copyOf(files);
    require(
        time.equals(time.truncatedTo(ChronoUnit.SECONDS))
            && !time.isBefore(Instant.EPOCH)
            && !time.isAfter(END_OF_TIME),
        "its time is impossible");
    require(target.map(t -> TARGET.matcher(t).matches()).orElse(true), "its target has no name");
    require(
        isPossible(head) && base.map(Manifest::isPossible).orElse(true), "a number is impossible");
    require(parcel.isOf(repository, head), "its name is that of another parcel");
    requireOrder(base, head);
    requireFiles(repository, files);
    for (Part part : Part.values()) {
      String path = pathOf(repository, head, part);
      require(
          files.stream().anyMatch(item -> item.path().value().equals(path)),
          "its own generation is not in it");
    }
  }

  private static boolean isPossible(Plan.Base generation) {
    return generation.sequence() > 0 && generation.sequence() <= MOST_SEQUENCE;
  }

  private static void requireOrder(Optional<Plan.Base> base, Plan.Base head) {
    if (base.isPresent()) {
      boolean same = base.get().database().equals(head.database());
      require(
          same ? base.get().sequence() == head.sequence() : base.get().sequence() < head.sequence(),
          "its base is not older than what it brings");
    }
  }

  private static void requireFiles(RepositoryName repository, List<Item> files) {
    require(files.size() <= MOST_FILES, "it names more than " + MOST_FILES + " files");
    Set<String> names = new HashSet<>();
    String before = "";
    long bytes = 0;
    for (Item item : files) {
      String path = item.path().value();
      require(path.compareTo(before) > 0, "its files are not in order");
      require(names.add(path.toLowerCase(Locale.ROOT)), "two files differ in case alone");
      require(item.path().isOf(repository), "it names a part of another repository");
      require(item.size() >= 0 && item.size() <= MOST_BYTES, "a size is impossible");
      bytes += item.size();
      require(bytes <= MOST_BYTES, "it is impossibly large");
      before = path;
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  static String pathOf(RepositoryName repository, Plan.Base generation, Part part) {
    return ParcelPath.REPOSITORY
        + "/"
        + ParcelPath.GENERATIONS
        + "/"
        + generation.generation()
        + "/"
        + part.fileName(repository);
  }

  /** The size of all files. */
  public long bytes() {
    return files.stream().mapToLong(Item::size).sum();
  }

  /** The files of some kind. */
  public List<Item> files(ParcelPath.Kind kind) {
    return files.stream().filter(item -> item.path().kind() == kind).toList();
  }

  /** How many packages it brings. */
  public int packages() {
    return (int)
        files(ParcelPath.Kind.PACKAGE).stream()
            .filter(item -> !item.path().value().endsWith(".sig"))
            .count();
  }
}
