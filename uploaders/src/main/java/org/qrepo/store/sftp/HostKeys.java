package org.qrepo.store.sftp;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.qrepo.io.Digests;
import org.qrepo.publish.StoreException;
import org.qrepo.publish.StoreException.Kind;

/**
 * The host keys of some {@code known_hosts} files, hashed names included, which are read and never
 * written. Remembers the key that a server showed, to be told when it is not known.
 */
final class HostKeys implements HostKeyRepository {
  private final SshHost host;
  private final List<HostKeyRepository> files;
  private byte[] shown = {};

  private HostKeys(SshHost host, List<HostKeyRepository> files) {
    this.host = host;
    this.files = List.copyOf(files);
  }

  static HostKeys of(SshHost host) throws StoreException {
    List<HostKeyRepository> files = new ArrayList<>();
    for (Path file : host.knownHosts()) {
      try {
        JSch reader = new JSch();
        byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        reader.setKnownHosts(new ByteArrayInputStream(bytes));
        files.add(reader.getHostKeyRepository());
      } catch (JSchException | IOException e) {
        throw new StoreException(
            Kind.PERMANENT, "cannot read the known hosts of " + file + ": " + e.getMessage(), e);
      }
    }
    return new HostKeys(host, files);
  }

  /** What to say of a server whose key is not known. */
  StoreException unknown() {
    return new StoreException(
        Kind.DENIED,
        String.format(
            "the key of %s is not known: %s. Compare it with what its owner says, and if it is the"
                + " same, add this line to %s: %s",
            host, fingerprint(), file(), line()));
  }

  /** What to say of a server that shows another key than the one that is known. */
  StoreException changed() {
    return new StoreException(
        Kind.DENIED,
        String.format(
            "the key of %s is not the one that is known: it shows %s. Somebody may stand between:"
                + " nothing was sent. If its owner confirms the new key, remove the old lines of %s"
                + " from %s and add this one: %s",
            host, fingerprint(), host.knownAs(), file(), line()));
  }

  @Override
  public synchronized int check(String name, byte[] key) {
    shown = key.clone();
    int result = NOT_INCLUDED;
    for (HostKeyRepository file : files) {
      int found = file.check(name, key);
      if (found == OK) {
        return OK;
      }
      result = found == CHANGED ? CHANGED : result;
    }
    return result;
  }

  @Override
  public void add(HostKey key, UserInfo user) {
    throw new UnsupportedOperationException("known hosts are never added by themselves");
  }

  @Override
  public void remove(String name, String type) {
    throw new UnsupportedOperationException("known hosts are never removed");
  }

  @Override
  public void remove(String name, String type, byte[] key) {
    throw new UnsupportedOperationException("known hosts are never removed");
  }

  @Override
  public String getKnownHostsRepositoryID() {
    return file();
  }

  @Override
  public HostKey[] getHostKey() {
    return files.stream()
        .flatMap(file -> Arrays.stream(orNone(file.getHostKey())))
        .toArray(HostKey[]::new);
  }

  @Override
  public HostKey[] getHostKey(String name, @Nullable String type) {
    return files.stream()
        .flatMap(file -> Arrays.stream(orNone(file.getHostKey(name, type))))
        .toArray(HostKey[]::new);
  }

  private static HostKey[] orNone(HostKey @Nullable [] keys) {
    return keys == null ? new HostKey[0] : keys;
  }

  private String file() {
    return host.knownHosts().stream().findFirst().map(Path::toString).orElse("known_hosts");
  }

  private synchronized String fingerprint() {
    byte[] digest = HexFormat.of().parseHex(Digests.of(shown, Set.of()).sha256().hex());
    return type().orElse("a key")
        + " SHA256:"
        + Base64.getEncoder().withoutPadding().encodeToString(digest);
  }

  private synchronized String line() {
    return host.knownAs()
        + " "
        + type().orElse("?")
        + " "
        + Base64.getEncoder().encodeToString(shown);
  }

  /** The algorithm, which is the first string of a public key. */
  private Optional<String> type() {
    ByteBuffer buffer = ByteBuffer.wrap(shown);
    int length = buffer.remaining() < 4 ? 0 : buffer.getInt();
    if (length < 1 || length > Math.min(64, buffer.remaining())) {
      return Optional.empty();
    }
    String type = new String(shown, 4, length, StandardCharsets.US_ASCII);
    return Optional.of(type).filter(t -> t.matches("[\\w@.-]+"));
  }
}
