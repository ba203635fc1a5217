package org.qrepo.cli.serve;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A web server over one directory; runs from its start until it is closed. */
public final class TreeServer implements AutoCloseable {
  private static final int MAX_THREADS = 64;

  private final HttpServer server;
  private final ExecutorService threads;

  private TreeServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts serving.
   *
   * @param address port 0 for any that is free
   * @param redirects whether databases are answered with a redirect to their generation, where the
   *     tree has the pointer layout
   * @param log gets method and path of each request, and the status of its answer; called by
   *     several threads
   */
  public static TreeServer start(
      Path directory, InetSocketAddress address, boolean redirects, BiConsumer<String, Integer> log)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService threads =
        new ThreadPoolExecutor(
            0,
            MAX_THREADS,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new ThreadPoolExecutor.CallerRunsPolicy());
    server.setExecutor(threads);
    server.createContext("/", new TreeHandler(new Tree(directory.toRealPath(), redirects), log));
    server.start();
    return new TreeServer(server, threads);
  }

  /** The URL of the directory, with a slash at its end. */
  public String url() {
    InetSocketAddress address = server.getAddress();
    String host = address.getAddress().getHostAddress();
    boolean six = address.getAddress() instanceof Inet6Address;
    return "http://" + (six ? "[" + host + "]" : host) + ":" + address.getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
