package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import org.qrepo.store.PromisedStream;
import org.qrepo.store.SourceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;

/**
 * Replaces an object by a copy of another one that the server has, so that no byte of it is sent.
 * As with {@link ObjectWriter}, what is there decides after an answer that leaves it open whether
 * the copy was made.
 */
final class ServerCopy {
  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final Bucket bucket;
  private final ObjectWriter writer;
  private final MultipartUpload.Opener uploads;
  private final CopyProbe probe;

  ServerCopy(
      S3Address address,
      Connection connection,
      Attempts attempts,
      Bucket bucket,
      ObjectWriter writer,
      MultipartUpload.Opener uploads,
      CopyProbe probe) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
    this.bucket = bucket;
    this.writer = writer;
    this.uploads = uploads;
    this.probe = probe;
  }

  /**
   * Copies.
   *
   * @param same the bytes that {@code from} should hold
   * @return the tag of the new state; empty if the bytes must be sent after all
   * @throws StoreException of kind CONFLICT if the precondition does not hold
   */
  Optional<Tag> write(
      StoreKey key, Precondition precondition, ObjectKind kind, StoreKey from, Blob same)
      throws StoreException {
    CopyProbe.Way way = probe.way();
    if (way == CopyProbe.Way.NONE || same.size() == 0) {
      return Optional.empty();
    }
    Optional<StoredObject> source = bucket.look(from).filter(object -> tellsOf(object, same));
    if (source.isEmpty()) {
      return Optional.empty();
    }
    try {
      Tag tag =
          way == CopyProbe.Way.OBJECT
              ? object(key, precondition, kind, source.get(), same)
              : part(key, precondition, kind, source.get(), same);
      connection.traffic().copied();
      return Optional.of(tag);
    } catch (StoreException e) {
      return failed(key, precondition, e);
    }
  }

  private static boolean tellsOf(StoredObject object, Blob same) {
    return object.size() == same.size() && object.digest().equals(Optional.of(same.sha256()));
  }

  /** A server that cannot, or not now: the bytes are sent on the same condition. */
  private Optional<Tag> failed(StoreKey key, Precondition precondition, StoreException e)
      throws StoreException {
    if (e.kind() == Kind.TRANSIENT || Thread.currentThread().isInterrupted()) {
      throw e;
    }
    if (e.kind() == Kind.CONFLICT || e.kind() == Kind.ABSENT) {
      Tag now = bucket.look(key).map(StoredObject::tag).orElse(Tag.ABSENT);
      if (!now.equals(precondition.expected())) {
        throw new StoreException(Kind.CONFLICT, key + " was changed by another publisher", e);
      }
      return Optional.empty();
    }
    probe.disprove();
    return Optional.empty();
  }

  private Tag object(
      StoreKey key, Precondition precondition, ObjectKind kind, StoredObject source, Blob same)
      throws StoreException {
    CopyObjectRequest request =
        CopyObjectRequest.builder()
            .sourceBucket(address.bucket())
            .sourceKey(address.key(source.key()))
            .copySourceIfMatch(source.tag().value())
            .destinationBucket(address.bucket())
            .destinationKey(address.key(key))
            .metadataDirective(MetadataDirective.REPLACE)
            .contentType(kind.contentType())
            .cacheControl(kind.cacheControl())
            .websiteRedirectLocation(kind.redirect().orElse(null))
            .metadata(Map.of(Bucket.DIGEST, same.sha256().hex()))
            .ifMatch(precondition.ifMatch())
            .ifNoneMatch(precondition.ifNoneMatch())
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(same.size())))
            .build();
    return attempts.run("write " + key, () -> once(key, request, source, same));
  }

  private Tag once(StoreKey key, CopyObjectRequest request, StoredObject source, Blob same)
      throws StoreException {
    try {
      CopyObjectResponse answer = connection.client().copyObject(request);
      String tag = String.valueOf(answer.copyObjectResult().eTag());
      boolean opaque = answer.serverSideEncryption() == ServerSideEncryption.AWS_KMS;
      if (!opaque && !tellsOf(tag, source, same)) {
        writer.requireReadBack(key, same);
      }
      return new Tag(tag);
    } catch (SdkException e) {
      Optional<Tag> own = Failures.isUnclear(e) ? writer.own(key, same) : Optional.empty();
      if (own.isPresent()) {
        return own.get();
      }
      throw e;
    }
  }

  private Tag part(
      StoreKey key, Precondition precondition, ObjectKind kind, StoredObject source, Blob same)
      throws StoreException {
    MultipartUpload upload = uploads.begin(key, kind, same);
    String part;
    try {
      part = attempts.run("write " + key, () -> copy(key, upload, source, same));
    } catch (StoreException | RuntimeException e) {
      upload.abort(e);
      throw e;
    }
    Tag tag =
        upload.complete(
            precondition, List.of(CompletedPart.builder().partNumber(1).eTag(part).build()));
    boolean made = bare(tag.value()).equals(ofOnePart(bare(part)));
    if (!made || !tellsOf(part, source, same)) {
      writer.requireReadBack(key, same);
    }
    return tag;
  }

  private String copy(StoreKey key, MultipartUpload upload, StoredObject source, Blob same)
      throws StoreException {
    UploadPartCopyRequest request =
        UploadPartCopyRequest.builder()
            .sourceBucket(address.bucket())
            .sourceKey(address.key(source.key()))
            .copySourceIfMatch(source.tag().value())
            .destinationBucket(address.bucket())
            .destinationKey(address.key(key))
            .uploadId(upload.id())
            .partNumber(1)
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(same.size())))
            .build();
    UploadPartCopyResponse answer = connection.client().uploadPartCopy(request);
    return String.valueOf(answer.copyPartResult().eTag());
  }

  /**
   * Whether a tag is that of the object which was copied, whose bytes were looked at when they were
   * written, or the MD5 of the bytes: read from here, so that none come back over the network.
   */
  private static boolean tellsOf(String tag, StoredObject source, Blob same) throws StoreException {
    return bare(tag).equals(bare(source.tag().value()))
        || bare(tag).equals(md5(source.key(), same));
  }

  private static String bare(String tag) {
    return tag.replace("\"", "");
  }

  /** Where tags are made of digests, that of an object of one part is made so. */
  private static String ofOnePart(String md5) {
    if (!md5.matches("[0-9a-f]{32}")) {
      return "";
    }
    MessageDigest digest = Hash.md5();
    digest.update(HexFormat.of().parseHex(md5));
    return HexFormat.of().formatHex(digest.digest()) + "-1";
  }

  private static String md5(StoreKey key, Blob same) throws StoreException {
    MessageDigest md5 = Hash.md5();
    try (InputStream stream = new DigestInputStream(PromisedStream.open(key, same), md5)) {
      stream.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(md5.digest());
    } catch (SourceException e) {
      throw e.asStoreException();
    } catch (IOException e) {
      throw SourceException.unreadable(key, e).asStoreException();
    }
  }
}
