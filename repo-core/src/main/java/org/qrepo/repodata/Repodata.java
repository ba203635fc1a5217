package org.qrepo.repodata;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The packages of a repository.
 *
 * @param entries by name and version, no location twice
 */
public record Repodata(List<RpmEntry> entries) {
  /** Of a repository without packages. */
  public static final Repodata EMPTY = new Repodata(List.of());

  /** More packages are not read. */
  private static final int MOST = 100_000;

  public Repodata {
    entries = entries.stream().sorted(RpmEntry.BY_VERSION).toList();
    Set<String> locations = new HashSet<>();
    if (!entries.stream().allMatch(entry -> locations.add(entry.location()))) {
      throw new IllegalArgumentException("two packages at one place");
    }
  }

  /** With these; those at the same places are replaced. */
  public Repodata with(List<RpmEntry> more) {
    Set<String> places = new HashSet<>();
    more.forEach(entry -> places.add(entry.location()));
    return new Repodata(
        Stream.concat(
                entries.stream().filter(entry -> !places.contains(entry.location())), more.stream())
            .toList());
  }

  /** Without those. */
  public Repodata without(Predicate<RpmEntry> those) {
    return new Repodata(entries.stream().filter(those.negate()).toList());
  }

  /** The documents that describe them, in the order of the index. */
  public List<MetadataDocument> documents() throws IOException {
    List<MetadataDocument> documents = new ArrayList<>();
    for (MetadataKind kind : MetadataKind.values()) {
      documents.add(MetadataDocument.write(kind, entries));
    }
    return documents;
  }

  /**
   * Reads the documents that an index names.
   *
   * @param index whose signature was verified
   * @param documents their compressed bytes
   * @throws org.qrepo.RefusedException if they are not those that the index names, or not what
   *     qrepo writes
   */
  @SuppressWarnings("ArrayRecordComponent")
  public static Repodata read(Repomd index, Map<MetadataKind, byte[]> documents)
      throws IOException {
    Map<MetadataKind, List<String>> fragments = new EnumMap<>(MetadataKind.class);
    for (MetadataKind kind : MetadataKind.values()) {
      fragments.put(
          kind,
          MetadataDocument.read(
              kind, Objects.requireNonNull(documents.get(kind)), index.stated(kind)));
    }
    List<String> primary = of(fragments, MetadataKind.PRIMARY);
    List<String> filelists = of(fragments, MetadataKind.FILELISTS);
    List<String> other = of(fragments, MetadataKind.OTHER);
    String subject = MetadataKind.PRIMARY.location(index.stated(MetadataKind.PRIMARY).checksum());
    if (primary.size() != filelists.size()
        || primary.size() != other.size()
        || primary.size() > MOST) {
      throw EntryReader.malformed(subject, "the documents do not hold the same number of packages");
    }
    List<RpmEntry> entries = new ArrayList<>(primary.size());
    for (int i = 0; i < primary.size(); i++) {
      entries.add(EntryReader.read(subject, primary.get(i), filelists.get(i), other.get(i)));
    }
    try {
      return new Repodata(entries);
    } catch (IllegalArgumentException e) {
      throw EntryReader.malformed(subject, String.valueOf(e.getMessage()));
    }
  }

  private static List<String> of(Map<MetadataKind, List<String>> fragments, MetadataKind kind) {
    return Objects.requireNonNull(fragments.get(kind));
  }
}
