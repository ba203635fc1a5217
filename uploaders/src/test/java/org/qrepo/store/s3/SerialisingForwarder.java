package org.qrepo.store.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.NullMarked;

/**
 * Passes HTTP requests on to a server, byte by byte, and lets no two writes of one key be there at
 * a time: the S3 servers that tests can run look at the condition of a write and then do it, which
 * is not one step. Each request has a connection of its own.
 */
@NullMarked
public final class SerialisingForwarder implements AutoCloseable {
  private final URI server;
  private final ServerSocket socket;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Function<String, Fault> faults;
  private final Map<String, String> redirects = new ConcurrentHashMap<>();
  private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
  private final AtomicInteger under = new AtomicInteger();

  private SerialisingForwarder(URI server, ServerSocket socket, Function<String, Fault> faults) {
    this.server = server;
    this.socket = socket;
    this.faults = faults;
  }

  /**
   * A request that was passed on, and its answer.
   *
   * @param request method and path with query
   * @param status as the server gave it; 0: none
   * @param sent bytes of the request's body
   * @param received bytes of the answer's body
   * @param copies whether the server was asked to take the bytes from another object
   */
  public record Exchange(String request, int status, long sent, long received, boolean copies) {}

  /**
   * Where objects of a name are to lead those who ask the bucket's website for them, by path: as
   * the last write said.
   */
  public Map<String, String> redirects() {
    return Map.copyOf(redirects);
  }

  /** What was passed on so far, in the order of its end; waits for what is on its way. */
  public List<Exchange> exchanges() {
    awaitAll();
    return List.copyOf(exchanges);
  }

  private void awaitAll() {
    while (under.get() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Forgets the exchanges so far; waits for what is on its way. */
  public void forget() {
    awaitAll();
    exchanges.clear();
  }

  /** What happens to a request. */
  public interface Fault {
    /** Nothing. */
    record None() implements Fault {}

    /** The server never has it, and this is answered: a status line, headers, a body. */
    record Answered(String status, String header, String body) implements Fault {}

    /** The server does it, and the client is told this. */
    record Done(String status) implements Fault {}

    /** The server never has it, and the connection ends without an answer. */
    record HungUp() implements Fault {}

    /** The server does it, and the connection ends without an answer. */
    record Cut() implements Fault {}

    /** The server does it, and the connection ends within the body of the answer. */
    record Truncated(int bytes) implements Fault {}

    /** The server does it, and its answer names another state. */
    record Mistagged(String tag) implements Fault {}

    /** No answer, for so long. */
    record Silent(int millis) implements Fault {}

    /** The first byte of the body is another one when it comes to the server. */
    record Damaged() implements Fault {}

    /** The server is not told of its conditions, as if it knew none. */
    record Unconditional() implements Fault {}

    /**
     * The condition of a copy is seen to before the server has it, as Amazon documents it for
     * CopyObject: the state of the object that would be replaced is looked at, within the lock of
     * its key, and the answer is 412 if it is another one. Other requests are passed on.
     */
    record AsAmazonCopies() implements Fault {}
  }

  /** Begins to pass on what comes. */
  public static SerialisingForwarder before(URI server) throws IOException {
    return before(server, request -> new Fault.None());
  }

  /**
   * Begins to pass on what comes, or what is left of it.
   *
   * @param faults what happens to a request, by its method and path
   */
  public static SerialisingForwarder before(URI server, Function<String, Fault> faults)
      throws IOException {
    return before(server, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), faults);
  }

  /** One that clients reach by TLS, with the key and the certificate of a context. */
  public static SerialisingForwarder before(URI server, SSLContext tls) throws IOException {
    ServerSocket socket =
        tls.getServerSocketFactory().createServerSocket(0, 200, InetAddress.getLoopbackAddress());
    return before(server, socket, request -> new Fault.None());
  }

  private static SerialisingForwarder before(
      URI server, ServerSocket socket, Function<String, Fault> faults) {
    SerialisingForwarder forwarder = new SerialisingForwarder(server, socket, faults);
    forwarder.threads.execute(forwarder::accept);
    return forwarder;
  }

  public URI endpoint() {
    String scheme = socket instanceof SSLServerSocket ? "https" : "http";
    return URI.create(scheme + "://127.0.0.1:" + socket.getLocalPort());
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        client.setTcpNoDelay(true);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      threads.shutdown();
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      List<String> head = head(in);
      while (!head.isEmpty()) {
        pass(head, in, client.getOutputStream());
        head = head(in);
      }
    } catch (IOException e) {
      // The client sees the end of its connection.
    }
  }

