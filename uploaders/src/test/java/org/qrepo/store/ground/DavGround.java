package org.qrepo.store.ground;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.qrepo.publish.Store;
import org.qrepo.store.dav.DavStore;
import org.qrepo.store.dav.WebServer;

/** A web server that takes files over TLS, and shows them to everybody. */
record DavGround(WebServer server, Path netrc) implements Ground {
  static Ground of(WebServer server, Path folder) throws IOException {
    return new DavGround(server, server.netrc(folder.resolve("netrc"), WebServer.PASSWORD));
  }

  @Override
  public Path root() {
    return server.documents();
  }

  /** The server may be another user. */
  @Override
  public Path folder(String name) {
    try {
      Path folder = Ground.super.folder(name);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Store open(Path folder) {
    return DavStore.open(server.url() + "/" + root().relativize(folder), server.settings());
  }

  @Override
  public Map<String, String> target(Path folder) {
    return Map.of(
        "url",
        server.url() + "/" + root().relativize(folder),
        "server",
        site(folder),
        "ca-file",
        server.authority().toString(),
        "netrc-file",
        netrc.toString());
  }

  @Override
  public Map<String, String> environment() {
    return Map.of();
  }

  @Override
  public String site(Path folder) {
    return server.server() + "/" + root().relativize(folder);
  }

  @Override
  public void close() {
    server.close();
  }
}
