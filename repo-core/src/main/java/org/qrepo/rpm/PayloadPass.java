package org.qrepo.rpm;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Reads a payload to its end and shows it to several digests, one of them on a thread of its own:
 * MD5 is slower than all others, and packages have gigabytes.
 */
final class PayloadPass {
  private static final int PIECE = 1 << 18;

  private final Sink aside;
  private final List<Sink> others;

  /** Takes the bytes of a payload, piece by piece. */
  @FunctionalInterface
  interface Sink {
    void update(byte[] bytes, int offset, int length);
  }

  PayloadPass(Sink aside, List<Sink> others) {
    this.aside = aside;
    this.others = List.copyOf(others);
  }

  void read(InputStream in) throws IOException {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      read(in, thread);
    } finally {
      thread.shutdown();
    }
  }

  /** One buffer is read into while the other may still be worked on. */
  private void read(InputStream in, ExecutorService thread) throws IOException {
    byte[] buffer = new byte[PIECE];
    byte[] busy = new byte[PIECE];
    CompletableFuture<Void> work = CompletableFuture.completedFuture(null);
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      work.join();
      byte[] piece = buffer;
      int length = n;
      work = CompletableFuture.runAsync(() -> aside.update(piece, 0, length), thread);
      others.forEach(sink -> sink.update(piece, 0, length));
      buffer = busy;
      busy = piece;
    }
    work.join();
  }
}
