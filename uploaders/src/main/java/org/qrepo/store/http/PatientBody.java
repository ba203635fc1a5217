package org.qrepo.store.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an answer as a stream that waits for a silent server only so long. At most one
 * portion is asked for ahead of the reader. Read by one thread.
 */
public final class PatientBody extends InputStream implements BodySubscriber<InputStream> {
  private final String url;
  private final Duration patience;
  private final BlockingQueue<Portion> portions = new LinkedBlockingQueue<>();
  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
  private Flow.@Nullable Subscription subscription;
  private boolean closed;
  private boolean ended;

  /**
   * @param url as it may be shown
   * @param patience how long the server may send nothing
   */
  public PatientBody(String url, Duration patience) {
    this.url = url;
    this.patience = patience;
  }

  /** What the network gave: bytes, or the end, or a failure. */
  private record Portion(List<ByteBuffer> bytes, boolean end, @Nullable Throwable failure) {}

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    portions.add(new Portion(bytes, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    portions.add(new Portion(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    portions.add(new Portion(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (buffers.isEmpty() && !ended) {
      take();
    }
    ByteBuffer first = buffers.peek();
    if (first == null) {
      return -1;
    }
    int n = Math.min(length, first.remaining());
    first.get(target, offset, n);
    if (!first.hasRemaining()) {
      buffers.remove();
    }
    return n;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  private void take() throws IOException {
    Portion portion = await();
    if (portion.failure() != null) {
      throw new IOException(
          url + ": the answer broke off: " + portion.failure().getMessage(), portion.failure());
    }
    portion.bytes().stream().filter(ByteBuffer::hasRemaining).forEach(buffers::add);
    ended = portion.end();
    if (!ended) {
      more();
    }
  }

  private Portion await() throws IOException {
    if (isClosed()) {
      throw new IOException(url + ": the stream is closed");
    }
    Portion portion;
    try {
      portion = portions.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while reading " + url);
    }
    if (portion == null) {
      close();
      throw new HttpTimeoutException(
          url + ": the server sent nothing for " + patience.toMillis() + " ms");
    }
    return portion;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void more() {
    if (subscription != null) {
      subscription.request(1);
    }
  }
}
