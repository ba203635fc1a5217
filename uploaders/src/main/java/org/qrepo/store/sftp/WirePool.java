package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * The wires of a store: made when they are needed, kept for the next use, at most {@link #MOST} at
 * a time. A connection carries {@link #PER_CONNECTION} of them, or fewer if the server says so.
 */
final class WirePool {
  static final int MOST = 24;

  /** Of the ten that sshd allows as it comes. */
  static final int PER_CONNECTION = 8;

  private final SftpAddress address;
  private final SftpSettings settings;
  private final Keyring keyring;
  private final Semaphore permits = new Semaphore(MOST);
  private final Object opening = new Object();
  private final Deque<Wire> idle = new ArrayDeque<>();
  private final Set<Wire> used = new HashSet<>();
  private final List<SshConnection> connections = new ArrayList<>();
  private @Nullable ScheduledExecutorService timer;
  private @Nullable ScheduledFuture<?> watch;
  private boolean closed;

  WirePool(SftpAddress address, SftpSettings settings) {
    this.address = address;
    this.settings = settings;
    this.keyring = new Keyring(settings);
  }

  /** A wire that nobody else uses until it is given back. */
  Wire take() throws StoreException {
    permit();
    try {
      Optional<Wire> kept = kept();
      return kept.isPresent() ? kept.get() : open();
    } catch (StoreException | RuntimeException e) {
      permits.release();
      throw e;
    }
  }

  void give(Wire wire) {
    boolean keep;
    synchronized (this) {
      used.remove(wire);
      keep = wire.isSound() && !closed;
      if (keep) {
        idle.push(wire);
      }
    }
    if (!keep) {
      wire.close();
      forget(wire.connection());
    }
    permits.release();
  }

  /** Finds out whether a failure that has no reason is a lack of space. */
  IOException explain(IOException e, RemoteTree tree) {
    return e instanceof RemoteException said && said.status() == Status.FAILED && isFull(tree)
        ? new RemoteException(Status.FULL, String.valueOf(e.getMessage()), e)
        : e;
  }

  private boolean isFull(RemoteTree tree) {
    try {
      Wire wire = take();
      try {
        String top = tree.top(new RemoteFiles(wire));
        return wire.ask(sftp -> sftp.statVFS(Quoted.path(top)).getAvailBlocks()) == 0;
      } finally {
        give(wire);
      }
    } catch (IOException e) {
      return false;
    }
  }

  void close() {
    List<SshConnection> all;
    List<Wire> unused;
    synchronized (this) {
      closed = true;
      all = List.copyOf(connections);
      unused = List.copyOf(idle);
      connections.clear();
      idle.clear();
      if (watch != null) {
        watch.cancel(false);
      }
      if (timer != null) {
        timer.shutdownNow();
      }
    }
    all.forEach(SshConnection::cut);
    unused.forEach(Wire::close);
  }

  synchronized boolean isClosed() {
    return closed;
  }

  private void permit() throws StoreException {
    try {
      if (!permits.tryAcquire(settings.limits().idle().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StoreException(
            Kind.TRANSIENT, "all " + MOST + " channels to " + address.host() + " are in use");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(Kind.PERMANENT, "interrupted", e);
    }
  }

  private synchronized Optional<Wire> kept() {
    for (Wire wire = idle.poll(); wire != null; wire = idle.poll()) {
      if (wire.isSound()) {
        used.add(wire);
        return Optional.of(wire);
      }
      wire.close();
    }
    return Optional.empty();
  }

  /** One at a time: what several threads need at once is one connection. */
  private Wire open() throws StoreException {
    synchronized (opening) {
      while (true) {
        Optional<SshConnection> known = spacious();
        SshConnection connection = known.isPresent() ? known.get() : connect();
        Optional<Wire> wire = wire(connection);
        if (wire.isPresent()) {
          return wire.get();
        }
      }
    }
  }

  private Optional<Wire> wire(SshConnection connection) throws StoreException {
    Wire wire;
    try {
      ChannelSftp channel = connection.channel();
      wire = new Wire(connection, channel);
    } catch (JSchException e) {
      forgetCut(connection);
      return Optional.empty();
    }
    synchronized (this) {
      used.add(wire);
    }
    try {
      wire.ask(
          channel -> {
            channel.connect((int) settings.limits().connect().toMillis());
            return true;
          });
      return Optional.of(wire);
    } catch (RemoteException e) {
      drop(wire);
      if (!connection.isOpen() || connection.channels() == 0 || e.status() == Status.INTERRUPTED) {
        throw refused(connection, e);
      }
      connection.fill();
      return Optional.empty();
    }
  }

  private StoreException refused(SshConnection connection, RemoteException e) {
    forgetCut(connection);
    return switch (e.status()) {
      case INTERRUPTED -> new StoreException(Kind.PERMANENT, "interrupted", e);
      case SILENT, BROKEN ->
          new StoreException(
              Kind.TRANSIENT, address.host() + " opens no SFTP channel: " + e.getMessage(), e);
      default ->
          new StoreException(
              Kind.PERMANENT, address.host() + " offers no SFTP: " + e.getMessage(), e);
    };
  }

  private void drop(Wire wire) {
    synchronized (this) {
      used.remove(wire);
    }
    wire.close();
  }

  private synchronized Optional<SshConnection> spacious() {
    return connections.stream()
        .filter(c -> c.isOpen() && !c.isFull() && c.channels() < PER_CONNECTION)
        .findFirst();
  }

  private SshConnection connect() throws StoreException {
    ScheduledExecutorService clock = timer();
    SshHost host = SshHosts.read(settings).target(address);
    SshConnection connection = SshConnection.open(host, settings, keyring, clock);
    synchronized (this) {
      if (!closed) {
        connections.add(connection);
        return connection;
      }
    }
    connection.cut();
    throw new StoreException(Kind.PERMANENT, "the store is closed");
  }

  private synchronized ScheduledExecutorService timer() throws StoreException {
    if (closed) {
      throw new StoreException(Kind.PERMANENT, "the store is closed");
    }
    if (timer == null) {
      timer =
          Executors.newSingleThreadScheduledExecutor(
              work -> {
                Thread thread = new Thread(work, "sftp-timer");
                thread.setDaemon(true);
                return thread;
              });
      long period = Math.max(10, settings.limits().idle().toMillis() / 20);
      watch = timer.scheduleWithFixedDelay(this::cutSilent, period, period, TimeUnit.MILLISECONDS);
    }
    return timer;
  }

  private void cutSilent() {
    List<Wire> busy;
    synchronized (this) {
      busy = List.copyOf(used);
    }
    busy.forEach(wire -> wire.cutIfSilent(settings.limits().idle()));
  }

  private void forget(SshConnection connection) {
    if (!connection.isOpen()) {
      forgetCut(connection);
    }
  }

  private void forgetCut(SshConnection connection) {
    synchronized (this) {
      connections.remove(connection);
    }
    connection.cut();
  }
}
