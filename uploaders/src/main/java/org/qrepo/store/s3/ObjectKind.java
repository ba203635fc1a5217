package org.qrepo.store.s3;

import java.util.Optional;
import org.qrepo.publish.StoreKey;

/**
 * What the server tells clients of an object beside its bytes.
 *
 * @param redirect where the website of the bucket leads those who ask for it; empty: nowhere
 */
record ObjectKind(String contentType, String cacheControl, Optional<String> redirect) {
  private static final String SIGNATURE = "application/pgp-signature";
  private static final String OTHER = "application/octet-stream";
  private static final String FOREVER = "public, max-age=31536000, immutable";
  private static final String ASK = "no-cache";

  /** Written once: but a signature may be made again for the same bytes. */
  static ObjectKind immutable(StoreKey key) {
    return isSignature(key) ? of(SIGNATURE, ASK) : of(OTHER, FOREVER);
  }

  static ObjectKind mutable(StoreKey key) {
    return of(type(key), ASK);
  }

  /** A database that leads to its generation; a signature stays where it is. */
  static ObjectKind leading(StoreKey key, String to) {
    return isSignature(key) ? mutable(key) : new ObjectKind(OTHER, ASK, Optional.of(to));
  }

  private static ObjectKind of(String contentType, String cacheControl) {
    return new ObjectKind(contentType, cacheControl, Optional.empty());
  }

  private static String type(StoreKey key) {
    String name = key.value();
    if (isSignature(key)) {
      return SIGNATURE;
    }
    if (name.endsWith(".html")) {
      return "text/html; charset=utf-8";
    }
    return name.endsWith(".json") ? "application/json" : OTHER;
  }

  private static boolean isSignature(StoreKey key) {
    return key.value().endsWith(".sig") || key.value().endsWith(".asc");
  }
}
