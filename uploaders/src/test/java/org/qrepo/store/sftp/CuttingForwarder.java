package org.qrepo.store.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.NullMarked;

/**
 * Passes TCP connections on to a port of this machine, counts what goes each way, and ends all of
 * them when it is told to, after so many bytes.
 */
@NullMarked
public final class CuttingForwarder implements AutoCloseable {
  private final ServerSocket entry;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private volatile long cutSentAt = Long.MAX_VALUE;
  private volatile long cutReceivedAt = Long.MAX_VALUE;
  private volatile boolean closed;

  private CuttingForwarder(ServerSocket entry, int target) {
    this.entry = entry;
    this.target = target;
  }

  public static CuttingForwarder to(int port) throws IOException {
    CuttingForwarder forwarder =
        new CuttingForwarder(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
    daemon(forwarder::accept);
    return forwarder;
  }

  public int port() {
    return entry.getLocalPort();
  }

  /** What clients sent, as far as it was passed on. */
  public long sent() {
    return sent.get();
  }

  /** What the server sent, as far as it was passed on. */
  public long received() {
    return received.get();
  }

  public void forget() {
    sent.set(0);
    received.set(0);
  }

  /** Ends all connections, once, when clients have sent so many bytes more. */
  public void cutWhenSent(long bytes) {
    cutSentAt = sent.get() + bytes;
  }

  /** The same for what the server sends. */
  public void cutWhenReceived(long bytes) {
    cutReceivedAt = received.get() + bytes;
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = entry.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(server);
        daemon(() -> pass(client, server, true));
        daemon(() -> pass(server, client, false));
      } catch (IOException e) {
        cut();
      }
    }
  }

  private void pass(Socket from, Socket to, boolean up) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[1 << 14];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        if (up && sent.addAndGet(n) >= cutSentAt) {
          cutSentAt = Long.MAX_VALUE;
          cut();
        } else if (!up && received.addAndGet(n) >= cutReceivedAt) {
          cutReceivedAt = Long.MAX_VALUE;
          cut();
        }
      }
    } catch (IOException e) {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void cut() {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
    sockets.clear();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "forwarder");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    entry.close();
    cut();
  }
}
