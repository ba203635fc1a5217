package org.qrepo.store.s3;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;

/** An object that is put together of parts: its beginning, and one of its two ends. */
final class MultipartUpload {
  private final Opener opener;
  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final StoreKey key;
  private final Blob blob;
  private final String id;

  private MultipartUpload(Opener opener, StoreKey key, Blob blob, String id) {
    this.opener = opener;
    this.address = opener.address();
    this.connection = opener.connection();
    this.attempts = opener.attempts();
    this.key = key;
    this.blob = blob;
    this.id = id;
  }

  /**
   * Begins uploads; nothing is to be seen of one until it is completed.
   *
   * @param checksums whether each part comes with its SHA-256
   */
  record Opener(
      S3Address address,
      Connection connection,
      Attempts attempts,
      ObjectWriter writer,
      boolean checksums) {
    MultipartUpload begin(StoreKey key, ObjectKind kind, Blob blob) throws StoreException {
      CreateMultipartUploadRequest.Builder request =
          CreateMultipartUploadRequest.builder()
              .bucket(address.bucket())
              .key(address.key(key))
              .contentType(kind.contentType())
              .cacheControl(kind.cacheControl())
              .websiteRedirectLocation(kind.redirect().orElse(null))
              .metadata(Map.of(Bucket.DIGEST, blob.sha256().hex()))
              .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)));
      if (checksums) {
        request.checksumAlgorithm(ChecksumAlgorithm.SHA256);
      }
      String id =
          attempts.run(
              "write " + key,
              () -> connection.client().createMultipartUpload(request.build()).uploadId());
      return new MultipartUpload(this, key, blob, id);
    }
  }

  String id() {
    return id;
  }

  /**
   * Makes an object of the parts. What became of an earlier try is looked at as {@link
   * ObjectWriter} does; a failure ends with {@link #abort}.
   *
   * @return the tag of the new state
   */
  Tag complete(Precondition precondition, List<CompletedPart> parts) throws StoreException {
    CompleteMultipartUploadRequest request =
        CompleteMultipartUploadRequest.builder()
            .bucket(address.bucket())
            .key(address.key(key))
            .uploadId(id)
            .multipartUpload(u -> u.parts(parts))
            .ifMatch(precondition.ifMatch())
            .ifNoneMatch(precondition.ifNoneMatch())
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(blob.size())))
            .build();
    try {
      return attempts.run("write " + key, () -> once(request));
    } catch (StoreException | RuntimeException e) {
      abort(e);
      throw e;
    }
  }

  private Tag once(CompleteMultipartUploadRequest request) throws StoreException {
    try {
      CompleteMultipartUploadResponse answer = connection.client().completeMultipartUpload(request);
      return new Tag(String.valueOf(answer.eTag()));
    } catch (SdkException e) {
      Optional<Tag> own = Failures.isUnclear(e) ? opener.writer().own(key, blob) : Optional.empty();
      if (own.isPresent()) {
        return own.get();
      }
      throw e;
    }
  }

  /** Leaves nothing of it, also in a thread that was interrupted. */
  void abort(Exception because) {
    AbortMultipartUploadRequest request =
        AbortMultipartUploadRequest.builder()
            .bucket(address.bucket())
            .key(address.key(key))
            .uploadId(id)
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)))
            .build();
    boolean interrupted = Thread.interrupted();
    try {
      attempts.run(
          "abort the upload of " + key, () -> connection.client().abortMultipartUpload(request));
    } catch (StoreException e) {
      because.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
