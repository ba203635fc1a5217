package org.qrepo.store.sftp;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.ChannelSftp.LsEntry;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qrepo.store.sftp.RemoteException.Status;

/** What a file system does, asked over a wire. Paths are absolute. */
final class RemoteFiles {
  private static final String POSIX_RENAME = "posix-rename@openssh.com";
  private static final String HARDLINK = "hardlink@openssh.com";

  private static final int ATTEMPTS = 5;

  private final Wire wire;

  RemoteFiles(Wire wire) {
    this.wire = wire;
  }

  /** Something that does not answer with a value. */
  @FunctionalInterface
  private interface Command {
    void send(ChannelSftp channel) throws SftpException, IOException;
  }

  /** What is there, links not followed. */
  Optional<SftpATTRS> look(String path) throws RemoteException {
    return present(sftp -> sftp.lstat(Quoted.path(path)));
  }

  /** What is there, links followed; empty too for a link that leads nowhere. */
  Optional<SftpATTRS> lookThrough(String path) throws RemoteException {
    return present(sftp -> sftp.stat(Quoted.path(path)));
  }

  boolean isHeld(String path) throws RemoteException {
    return look(path).isPresent();
  }

  boolean isFolder(String path) throws RemoteException {
    return look(path).filter(SftpATTRS::isDir).isPresent();
  }

  /** The path with all links resolved; its last name need not exist. */
  Optional<String> real(String path) throws RemoteException {
    return present(sftp -> sftp.realpath(path));
  }

  /** Empty if it is not a link. */
  Optional<String> readLink(String path) throws RemoteException {
    return look(path).filter(SftpATTRS::isLink).isPresent()
        ? present(sftp -> sftp.readlink(Quoted.path(path)))
        : Optional.empty();
  }

  List<LsEntry> list(String folder) throws RemoteException {
    List<LsEntry> entries = new ArrayList<>();
    command(
        sftp ->
            sftp.ls(
                Quoted.path(folder),
                entry -> {
                  if (!entry.getFilename().equals(".") && !entry.getFilename().equals("..")) {
                    entries.add(entry);
                  }
                  return ChannelSftp.LsEntrySelector.CONTINUE;
                }));
    return entries;
  }

  /** Makes a folder; false if the name is held. */
  boolean makeFolder(String path) throws RemoteException {
    return isDone(path, sftp -> sftp.mkdir(path));
  }

  /** Gives a file another name that is free; false if it is not. */
  boolean link(String from, String to) throws RemoteException {
    if (!wire.has(HARDLINK)) {
      return moveIfFree(from, to);
    }
    for (int i = 1; ; i++) {
      try {
        return isDone(to, sftp -> sftp.hardlink(Quoted.path(from), Quoted.path(to)));
      } catch (RemoteException e) {
        if (e.status() == Status.UNSUPPORTED || (e.status() == Status.FAILED && i == ATTEMPTS)) {
          // Not every file system has hard links.
          return moveIfFree(from, to);
        }
        // The name may have been held, and be free again.
        if (e.status() != Status.FAILED) {
          throw e;
        }
      }
    }
  }

  void symlink(String target, String link) throws RemoteException {
    command(sftp -> sftp.symlink(Quoted.path(target), Quoted.path(link)));
  }

  /** Renames over what has the name. */
  void replace(String from, String to) throws RemoteException {
    if (!replacesAtOnce()) {
      remove(to);
    }
    move(from, to);
  }

  /** Whether {@link #replace} is one step. */
  boolean replacesAtOnce() {
    return wire.has(POSIX_RENAME);
  }

  void move(String from, String to) throws RemoteException {
    command(sftp -> sftp.rename(Quoted.path(from), Quoted.path(to)));
  }

  /** Removes what is no folder; nothing there is no error. */
  void remove(String path) throws RemoteException {
    try {
      command(sftp -> sftp.rm(Quoted.path(path)));
    } catch (RemoteException e) {
      if (e.status() != Status.ABSENT) {
        throw e;
      }
    }
  }

  /** Removes a folder if it is empty; whether it is gone. */
  boolean removeFolder(String path) throws RemoteException {
    try {
      command(sftp -> sftp.rmdir(Quoted.path(path)));
      return true;
    } catch (RemoteException e) {
      return switch (e.status()) {
        case ABSENT -> true;
        case FAILED, DENIED -> false;
        default -> throw e;
      };
    }
  }

  void permit(String path, int mode) throws RemoteException {
    command(sftp -> sftp.chmod(mode, Quoted.path(path)));
  }

  InputStream read(String path, long offset) throws RemoteException {
    return wire.read(path, offset);
  }

  /** At most that many bytes from an offset on. */
  byte[] read(String path, long offset, int length) throws IOException {
    try (InputStream in = wire.read(path, offset)) {
      return in.readNBytes(length);
    }
  }

  private boolean moveIfFree(String from, String to) throws RemoteException {
    if (isHeld(to)) {
      return false;
    }
    move(from, to);
    return true;
  }

  /** Whether it was done; false if it failed and the name is held. */
  private boolean isDone(String name, Command command) throws RemoteException {
    try {
      command(command);
      return true;
    } catch (RemoteException e) {
      if (e.status() == Status.FAILED && isHeld(name)) {
        return false;
      }
      throw e;
    }
  }

  private <T> Optional<T> present(Wire.Request<T> request) throws RemoteException {
    try {
      return Optional.of(wire.ask(request));
    } catch (RemoteException e) {
      if (e.status() == Status.ABSENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void command(Command command) throws RemoteException {
    wire.ask(
        sftp -> {
          command.send(sftp);
          return true;
        });
  }
}
