package org.qrepo.store.s3;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;
import org.qrepo.store.s3.SerialisingForwarder.Fault;

/** The contract on a server that takes every write, whatever its condition. */
class UnconditionalS3StoreTest extends BucketContract {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  @TempDir static Path dir;
  private static S3Server server;
  private static SerialisingForwarder forwarder;
  private String prefix = "";

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    server = S3Server.start(dir, false);
    forwarder =
        SerialisingForwarder.before(server.endpoint(), request -> new Fault.Unconditional());
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
    return S3Server.store(forwarder.endpoint(), prefix, false);
  }

  @Override
  @Test
  @Disabled("limitation: without conditions only one publisher may write")
  protected void otherBytesByManyThreadsHaveOneWinner() throws Exception {
    super.otherBytesByManyThreadsHaveOneWinner();
  }

  @Override
  protected int many() {
    return 20;
  }

  @Override
  protected int rounds() {
    return 10;
  }
}
