package org.qrepo.store.s3;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;

/** The contract on s3proxy. */
class S3StoreTest extends BucketContract {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  @TempDir static Path dir;
  private static S3Server server;
  private static SerialisingForwarder forwarder;
  private String prefix = "";

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir);
    forwarder = SerialisingForwarder.before(server.endpoint());
  }

  @AfterAll
  static void stop() {
    forwarder.close();
    server.close();
  }

  @Override
  protected Store create() {
    prefix = "repo" + PREFIXES.incrementAndGet();
    return another();
  }

  @Override
  protected Store another() {
    return S3Server.store(forwarder.endpoint(), prefix, true);
  }
}
