package org.qrepo.store.dav;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over Apache with mod_dav, TLS and a password. */
class ApacheDavTest extends DavContract {
  @TempDir static Path shared;
  private static WebServer server;

  @BeforeAll
  static void start() throws Exception {
    server = WebServer.apache(shared);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  WebServer server() {
    return server;
  }
}
