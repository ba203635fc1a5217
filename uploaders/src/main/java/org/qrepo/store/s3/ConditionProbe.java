package org.qrepo.store.s3;

import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Makes sure that a server refuses writes whose condition does not hold, before anything depends on
 * it: some take them all. It shows that conditions are honoured, not that they are atomic.
 */
final class ConditionProbe {
  /** An empty object that stays; lists leave it out. */
  static final StoreKey NAME = new StoreKey(".qrepo.probe");

  private static final String NO_STATE = "\"00000000000000000000000000000000\"";

  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private boolean passed;

  ConditionProbe(S3Address address, Connection connection, Attempts attempts) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
  }

  /**
   * @throws StoreException of kind PERMANENT if it does not
   */
  synchronized void require() throws StoreException {
    if (passed) {
      return;
    }
    boolean there = refuses("*", null);
    boolean heeded = there || refuses("*", null);
    if (!heeded || !refuses(null, NO_STATE)) {
      throw new StoreException(
          Kind.PERMANENT,
          address
              + ": the server ignores the conditions of writes: two publishers could undo each"
              + " other's work\nIf there is only one publisher, ever, say so: conditional-writes:"
              + " false in the target of qrepo.yml.");
    }
    passed = true;
  }

  private boolean refuses(@Nullable String ifNoneMatch, @Nullable String ifMatch)
      throws StoreException {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(address.bucket())
            .key(address.key(NAME))
            .ifNoneMatch(ifNoneMatch)
            .ifMatch(ifMatch)
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)))
            .build();
    return attempts.run("write " + NAME, () -> refused(request));
  }

  /** A server that knows no conditions may also say so. */
  private boolean refused(PutObjectRequest request) throws StoreException {
    try {
      connection.client().putObject(request, RequestBody.empty());
      return false;
    } catch (S3Exception e) {
      if (e.statusCode() == 412) {
        return true;
      }
      if (e.statusCode() == 501 || Failures.code(e).equals("NotImplemented")) {
        return false;
      }
      throw e;
    }
  }
}
