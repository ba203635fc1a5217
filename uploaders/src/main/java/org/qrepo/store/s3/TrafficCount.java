package org.qrepo.store.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.qrepo.publish.Traffic;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Abortable;

/** Counts the bytes of the bodies of all requests and answers of a client. */
final class TrafficCount implements ExecutionInterceptor {
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong copied = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();

  Traffic now() {
    return new Traffic(sent.get(), received.get(), copied.get(), repeated.get());
  }

  void copied() {
    copied.incrementAndGet();
  }

  void repeated() {
    repeated.incrementAndGet();
  }

  /** The client repeats none by itself, so that this is called once for each request. */
  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    context
        .httpRequest()
        .firstMatchingHeader("Content-Length")
        .map(Long::parseLong)
        .ifPresent(sent::addAndGet);
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    return context.responseBody().map(Counted::new);
  }

  /** Passes on that the rest is not wanted, for else it would be waited for. */
  private final class Counted extends FilterInputStream implements Abortable {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public void abort() {
      if (in instanceof Abortable open) {
        open.abort();
      }
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      received.addAndGet(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = super.read(buffer, offset, length);
      received.addAndGet(Math.max(n, 0));
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      long skipped = super.skip(n);
      received.addAndGet(skipped);
      return skipped;
    }
  }
}
