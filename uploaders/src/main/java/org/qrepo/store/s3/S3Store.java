package org.qrepo.store.s3;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.StoreLock;
import org.qrepo.publish.StoreTraits;
import org.qrepo.publish.StoredObject;
import org.qrepo.publish.Tag;
import org.qrepo.publish.Traffic;
import org.qrepo.store.Retries;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A repository below a prefix of a bucket. Keys are names as they are, {@code :} and {@code +}
 * included. A bucket is no tree: a name may be an object and a folder at once, and only writers
 * that look before keep it from being so.
 */
final class S3Store implements Store {
  private static final int PARALLELISM = 8;
  private static final int MOST_IN_ONE_REQUEST = 2 * MultipartWriter.PART;

  private final S3Address address;
  private final boolean conditional;
  private final boolean probed;
  private final boolean redirects;
  private final Connection connection;
  private final Bucket bucket;
  private final ObjectWriter writer;
  private final MultipartWriter parts;
  private final ConditionProbe probe;
  private final ServerCopy copies;
  private final Attempts attempts;

  S3Store(S3Address address, S3Settings settings, Connection.Access access, Retries retries) {
    String server = settings.endpoint().map(e -> e.getAuthority()).orElse("Amazon S3");
    this.address = address;
    this.conditional = settings.conditional();
    this.redirects = settings.redirects();
    this.probed = settings.conditional() && !settings.isAmazon();
    this.connection = new Connection(address, settings, access);
    this.attempts = new Attempts(new Failures(address, server), retries);
    boolean checksums = settings.usesChecksums();
    this.bucket = new Bucket(address, connection, attempts, checksums);
    this.writer = new ObjectWriter(address, connection, attempts, bucket, checksums);
    this.parts = new MultipartWriter(address, connection, attempts, writer, checksums);
    this.probe = new ConditionProbe(address, connection, attempts);
    MultipartUpload.Opener uploads =
        new MultipartUpload.Opener(address, connection, attempts, writer, false);
    Optional<CopyProbe.Way> known = probed ? Optional.empty() : Optional.of(CopyProbe.Way.OBJECT);
    CopyProbe way = new CopyProbe(address, connection, attempts, bucket, uploads, known);
    this.copies = new ServerCopy(address, connection, attempts, bucket, writer, uploads, way);
  }

  /**
   * With the credentials that the AWS tools would use: of the profile alone, where one is named.
   */
  static S3Store open(S3Address address, S3Settings settings, Retries retries) {
    AwsCredentialsProvider credentials =
        settings.profile().isPresent()
            ? ProfileCredentialsProvider.create(settings.profile().get())
            : DefaultCredentialsProvider.builder().build();
    Connection.Access access =
        new Connection.Access(credentials, Duration.ofSeconds(10), Duration.ofSeconds(30));
    return new S3Store(address, settings, access, retries);
  }

  @Override
  public StoreTraits traits() {
    return new StoreTraits(false, false, conditional, PARALLELISM);
  }

  @Override
  public String location() {
    return address.toString();
  }

  @Override
  public Optional<StoredObject> stat(StoreKey key) throws StoreException {
    return bucket.look(key);
  }

  @Override
  public Opened open(StoreKey key) throws StoreException {
    ResumedStream stream = bucket.open(key);
    return new Opened(stream.object(), stream);
  }

  @Override
  public void putOnce(StoreKey key, Blob blob) throws StoreException {
    Optional<StoredObject> there = bucket.look(key);
    if (there.isPresent()) {
      if (bucket.holds(there.get(), blob)) {
        return;
      }
      throw new StoreException(
          Kind.CONFLICT, key + " is there already in " + address + ", with other bytes");
    }
    requireConditions();
    Precondition absent = new Precondition(Tag.ABSENT, conditional);
    if (blob.size() > MOST_IN_ONE_REQUEST) {
      parts.write(key, absent, ObjectKind.immutable(key), blob);
    } else {
      writer.write(key, absent, ObjectKind.immutable(key), blob);
    }
  }

  @Override
  public Tag swap(StoreKey key, Tag expected, Blob blob) throws StoreException {
    return writer.write(key, swapping(key, expected), ObjectKind.mutable(key), blob);
  }

  @Override
  public Tag swapCopy(StoreKey key, Tag expected, StoreKey from, Blob same) throws StoreException {
    Precondition condition = swapping(key, expected);
    ObjectKind kind =
        redirects ? ObjectKind.leading(key, address.path(from)) : ObjectKind.mutable(key);
    Optional<Tag> copy = copies.write(key, condition, kind, from, same);
    if (copy.isPresent()) {
      return copy.get();
    }
    Tag written = writer.write(key, condition, kind, same);
    connection.traffic().repeated();
    return written;
  }

  @Override
  public Optional<Traffic> traffic() {
    return Optional.of(connection.traffic().now());
  }

  /** Looked at before, so that a lost race does not cost the sending of the bytes. */
  private Precondition swapping(StoreKey key, Tag expected) throws StoreException {
    Tag now = stat(key).map(StoredObject::tag).orElse(Tag.ABSENT);
    if (!now.equals(expected)) {
      throw new StoreException(
          Kind.CONFLICT, key + " in " + address + " was changed by another publisher");
    }
    requireConditions();
    return new Precondition(expected, conditional);
  }

  private void requireConditions() throws StoreException {
    if (probed) {
      probe.require();
    }
  }

  @Override
  public List<StoreKey> list(Optional<StoreKey> folder) throws StoreException {
    return bucket.list(folder, false);
  }

  @Override
  public List<StoreKey> folders(Optional<StoreKey> folder) throws StoreException {
    return bucket.list(folder, true);
  }

  @Override
  public void delete(StoreKey key) throws StoreException {
    attempts.run("delete " + key, () -> remove(key));
  }

  private boolean remove(StoreKey key) throws StoreException {
    try {
      connection
          .client()
          .deleteObject(
              d ->
                  d.bucket(address.bucket())
                      .key(address.key(key))
                      .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(0))));
      return true;
    } catch (S3Exception e) {
      if (Failures.isAbsent(e)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Optional<String> readLink(StoreKey link) {
    throw new UnsupportedOperationException("a bucket has no links");
  }

  @Override
  public void swapLink(StoreKey link, Optional<String> expected, String target) {
    throw new UnsupportedOperationException("a bucket has no links");
  }

  @Override
  public StoreLock lock(LockRequest request) {
    throw new UnsupportedOperationException("a bucket has no lock");
  }

  @Override
  public void close() {
    parts.close();
    connection.close();
  }

  @Override
  public String toString() {
    return "S3Store[" + address + "]";
  }
}