  private void pass(List<String> head, InputStream in, OutputStream out) throws IOException {
    String[] request = head.get(0).split(" ", 3);
    ReentrantLock lock =
        locks.computeIfAbsent(request[1].split("\\?", 2)[0], k -> new ReentrantLock());
    Fault fault = faults.apply(request[0] + " " + request[1]);
    value(head, "x-amz-website-redirect-location")
        .ifPresent(to -> redirects.put(request[1].split("\\?", 2)[0], to));
    if (fault instanceof Fault.Silent silent) {
      sleep(silent.millis());
      throw new EOFException();
    }
    if (fault instanceof Fault.HungUp) {
      copy(in, OutputStream.nullOutputStream(), Math.min(length(head), 1000));
      throw new EOFException();
    }
    if (fault instanceof Fault.Answered answered) {
      refuse(head, in, out, answered);
      return;
    }
    boolean write = !request[0].equals("GET") && !request[0].equals("HEAD");
    if (write) {
      lock.lock();
    }
    under.incrementAndGet();
    try (Socket up = new Socket(server.getHost(), server.getPort())) {
      up.setTcpNoDelay(true);
      if (fault instanceof Fault.AsAmazonCopies && isRefusedCopy(request[1], head)) {
        String text = "<Error><Code>PreconditionFailed</Code></Error>";
        refuse(head, in, out, new Fault.Answered("412 Precondition Failed", "", text));
      } else {
        exchange(request[0], head, in, out, up, fault);
      }
    } finally {
      under.decrementAndGet();
      if (write) {
        lock.unlock();
      }
    }
  }

  /** Asked without credentials, of a server that lets everybody read. */
  private boolean isRefusedCopy(String path, List<String> head) throws IOException {
    Optional<String> match = value(head, "if-match");
    Optional<String> none = value(head, "if-none-match");
    boolean copy = value(head, "x-amz-copy-source").isPresent() && !path.contains("?partNumber=");
    if (!copy || (match.isEmpty() && none.isEmpty())) {
      return false;
    }
    try (Socket up = new Socket(server.getHost(), server.getPort())) {
      up.setTcpNoDelay(true);
      write(
          up.getOutputStream(),
          List.of("HEAD " + path + " HTTP/1.1", "Host: " + server.getAuthority()));
      List<String> answer = head(new BufferedInputStream(up.getInputStream()));
      Optional<String> tag = value(answer, "etag");
      return none.isPresent() ? tag.isPresent() : !tag.equals(match);
    }
  }

