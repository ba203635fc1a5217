package org.qrepo.publish;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.qrepo.alpm.FileList;
import org.qrepo.database.DatabaseEntry;
import org.qrepo.database.FileLists;
import org.qrepo.database.FilesDatabaseReader;
import org.qrepo.database.ReadLimits;

/** File lists on disk, to the byte: one at a time is in memory. */
final class SpooledLists implements FileLists {
  private final Path file;
  private final Map<String, Place> places;

  private SpooledLists(Path file, Map<String, Place> places) {
    this.file = file;
    this.places = Map.copyOf(places);
  }

  /** Where a list stands in the file. */
  private record Place(long offset, int size) {}

  /**
   * Copies the lists of the entries.
   *
   * @param lists a file database whose digest has been checked
   * @param subject what findings call it
   */
  static SpooledLists copy(
      Scratch.Spooled lists, String subject, Collection<DatabaseEntry> entries, Scratch scratch)
      throws IOException {
    Set<String> wanted = entries.stream().map(DatabaseEntry::directory).collect(Collectors.toSet());
    Path file = scratch.newFile();
    Map<String, Place> places = new HashMap<>();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      FilesDatabaseReader.read(
          lists.blob()::open, subject, ReadLimits.files(), new Copy(wanted, places, out));
    }
    return new SpooledLists(file, places);
  }

  /** Takes lists to disk as they are made, from several threads. */
  static final class Writer implements Closeable {
    private final Path file;
    private final OutputStream out;
    private final Map<String, Place> places = new HashMap<>();
    private long offset;

    Writer(Scratch scratch) throws IOException {
      this.file = scratch.newFile();
      this.out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    /**
     * @param directory of the entry
     */
    synchronized void add(String directory, FileList list) throws IOException {
      list.writeTo(out);
      places.put(directory, new Place(offset, list.size()));
      offset += list.size();
    }

    /** The lists, once no more will come. */
    synchronized SpooledLists lists() throws IOException {
      out.flush();
      return new SpooledLists(file, places);
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** Copies the lists that are wanted, one after the other. */
  private static final class Copy implements FilesDatabaseReader.Visitor {
    private final Set<String> wanted;
    private final Map<String, Place> places;
    private final OutputStream out;
    private long offset;

    Copy(Set<String> wanted, Map<String, Place> places, OutputStream out) {
      this.wanted = wanted;
      this.places = places;
      this.out = out;
    }

    @Override
    public void files(String directory, long size, InputStream list) throws IOException {
      if (wanted.contains(directory)) {
        long copied = list.transferTo(out);
        places.put(directory, new Place(offset, Math.toIntExact(copied)));
        offset += copied;
      }
    }
  }

  @Override
  public Optional<FileList> of(DatabaseEntry entry) throws IOException {
    Place place = places.get(entry.directory());
    if (place == null) {
      return Optional.empty();
    }
    byte[] bytes = new byte[place.size()];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(place.offset());
      in.readFully(bytes);
    }
    return Optional.of(FileList.ofStored(bytes));
  }
}
