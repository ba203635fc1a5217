package org.qrepo.publish;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A web server over a store, with faults of its own for single paths. */
final class MemorySite implements PublicSite {
  private final Store store;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  final Queue<String> asked = new ConcurrentLinkedQueue<>();

  MemorySite(Store store) {
    this.store = store;
  }

  /** What the server does with a request, given what the store has. */
  @FunctionalInterface
  interface Answer {
    Optional<InputStream> to(Optional<InputStream> stored) throws IOException;
  }

  MemorySite on(String path, Answer answer) {
    answers.put(path, answer);
    return this;
  }

  MemorySite bytes(String path, byte[] bytes) {
    return on(path, stored -> Optional.of(new ByteArrayInputStream(bytes)));
  }

  MemorySite text(String path, String text) {
    return bytes(path, text.getBytes(StandardCharsets.UTF_8));
  }

  MemorySite missing(String path) {
    return on(path, stored -> Optional.empty());
  }

  /** The server answers with an error that is not "not found". */
  MemorySite failing(String path) {
    return on(
        path,
        stored -> {
          throw new IOException("503 Service Unavailable");
        });
  }

  /** The connection breaks after some bytes. */
  MemorySite breaking(String path) {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection reset");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            throw new IOException("connection reset");
          }
        };
    return on(
        path,
        stored ->
            Optional.of(new SequenceInputStream(new ByteArrayInputStream(new byte[10]), broken)));
  }

  /** The right bytes, and then zeros without end. */
  MemorySite endless(String path) {
    InputStream zeros =
        new InputStream() {
          @Override
          public int read() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            return length;
          }
        };
    return on(path, stored -> Optional.of(new SequenceInputStream(stored.orElseThrow(), zeros)));
  }

  @Override
  public String location() {
    return "https://repo.example/t";
  }

  @Override
  public Optional<Fetched> fetch(String path) throws IOException {
    asked.add(path);
    Optional<InputStream> stored =
        Workshop.read(store, path).map(bytes -> new ByteArrayInputStream(bytes));
    Answer answer = answers.getOrDefault(path, s -> s);
    return answer.to(stored).map(in -> new Fetched(location() + "/" + path, in));
  }

  @Override
  public void close() {}
}
