package org.qrepo.store.sftp;

import java.nio.file.Path;
import java.util.List;

/**
 * A host with everything that reaching it takes.
 *
 * @param keyName the name its key is known by: {@code HostKeyAlias}, or the host name
 * @param hostname what is connected to
 * @param identities private keys, in the order in which they are offered
 * @param knownHosts files with the keys of hosts; the first is the one to add a key to
 * @param jumps the hosts on the way, the first one first
 */
record SshHost(
    String keyName,
    String hostname,
    int port,
    String user,
    List<Path> identities,
    List<Path> knownHosts,
    List<SshHost> jumps) {
  static final int STANDARD_PORT = 22;

  SshHost {
    identities = List.copyOf(identities);
    knownHosts = List.copyOf(knownHosts);
    jumps = List.copyOf(jumps);
  }

  /** As {@code known_hosts} names it. */
  String knownAs() {
    return port == STANDARD_PORT || hasKeyAlias() ? keyName : "[" + keyName + "]:" + port;
  }

  /** Whether the key is known by another name than the host's. */
  boolean hasKeyAlias() {
    return !keyName.equals(hostname);
  }

  /** For messages. */
  @Override
  public String toString() {
    return port == STANDARD_PORT ? hostname : hostname + ":" + port;
  }
}
