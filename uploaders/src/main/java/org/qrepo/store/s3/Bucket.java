package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Reads a bucket. */
final class Bucket {
  /** The user metadata that says what an object's bytes are. */
  static final String DIGEST = "sha256";

  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final boolean checksums;

  Bucket(S3Address address, Connection connection, Attempts attempts, boolean checksums) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
    this.checksums = checksums;
  }

  Optional<StoredObject> look(StoreKey key) throws StoreException {
    return attempts.run("look for " + key, () -> lookOnce(key));
  }

  /** One request, whose failure is the caller's. */
  Optional<StoredObject> lookOnce(StoreKey key) throws StoreException {
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder()
            .bucket(address.bucket())
            .key(address.key(key))
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)));
    if (checksums) {
      request.checksumMode(ChecksumMode.ENABLED);
    }
    try {
      HeadObjectResponse head = connection.client().headObject(request.build());
      return Optional.of(
          described(
              key,
              head.contentLength(),
              head.eTag(),
              head.lastModified(),
              digest(head.metadata(), head.checksumSHA256())));
    } catch (S3Exception e) {
      if (Failures.isAbsent(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether the bytes there are those of the blob; they are read only if nothing else tells. */
  boolean holds(StoredObject there, Blob blob) throws StoreException {
    if (there.size() != blob.size()) {
      return false;
    }
    Optional<Sha256> digest = there.digest();
    return (digest.isPresent() ? digest.get() : read(there)).equals(blob.sha256());
  }

  /** The digest of the bytes that a reader gets. */
  Sha256 read(StoredObject object) throws StoreException {
    StoreKey key = object.key();
    MessageDigest digest = Hash.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = new DigestInputStream(stream(object), digest)) {
      while (in.read(buffer) >= 0) {
        // The digest is all that is wanted.
      }
    } catch (StoreException e) {
      throw e;
    } catch (IOException e) {
      throw new StoreException(Kind.TRANSIENT, "cannot read " + key + ": " + e.getMessage(), e);
    }
    return Sha256.of(digest.digest());
  }

  /** The bytes of a state, fetched when they are read. */
  InputStream stream(StoredObject object) {
    return new ResumedStream(
        object,
        at -> attempts.run("read " + object.key(), () -> get(object.key(), object.tag(), at)));
  }

  /** An object and its bytes, which begin to flow. */
  ResumedStream open(StoreKey key) throws StoreException {
    ResponseInputStream<GetObjectResponse> first =
        attempts.run("read " + key, () -> get(key, Tag.ABSENT, 0));
    GetObjectResponse response = first.response();
    StoredObject object =
        described(
            key,
            response.contentLength(),
            response.eTag(),
            response.lastModified(),
            digest(response.metadata(), response.checksumSHA256()));
    return new ResumedStream(
        object, first, at -> attempts.run("read " + key, () -> get(key, object.tag(), at)));
  }

  private ResponseInputStream<GetObjectResponse> get(StoreKey key, Tag state, long at)
      throws StoreException {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(address.bucket()).key(address.key(key));
    if (!state.equals(Tag.ABSENT)) {
      request.ifMatch(state.value());
    }
    if (at > 0) {
      request.range("bytes=" + at + "-");
    }
    try {
      return connection.client().getObject(request.build());
    } catch (S3Exception e) {
      if (Failures.isAbsent(e)) {
        throw new StoreException(Kind.ABSENT, "there is no " + key + " in " + address, e);
      }
      throw e;
    }
  }

  /** The names directly in a folder, objects or folders, in order. */
  List<StoreKey> list(Optional<StoreKey> folder, boolean folders) throws StoreException {
    String prefix = address.prefix() + folder.map(f -> f + "/").orElse("");
    List<String> names = new ArrayList<>();
    @Nullable String next = null;
    do {
      ListObjectsV2Response page = page(folder, prefix, next);
      if (folders) {
        page.commonPrefixes().forEach(p -> names.add(p.prefix().replaceFirst("/$", "")));
      } else {
        page.contents().stream().map(S3Object::key).forEach(names::add);
      }
      next = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (next != null);
    return names.stream()
        .filter(name -> name.startsWith(prefix) && !name.endsWith("/"))
        .map(name -> name.substring(address.prefix().length()))
        .filter(name -> !name.equals(ConditionProbe.NAME.value()))
        .flatMap(name -> key(name).stream())
        .sorted()
        .toList();
  }

  private ListObjectsV2Response page(
      Optional<StoreKey> folder, String prefix, @Nullable String token) throws StoreException {
    ListObjectsV2Request request =
        ListObjectsV2Request.builder()
            .bucket(address.bucket())
            .prefix(prefix)
            .delimiter("/")
            .continuationToken(token)
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0)))
            .build();
    String what = "list " + folder.map(StoreKey::value).orElse("the top folder");
    return attempts.run(what, () -> connection.client().listObjectsV2(request));
  }

  private static Optional<StoreKey> key(String name) {
    try {
      return Optional.of(new StoreKey(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private StoredObject described(
      StoreKey key,
      @Nullable Long size,
      @Nullable String tag,
      @Nullable Instant time,
      Optional<Sha256> digest)
      throws StoreException {
    if (size == null || tag == null || tag.isEmpty() || time == null) {
      throw new StoreException(
          Kind.PERMANENT, address + ": the server does not tell size, ETag and time of " + key);
    }
    return new StoredObject(key, size, new Tag(tag), time, digest);
  }

  /** As its writer or the server says; empty if neither does. */
  private static Optional<Sha256> digest(Map<String, String> metadata, @Nullable String checksum) {
    Optional<Sha256> own =
        Optional.ofNullable(metadata.get(DIGEST))
            .filter(text -> HEX.matcher(text).matches())
            .map(Sha256::new);
    return own.or(
        () ->
            Optional.ofNullable(checksum)
                .filter(text -> text.matches("[A-Za-z0-9+/]{43}="))
                .map(text -> Base64.getDecoder().decode(text))
                .map(bytes -> new Sha256(HexFormat.of().formatHex(bytes))));
  }
}
