package org.qrepo.store.s3;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.Tag;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Finds out, once, in which way a server replaces an object by a copy of another one only if the
 * object is in the state that was expected. Many servers heed the conditions of a write and ignore
 * those of a copy. The object of {@link ConditionProbe} is what it tries them on.
 */
final class CopyProbe {
  /** How a copy is made on a condition. */
  enum Way {
    /** By CopyObject. */
    OBJECT,
    /** As the only part of an upload in parts, for whose completion the condition stands. */
    PARTS,
    /** Not at all. */
    NONE
  }

  private static final Precondition OTHER_STATE =
      new Precondition(new Tag("\"00000000000000000000000000000000\""), true);
  private static final Precondition NOTHING = new Precondition(Tag.ABSENT, true);

  private final Bucket bucket;
  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final MultipartUpload.Opener uploads;
  private @Nullable Way way;

  /**
   * @param known the way, where the server's makers say it; empty: it is tried
   */
  CopyProbe(
      S3Address address,
      Connection connection,
      Attempts attempts,
      Bucket bucket,
      MultipartUpload.Opener uploads,
      Optional<Way> known) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
    this.bucket = bucket;
    this.uploads = uploads;
    this.way = known.orElse(null);
  }

  /** Only after {@link ConditionProbe#require}, unless the way was known. */
  synchronized Way way() throws StoreException {
    Way found = way;
    if (found == null) {
      found = copiesHeed() ? Way.OBJECT : partsHeed() ? Way.PARTS : Way.NONE;
      way = found;
    }
    return found;
  }

  /** A copy did not work: none is tried again. */
  synchronized void disprove() {
    way = Way.NONE;
  }

  private boolean copiesHeed() throws StoreException {
    String what = "write " + ConditionProbe.NAME;
    return attempts.run(what, () -> refuses(OTHER_STATE))
        && attempts.run(what, () -> refuses(NOTHING));
  }

  /** A copy onto itself, which is allowed where the metadata is said anew. */
  private boolean refuses(Precondition condition) throws StoreException {
    CopyObjectRequest request =
        CopyObjectRequest.builder()
            .sourceBucket(address.bucket())
            .sourceKey(address.key(ConditionProbe.NAME))
            .destinationBucket(address.bucket())
            .destinationKey(address.key(ConditionProbe.NAME))
            .metadataDirective(MetadataDirective.REPLACE)
            .metadata(Map.of())
            .ifMatch(condition.ifMatch())
            .ifNoneMatch(condition.ifNoneMatch())
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)))
            .build();
    try {
      connection.client().copyObject(request);
      return false;
    } catch (S3Exception e) {
      if (e.statusCode() == 412) {
        return true;
      }
      if (e.statusCode() == 501 || (e.statusCode() < 500 && e.statusCode() != 429)) {
        return false;
      }
      throw e;
    }
  }

  /** The bytes are like no others: that the server has them would mean that it did not heed. */
  private boolean partsHeed() throws StoreException {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    Blob blob = Blob.of(bytes);
    try {
      MultipartUpload upload =
          uploads.begin(ConditionProbe.NAME, ObjectKind.mutable(ConditionProbe.NAME), blob);
      upload.complete(OTHER_STATE, List.of(part(upload, bytes)));
      return false;
    } catch (StoreException e) {
      if (e.kind() == Kind.TRANSIENT) {
        throw e;
      }
      // Some servers lose the object over a completion that they refuse.
      return e.kind() == Kind.CONFLICT && bucket.look(ConditionProbe.NAME).isPresent();
    }
  }

  private CompletedPart part(MultipartUpload upload, byte[] bytes) throws StoreException {
    try {
      String tag =
          attempts.run(
              "write " + ConditionProbe.NAME,
              () ->
                  connection
                      .client()
                      .uploadPart(
                          u ->
                              u.bucket(address.bucket())
                                  .key(address.key(ConditionProbe.NAME))
                                  .uploadId(upload.id())
                                  .partNumber(1)
                                  .overrideConfiguration(
                                      o -> o.apiCallTimeout(connection.bound(0))),
                          RequestBody.fromBytes(bytes))
                      .eTag());
      return CompletedPart.builder().partNumber(1).eTag(tag).build();
    } catch (StoreException | RuntimeException e) {
      upload.abort(e);
      throw e;
    }
  }
}
