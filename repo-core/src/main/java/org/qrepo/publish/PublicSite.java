package org.qrepo.publish;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The repository as strangers reach it: what stands after {@code Server =} in pacman.conf. */
public interface PublicSite extends Closeable {
  /** The URL that clients use, without user info. */
  String location();

  /**
   * Fetches {@code Server/path} as pacman does: the path goes into the URL as it is, redirects are
   * followed.
   *
   * @return empty if there is no such object (404, 410)
   * @throws IOException if the site cannot be reached or answers anything else
   */
  Optional<Fetched> fetch(String path) throws IOException;

  /**
   * What the site answered.
   *
   * @param location the URL after redirects: clients derive the signature's URL from it
   * @param stream the bytes, unbounded: the reader bounds them
   */
  record Fetched(String location, InputStream stream) implements Closeable {
    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
