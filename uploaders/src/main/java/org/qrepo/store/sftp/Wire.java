package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.qrepo.store.sftp.RemoteException.Status;

/**
 * One SFTP channel, used by one thread at a time. While a request waits for its answer the wire is
 * busy; {@link #cutIfSilent} ends one that is so for too long, with its whole connection.
 */
final class Wire {
  private static final long NOT_BUSY = Long.MIN_VALUE;

  private final SshConnection connection;
  private final ChannelSftp channel;
  private final ExecutorService thread;
  private volatile long busySince = NOT_BUSY;
  private volatile boolean silent;
  private volatile boolean spoiled;

  Wire(SshConnection connection, ChannelSftp channel) {
    this.connection = connection;
    this.channel = channel;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread worker = new Thread(work, "sftp");
              worker.setDaemon(true);
              return worker;
            });
  }

  /** A request. */
  @FunctionalInterface
  interface Request<T> {
    T send(ChannelSftp channel) throws SftpException, JSchException, IOException;
  }

  /**
   * Sends a request and waits for its answer. The library runs in a thread of the wire's own: an
   * interrupt that struck while it reads would leave it between two answers.
   */
  <T> T ask(Request<T> request) throws RemoteException {
    Future<T> answer;
    try {
      answer = thread.submit(() -> send(request));
    } catch (RejectedExecutionException e) {
      throw new RemoteException(Status.BROKEN, "the connection is gone", e);
    }
    try {
      return answer.get();
    } catch (InterruptedException e) {
      spoiled = true;
      Thread.currentThread().interrupt();
      throw new RemoteException(Status.INTERRUPTED, "interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RemoteException said
          ? said
          : new RemoteException(Status.BROKEN, "it answered what is no SFTP", e);
    }
  }

  private <T> T send(Request<T> request) throws RemoteException {
    busySince = System.nanoTime();
    try {
      return request.send(channel);
    } catch (SftpException e) {
      throw said(e);
    } catch (JSchException | IOException e) {
      spoiled = true;
      throw gone(e);
    } catch (RuntimeException e) {
      // The library meets a hostile answer: lengths that cannot be, or a stream that is closed.
      spoiled = true;
      throw new RemoteException(Status.BROKEN, "it answered what is no SFTP", e);
    } finally {
      busySince = NOT_BUSY;
    }
  }

  /** Whether another thread may use it. */
  boolean isSound() {
    return !spoiled && channel.isConnected() && connection.isOpen();
  }

  /** Says that a transfer ended half way, so that answers are still to come. */
  void spoil() {
    spoiled = true;
  }

  SshConnection connection() {
    return connection;
  }

  boolean has(String extension) {
    return channel.getExtension(extension) != null;
  }

  void cutIfSilent(Duration bound) {
    long since = busySince;
    if (since != NOT_BUSY && System.nanoTime() - since > bound.toNanos()) {
      silent = true;
      spoiled = true;
      connection.cut();
    }
  }

  void close() {
    spoiled = true;
    thread.shutdownNow();
    channel.disconnect();
    connection.left();
  }

  /** A file from an offset on, requests going ahead of the answers. */
  InputStream read(String path, long offset) throws RemoteException {
    InputStream stream = ask(sftp -> sftp.get(Quoted.path(path), null, offset));
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int at, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        int n = 0;
        while (n == 0) {
          n = ask(sftp -> stream.read(buffer, at, length));
        }
        return n;
      }

      @Override
      public void close() throws IOException {
        if (isSound()) {
          ask(
              sftp -> {
                stream.close();
                return true;
              });
        }
      }
    };
  }

  private RemoteException said(SftpException e) {
    String words = String.valueOf(e.getMessage());
    return switch (e.id) {
      case ChannelSftp.SSH_FX_NO_SUCH_FILE -> new RemoteException(Status.ABSENT, words, e);
      case ChannelSftp.SSH_FX_PERMISSION_DENIED -> new RemoteException(Status.DENIED, words, e);
      case ChannelSftp.SSH_FX_BAD_MESSAGE -> new RemoteException(Status.REFUSED, words, e);
      case ChannelSftp.SSH_FX_OP_UNSUPPORTED -> new RemoteException(Status.UNSUPPORTED, words, e);
      default -> failed(e, words);
    };
  }

  /** The library says its own failures with the number of the server's. */
  private RemoteException failed(SftpException e, String words) {
    boolean own = e.getCause() != null || words.isEmpty() || !channel.isConnected();
    if (e.id == ChannelSftp.SSH_FX_FAILURE && !own) {
      return new RemoteException(Status.FAILED, words, e);
    }
    spoiled = true;
    return gone(e);
  }

  private RemoteException gone(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof SftpException answer
          && answer != e
          && answer.getCause() == null
          && isAnswer(answer.id)) {
        return said(answer);
      }
    }
    return silent
        ? new RemoteException(Status.SILENT, "the server does not answer", e)
        : new RemoteException(Status.BROKEN, "the connection is gone", e);
  }

  private static boolean isAnswer(int id) {
    return id == ChannelSftp.SSH_FX_FAILURE
        || id == ChannelSftp.SSH_FX_PERMISSION_DENIED
        || id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
  }
}
