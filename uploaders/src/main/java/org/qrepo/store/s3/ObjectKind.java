package org.qrepo.store.s3;

import org.qrepo.publish.StoreKey;

/** What the server tells clients of an object beside its bytes. */
record ObjectKind(String contentType, String cacheControl) {
  private static final String SIGNATURE = "application/pgp-signature";
  private static final String OTHER = "application/octet-stream";
  private static final String FOREVER = "public, max-age=31536000, immutable";
  private static final String ASK = "no-cache";

  /** Written once: but a signature may be made again for the same bytes. */
  static ObjectKind immutable(StoreKey key) {
    return isSignature(key) ? new ObjectKind(SIGNATURE, ASK) : new ObjectKind(OTHER, FOREVER);
  }

  static ObjectKind mutable(StoreKey key) {
    return new ObjectKind(isSignature(key) ? SIGNATURE : OTHER, ASK);
  }

  private static boolean isSignature(StoreKey key) {
    return key.value().endsWith(".sig") || key.value().endsWith(".asc");
  }
}
