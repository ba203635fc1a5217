package org.qrepo.store.dav;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract over nginx with its DAV modules, TLS and a password. */
class NginxDavTest extends DavContract {
  @TempDir static Path shared;
  private static WebServer server;

  @BeforeAll
  static void start() throws Exception {
    server = WebServer.nginx(shared);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  WebServer server() {
    return server;
  }

  @Override
  protected boolean listsHidden() {
    return false;
  }
}
