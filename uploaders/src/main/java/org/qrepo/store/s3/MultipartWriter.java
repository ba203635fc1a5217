package org.qrepo.store.s3;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Blob;
import org.qrepo.io.Sha256;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.PromisedStream;
import org.qrepo.store.SourceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Writes a big object in parts, some of them at a time. No more than {@value #BUFFERS} parts are in
 * memory, however many objects are written. An upload that fails is given up, and leaves nothing.
 */
final class MultipartWriter {
  static final int PART = 16 << 20;

  private static final int MOST_PARTS = 10_000;
  private static final int BUFFERS = 4;

  private final S3Address address;
  private final Connection connection;
  private final Attempts attempts;
  private final ObjectWriter writer;
  private final MultipartUpload.Opener uploads;
  private final boolean checksums;
  private final Semaphore buffers = new Semaphore(BUFFERS);
  private @Nullable ExecutorService pool;

  MultipartWriter(
      S3Address address,
      Connection connection,
      Attempts attempts,
      ObjectWriter writer,
      boolean checksums) {
    this.address = address;
    this.connection = connection;
    this.attempts = attempts;
    this.writer = writer;
    this.checksums = checksums;
    this.uploads = new MultipartUpload.Opener(address, connection, attempts, writer, checksums);
  }

  /** A part that the server has. */
  private record Sent(CompletedPart part, String md5) {}

  void write(StoreKey key, Precondition precondition, ObjectKind kind, Blob blob)
      throws StoreException {
    if (blob.size() > (long) MOST_PARTS * PART) {
      throw new StoreException(
          Kind.PERMANENT, key + " is too big for a bucket: at most " + MOST_PARTS + " parts");
    }
    MultipartUpload upload = uploads.begin(key, kind, blob);
    List<Sent> sent;
    try {
      sent = send(key, upload.id(), blob);
    } catch (StoreException | RuntimeException e) {
      upload.abort(e);
      throw e;
    }
    Tag tag = upload.complete(precondition, sent.stream().map(Sent::part).toList());
    if (!tag.value().replace("\"", "").equals(expectedTag(sent))) {
      writer.requireReadBack(key, blob);
    }
  }

  void close() {
    synchronized (this) {
      if (pool != null) {
        pool.shutdownNow();
      }
    }
  }

  private List<Sent> send(StoreKey key, String id, Blob blob) throws StoreException {
    AtomicBoolean broken = new AtomicBoolean();
    List<Future<Sent>> parts = new ArrayList<>();
    try {
      try (InputStream in = PromisedStream.open(key, blob)) {
        for (long at = 0; at < blob.size() && !broken.get(); at += PART) {
          parts.add(next(key, id, parts.size() + 1, in, broken));
        }
      } catch (SourceException e) {
        throw e.asStoreException();
      } catch (IOException e) {
        throw SourceException.unreadable(key, e).asStoreException();
      }
    } catch (StoreException | RuntimeException e) {
      broken.set(true);
      awaitAll(parts);
      throw e;
    }
    return results(parts);
  }

  private Future<Sent> next(
      StoreKey key, String id, int number, InputStream in, AtomicBoolean broken)
      throws IOException {
    acquire();
    try {
      byte[] part = in.readNBytes(PART);
      return pool().submit(() -> sendPart(key, id, number, part, broken));
    } catch (IOException | RuntimeException e) {
      buffers.release();
      throw e;
    }
  }

  private Sent sendPart(StoreKey key, String id, int number, byte[] part, AtomicBoolean broken)
      throws StoreException {
    try {
      if (broken.get()) {
        throw new StoreException(Kind.PERMANENT, "another part of " + key + " failed");
      }
      return attempts.run("write " + key, () -> put(key, id, number, part));
    } catch (StoreException | RuntimeException e) {
      broken.set(true);
      throw e;
    } finally {
      buffers.release();
    }
  }

  private Sent put(StoreKey key, String id, int number, byte[] part) throws StoreException {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(address.bucket())
            .key(address.key(key))
            .uploadId(id)
            .partNumber(number)
            .contentLength((long) part.length)
            .overrideConfiguration(o -> o.apiCallTimeout(connection.bound(part.length)));
    @Nullable String digest = checksums ? Hash.base64(Sha256.of(Hash.sha256().digest(part))) : null;
    request.checksumSHA256(digest);
    UploadPartResponse answer =
        connection.client().uploadPart(request.build(), RequestBody.fromBytes(part));
    CompletedPart completed =
        CompletedPart.builder()
            .partNumber(number)
            .eTag(answer.eTag())
            .checksumSHA256(digest)
            .build();
    return new Sent(completed, HexFormat.of().formatHex(Hash.md5().digest(part)));
  }

  /** In the order of the parts; the first failure that is not the echo of another one. */
  private static List<Sent> results(List<Future<Sent>> parts) throws StoreException {
    List<Sent> sent = new ArrayList<>();
    Optional<Throwable> failed = awaitAll(parts);
    if (failed.isPresent()) {
      throw failed.get() instanceof StoreException known
          ? new StoreException(known.kind(), String.valueOf(known.getMessage()), known)
          : new StoreException(Kind.PERMANENT, "a part could not be sent", failed.get());
    }
    for (Future<Sent> part : parts) {
      try {
        sent.add(part.get());
      } catch (ExecutionException | InterruptedException e) {
        throw new StoreException(Kind.PERMANENT, "interrupted", e);
      }
    }
    return sent;
  }

  /** Until none is on its way any more: a part that comes after the end of its upload stays. */
  private static Optional<Throwable> awaitAll(List<Future<Sent>> parts) {
    Optional<Throwable> failure = Optional.empty();
    boolean interrupted = false;
    for (Future<Sent> part : parts) {
      boolean done = false;
      while (!done) {
        try {
          part.get();
          done = true;
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          Throwable cause = e.getCause() == null ? e : e.getCause();
          failure = failure.isPresent() && isEcho(cause) ? failure : Optional.of(cause);
          done = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }

  private static boolean isEcho(Throwable e) {
    return String.valueOf(e.getMessage()).startsWith("another part of ");
  }

  /** Where tags are made of digests, that of an object in parts is made so. */
  private static String expectedTag(List<Sent> sent) {
    MessageDigest digest = Hash.md5();
    sent.forEach(s -> digest.update(HexFormat.of().parseHex(s.md5())));
    return HexFormat.of().formatHex(digest.digest()) + "-" + sent.size();
  }

  private void acquire() throws StoreException {
    try {
      buffers.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.PERMANENT, "interrupted", e);
    }
  }

  private synchronized ExecutorService pool() {
    if (pool == null) {
      pool =
          Executors.newFixedThreadPool(
              BUFFERS,
              task -> {
                Thread thread = new Thread(task, "s3-part");
                thread.setDaemon(true);
                return thread;
              });
    }
    return pool;
  }
}
