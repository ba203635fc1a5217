package org.qrepo.store.sftp;

import com.jcraft.jsch.Channel;
import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import com.jcraft.jsch.Proxy;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * A connection to a host, through others where they are on the way, that carries several channels.
 * Every host's key must be known.
 */
final class SshConnection {
  private static final int KEEPALIVES = 3;

  private final SftpSettings settings;
  private final Keyring keyring;
  private final Sockets sockets;
  private final List<Session> sessions = new ArrayList<>();
  private final AtomicInteger channels = new AtomicInteger();
  private volatile boolean full;
  private volatile boolean cut;

  private SshConnection(SftpSettings settings, Keyring keyring) {
    this.settings = settings;
    this.keyring = keyring;
    this.sockets = new Sockets(settings.limits().connect());
  }

  /**
   * Connects and authenticates.
   *
   * @param timer ends what takes longer than it may
   */
  static SshConnection open(
      SshHost host, SftpSettings settings, Keyring keyring, ScheduledExecutorService timer)
      throws StoreException {
    SshConnection connection = new SshConnection(settings, keyring);
    long bound = settings.limits().connect().toMillis() * (host.jumps().size() + 1);
    ScheduledFuture<?> end = timer.schedule(connection::cut, bound, TimeUnit.MILLISECONDS);
    try {
      for (SshHost jump : host.jumps()) {
        connection.connect(jump);
      }
      connection.connect(host);
      return connection;
    } catch (StoreException | RuntimeException e) {
      connection.cut();
      throw e;
    } finally {
      end.cancel(false);
    }
  }

  /** One more channel; it is not connected yet. */
  ChannelSftp channel() throws JSchException {
    Channel channel = target().openChannel("sftp");
    if (!(channel instanceof ChannelSftp sftp)) {
      // The library's answer when the connection ends at this moment.
      throw new JSchException("the connection is gone");
    }
    channels.incrementAndGet();
    return sftp;
  }

  int channels() {
    return channels.get();
  }

  /** A channel was closed. */
  void left() {
    channels.decrementAndGet();
  }

  /** Whether the server gives no more channels on this connection. */
  boolean isFull() {
    return full;
  }

  void fill() {
    full = true;
  }

  boolean isOpen() {
    return !cut && target().isConnected();
  }

  /** Ends it at once, whatever it waits for. */
  void cut() {
    cut = true;
    sockets.cut();
    List<Session> all;
    synchronized (sessions) {
      all = List.copyOf(sessions);
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      all.get(i).disconnect();
    }
  }

  private Session target() {
    synchronized (sessions) {
      return sessions.get(sessions.size() - 1);
    }
  }

  private void connect(SshHost next) throws StoreException {
    HostKeys keys = HostKeys.of(next);
    Identities identities = keyring.of(next);
    try {
      Session session = session(next, keys, identities);
      synchronized (sessions) {
        if (!sessions.isEmpty()) {
          session.setProxy(new Jump(sessions.get(sessions.size() - 1)));
        }
        sessions.add(session);
      }
      session.connect((int) settings.limits().connect().toMillis());
    } catch (JSchException e) {
      throw explain(next, keys, identities, e);
    }
  }

  private Session session(SshHost next, HostKeys keys, Identities identities) throws JSchException {
    Session session = new JSch().getSession(next.user(), next.hostname(), next.port());
    session.setHostKeyRepository(keys);
    session.setIdentityRepository(identities);
    session.setSocketFactory(sockets);
    session.setDaemonThread(true);
    if (next.hasKeyAlias()) {
      session.setHostKeyAlias(next.keyName());
    }
    session.setConfig("StrictHostKeyChecking", "yes");
    session.setConfig("PreferredAuthentications", "publickey");
    session.setConfig("UpdateHostKeys", "no");
    session.setServerAliveInterval((int) settings.limits().idle().toMillis() / KEEPALIVES);
    session.setServerAliveCountMax(KEEPALIVES);
    return session;
  }

  private StoreException explain(
      SshHost at, HostKeys keys, Identities identities, JSchException e) {
    if (e instanceof JSchUnknownHostKeyException) {
      return keys.unknown();
    }
    if (e instanceof JSchChangedHostKeyException) {
      return keys.changed();
    }
    String words = String.valueOf(e.getMessage());
    String small = words.toLowerCase(Locale.ROOT);
    if (small.contains("auth fail") || small.contains("auth cancel")) {
      return new StoreException(
          Kind.DENIED,
          String.format(
              "%s does not let %s in: %s; a key that it accepts must be in an agent or a file",
              at, at.user(), identities.names()),
          e);
    }
    if (small.contains("revoked") || small.contains("reject hostkey")) {
      return new StoreException(
          Kind.DENIED, "the key of " + at + " is revoked in the known hosts", e);
    }
    return new StoreException(Kind.TRANSIENT, "cannot reach " + at + ": " + reason(e, words), e);
  }

  private String reason(JSchException e, String words) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof UnknownHostException) {
        return "no such host";
      }
      if (t instanceof SocketTimeoutException) {
        return "it does not answer";
      }
      if (t instanceof SocketException refused && !cut) {
        return String.valueOf(refused.getMessage());
      }
    }
    return cut ? "it does not answer" : words;
  }

  /** Makes sockets in bounded time, and can end them all. */
  private static final class Sockets implements SocketFactory {
    private final Duration bound;
    private final List<Socket> open = new ArrayList<>();

    Sockets(Duration bound) {
      this.bound = bound;
    }

    @Override
    public Socket createSocket(String name, int port) throws IOException {
      Socket socket = new Socket();
      synchronized (open) {
        open.add(socket);
      }
      socket.connect(new InetSocketAddress(name, port), (int) bound.toMillis());
      return socket;
    }

    @Override
    public InputStream getInputStream(Socket socket) throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream(Socket socket) throws IOException {
      return socket.getOutputStream();
    }

    @SuppressWarnings("EmptyCatch") // it is gone either way
    void cut() {
      synchronized (open) {
        for (Socket socket : open) {
          try {
            socket.close();
          } catch (IOException ignored) {
          }
        }
      }
    }
  }

  /** The way to a host through another one. */
  private static final class Jump implements Proxy {
    private final Session through;
    private @Nullable Channel channel;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;

    Jump(Session through) {
      this.through = through;
    }

    @Override
    public void connect(SocketFactory factory, String host, int port, int timeout)
        throws JSchException, IOException {
      Channel forward = through.getStreamForwarder(host, port);
      in = forward.getInputStream();
      out = forward.getOutputStream();
      channel = forward;
      forward.connect(timeout);
    }

    @Override
    public @Nullable InputStream getInputStream() {
      return in;
    }

    @Override
    public @Nullable OutputStream getOutputStream() {
      return out;
    }

    @Override
    public @Nullable Socket getSocket() {
      return null;
    }

    @Override
    public void close() {
      if (channel != null) {
        channel.disconnect();
      }
    }
  }
}