  private static Optional<String> value(List<String> head, String name) {
    return head.stream()
        .filter(l -> l.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(l -> l.substring(name.length() + 1).strip())
        .findFirst();
  }

  private void exchange(
      String method, List<String> head, InputStream in, OutputStream out, Socket up, Fault fault)
      throws IOException {
    OutputStream upOut = up.getOutputStream();
    InputStream upIn = new BufferedInputStream(up.getInputStream());
    List<String> sent = new ArrayList<>(head);
    boolean waits = sent.removeIf(l -> l.toLowerCase(Locale.ROOT).startsWith("expect:"));
    if (fault instanceof Fault.Unconditional) {
      sent.removeIf(l -> l.toLowerCase(Locale.ROOT).matches("if-(none-)?match:.*"));
    }
    write(upOut, sent);
    if (waits) {
      write(out, List.of("HTTP/1.1 100 Continue"));
    }
    long length = length(head);
    if (fault instanceof Fault.Damaged && length > 0) {
      upOut.write(in.read() ^ 1);
      length--;
    }
    copy(in, upOut, length);
    upOut.flush();
    List<String> answer = head(upIn);
    while (!answer.isEmpty() && answer.get(0).startsWith("HTTP/1.1 1")) {
      answer = head(upIn);
    }
    if (answer.isEmpty()) {
      throw new EOFException();
    }
    if (fault instanceof Fault.Cut) {
      throw new EOFException();
    }
    if (fault instanceof Fault.Done done) {
      write(out, List.of("HTTP/1.1 " + done.status(), "Content-Length: 0"));
      return;
    }
    if (fault instanceof Fault.Mistagged other) {
      answer.replaceAll(
          l -> l.toLowerCase(Locale.ROOT).startsWith("etag:") ? "ETag: " + other.tag() : l);
    }
    write(out, answer);
    if (fault instanceof Fault.Truncated truncated) {
      copy(upIn, out, truncated.bytes());
      out.flush();
      throw new EOFException();
    }
    boolean chunked = answer.stream().anyMatch(l -> l.toLowerCase(Locale.ROOT).contains("chunked"));
    LongAdder body = new LongAdder();
    try {
      if (chunked) {
        copyChunks(upIn, out, body);
      } else if (!method.equals("HEAD")) {
        body.add(length(answer));
        copy(upIn, out, length(answer));
      }
      out.flush();
    } finally {
      // A client may hang up over the last byte, which says nothing.
      exchanges.add(
          new Exchange(
              head.get(0).replaceFirst(" HTTP/.*", ""),
              Integer.parseInt(answer.get(0).split(" ", 3)[1]),
              length(head),
              body.sum(),
              head.stream().anyMatch(l -> l.toLowerCase(Locale.ROOT).startsWith("x-amz-copy-so"))));
    }
  }

  private static void refuse(
      List<String> head, InputStream in, OutputStream out, Fault.Answered answer)
      throws IOException {
    if (head.stream().anyMatch(l -> l.toLowerCase(Locale.ROOT).startsWith("expect:"))) {
      write(out, List.of("HTTP/1.1 100 Continue"));
    }
    copy(in, OutputStream.nullOutputStream(), length(head));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    boolean bare = head.get(0).startsWith("HEAD ");
    List<String> lines = new ArrayList<>(List.of("HTTP/1.1 " + answer.status()));
    if (!answer.header().isEmpty()) {
      lines.add(answer.header());
    }
    lines.add("Content-Length: " + (bare ? 0 : body.length));
    write(out, lines);
    if (!bare) {
      out.write(body);
      out.flush();
    }
  }

  private static void sleep(int millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new java.io.InterruptedIOException("stopped");
    }
  }

  private static void copyChunks(InputStream in, OutputStream out, LongAdder body)
      throws IOException {
    long size;
    do {
      String line = line(in);
      size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
      out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      copy(in, out, size);
      body.add(size);
      out.write((line(in) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    } while (size > 0);
  }

  private static long length(List<String> head) {
    return head.stream()
        .map(l -> l.toLowerCase(Locale.ROOT))
        .filter(l -> l.startsWith("content-length:"))
        .map(l -> Long.parseLong(l.substring(15).strip()))
        .findFirst()
        .orElse(0L);
  }

  private static void copy(InputStream in, OutputStream out, long count) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = count;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (n < 0) {
        throw new EOFException();
      }
      out.write(buffer, 0, n);
      left -= n;
    }
  }

  private static void write(OutputStream out, List<String> head) throws IOException {
    String text = String.join("\r\n", head) + "\r\n\r\n";
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** The lines up to the empty one; none at the end of the connection. */
  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    String line = line(in);
    while (!line.isEmpty()) {
      lines.add(line);
      line = line(in);
    }
    return lines;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      if (b != '\r') {
        line.write(b);
      }
      b = in.read();
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
