package org.qrepo.store.s3;

import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/**
 * Writes an object in one request. After an answer that leaves it open whether the write had its
 * effect, and after a refusal that an earlier try of the same write may have caused, what is there
 * decides: the bytes of this write mean that it is done.
 */
final class ObjectWriter {
  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final Bucket bucket;
  private final boolean checksums;

  ObjectWriter(
      S3Address address,
      Connection connection,
      Attempts attempts,
      Bucket bucket,
      boolean checksums) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
    this.bucket = bucket;
    this.checksums = checksums;
  }

  /**
   * @return the tag of the new state
   * @throws StoreException of kind CONFLICT if the precondition does not hold
   */
  Tag write(StoreKey key, Precondition precondition, ObjectKind kind, Blob blob)
      throws StoreException {
    return attempts.run("write " + key, () -> once(key, precondition, kind, blob));
  }

  private Tag once(StoreKey key, Precondition precondition, ObjectKind kind, Blob blob)
      throws StoreException {
    Body body = new Body(key, blob);
    PutObjectResponse answer;
    try {
      answer = put(key, precondition, kind, blob, body);
    } catch (RuntimeException e) {
      if (body.failure().isPresent()) {
        throw body.failure().get().asStoreException();
      }
      if (e instanceof SdkException failure) {
        return settled(key, blob, failure);
      }
      throw e;
    }
    requireIntact(key, blob, body, answer);
    String tag = answer.eTag();
    return tag == null ? settled(key, blob) : new Tag(tag);
  }

  private PutObjectResponse put(
      StoreKey key, Precondition precondition, ObjectKind kind, Blob blob, Body body)
      throws StoreException {
    if (blob.size() == 0) {
      SourceCheck.requireEmpty(body);
    }
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(address.bucket())
            .key(address.key(key))
            .contentLength(blob.size())
            .contentType(kind.contentType())
            .cacheControl(kind.cacheControl())
            .websiteRedirectLocation(kind.redirect().orElse(null))
            .metadata(Map.of(Bucket.DIGEST, blob.sha256().hex()))
            .ifMatch(precondition.ifMatch())
            .ifNoneMatch(precondition.ifNoneMatch())
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(blob.size())));
    if (checksums) {
      request.checksumSHA256(Hash.base64(blob.sha256()));
    }
    return connection
        .client()
        .putObject(
            request.build(),
            RequestBody.fromContentProvider(body, blob.size(), kind.contentType()));
  }

  private Tag settled(StoreKey key, Blob blob, SdkException failure) throws StoreException {
    Optional<Tag> own = Failures.isUnclear(failure) ? own(key, blob) : Optional.empty();
    if (own.isPresent()) {
      return own.get();
    }
    if (failure instanceof S3Exception answer && Failures.isAbsent(answer)) {
      throw new StoreException(Kind.CONFLICT, key + " is not there any more", failure);
    }
    throw failure;
  }

  private Tag settled(StoreKey key, Blob blob) throws StoreException {
    return own(key, blob)
        .orElseThrow(
            () ->
                new StoreException(Kind.CONFLICT, key + " was changed as soon as it was written"));
  }

  /** The state that is there, if it has the bytes of this write. */
  Optional<Tag> own(StoreKey key, Blob blob) throws StoreException {
    Optional<StoredObject> there = bucket.look(key);
    return there.isPresent() && bucket.holds(there.get(), blob)
        ? Optional.of(there.get().tag())
        : Optional.empty();
  }

  /**
   * The server has checked the bytes if it was sent their digest; else its ETag is their MD5, or
   * they are read again.
   */
  private void requireIntact(StoreKey key, Blob blob, Body body, PutObjectResponse answer)
      throws StoreException {
    String tag = String.valueOf(answer.eTag()).replace("\"", "");
    boolean checked = Hash.base64(blob.sha256()).equals(answer.checksumSHA256());
    boolean opaque = answer.serverSideEncryption() == ServerSideEncryption.AWS_KMS;
    if (checked || (checksums && opaque) || body.md5().filter(tag::equals).isPresent()) {
      return;
    }
    requireReadBack(key, blob);
  }

  /** Makes sure that a reader gets the bytes of the blob. */
  void requireReadBack(StoreKey key, Blob blob) throws StoreException {
    Optional<StoredObject> object = bucket.look(key);
    boolean intact =
        object.isPresent()
            && object.get().size() == blob.size()
            && bucket.read(object.get()).equals(blob.sha256());
    if (!intact) {
      throw new StoreException(
          Kind.PERMANENT,
          key
              + " in "
              + address
              + " has not the bytes that were sent\nThe server, or what is before it, changes them:"
              + " nothing can be published there.");
    }
  }
}
