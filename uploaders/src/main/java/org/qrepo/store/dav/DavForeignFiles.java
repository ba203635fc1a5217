package org.qrepo.store.dav;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.store.lease.ForeignFiles;

/** Lock files of other programs, as far as the server shows them. */
final class DavForeignFiles implements ForeignFiles {
  private static final int LONGEST = 4096;

  private final Reader reader;
  private final Calls calls;
  private final Creation creation;

  DavForeignFiles(Reader reader, Calls calls, Creation creation) {
    this.reader = reader;
    this.calls = calls;
    this.creation = creation;
  }

  /** How a small file is made. */
  @FunctionalInterface
  interface Creation {
    boolean of(StoreKey key, String text) throws StoreException;
  }

  @Override
  public boolean create(StoreKey key, String text) throws StoreException {
    return creation.of(key, text);
  }

  @Override
  public Optional<String> read(StoreKey key) throws StoreException {
    return reader
        .beginning("read " + key, key, LONGEST)
        .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void remove(StoreKey key) throws StoreException {
    String attempt = "remove " + key;
    Answer answer = calls.ask(attempt, "DELETE", calls.address().of(key), Map.of());
    if (!answer.isDone() && !answer.isAbsent()) {
      throw calls.refused(attempt, answer);
    }
  }

  @Override
  public String mark() {
    return "dav";
  }
}
