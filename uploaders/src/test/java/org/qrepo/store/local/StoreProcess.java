package org.qrepo.store.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.Tag;
import org.qrepo.store.Blobs;

/** A publisher in a process of its own: {@code VERB DIRECTORY ARGUMENT...}. */
public final class StoreProcess {
  private StoreProcess() {}

  public static void main(String[] arguments) throws Exception {
    try (Store store = new LocalStore(Path.of(arguments[1]))) {
      switch (arguments[0]) {
        case "put" -> store.putOnce(new StoreKey(arguments[2]), Blobs.text(arguments[3]));
        case "swap" -> store.swap(new StoreKey(arguments[2]), Tag.ABSENT, Blobs.text(arguments[3]));
        case "big" ->
            store.putOnce(
                new StoreKey(arguments[2]), Blobs.generated(Long.parseLong(arguments[3]), 3));
        case "slow" -> store.putOnce(new StoreKey(arguments[2]), waiting(arguments[3]));
        case "lock" -> hold(store, arguments);
        case "count" -> count(store, Integer.parseInt(arguments[2]));
        default -> throw new IllegalArgumentException(arguments[0]);
      }
      System.out.println("done");
    } catch (StoreException e) {
      System.out.println(e.kind() + " " + e.getMessage());
    }
  }

  /** Takes the lock and the foreign ones, says so, and waits for the end of its input. */
  private static void hold(Store store, String[] arguments) throws IOException {
    List<StoreKey> foreign = Stream.of(arguments).skip(2).map(StoreKey::new).toList();
    try (StoreLock lock = store.lock(new LockRequest(Duration.ZERO, foreign))) {
      lock.confirm();
      System.out.println("held");
      System.in.readAllBytes();
      lock.confirm();
    }
  }

  private static void count(Store store, int times) throws IOException {
    StoreKey counter = new StoreKey("counter");
    for (int i = 0; i < times; i++) {
      try (StoreLock lock = store.lock(new LockRequest(Duration.ofMinutes(1), List.of()))) {
        Tag tag = store.stat(counter).orElseThrow().tag();
        int now;
        try (Store.Opened open = store.open(counter)) {
          now =
              Integer.parseInt(new String(open.stream().readAllBytes(), StandardCharsets.US_ASCII));
        }
        lock.confirm();
        store.swap(counter, tag, Blobs.text("" + (now + 1)));
      }
    }
  }

  /** Gives half of the text, says so, and gives the rest at the end of the process's input. */
  private static Blob waiting(String text) {
    Blob blob = Blobs.text(text);
    return new Blob.Measured(
        blob.size(),
        blob.sha256(),
        () ->
            new InputStream() {
              private final InputStream bytes = blob.open();
              private long given;

              @Override
              public int read() throws IOException {
                return bytes.read();
              }

              @Override
              public int read(byte[] buffer, int offset, int length) throws IOException {
                if (given > 0) {
                  System.out.println("half");
                  System.in.readAllBytes();
                }
                int n = bytes.read(buffer, offset, Math.min(length, text.length() / 2 + 1));
                given += n;
                return n;
              }
            });
  }
}
