package org.qrepo.store.sftp;

import java.util.HashMap;
import java.util.Map;

/** The keys for each host, read and opened once however many connections are made. */
final class Keyring {
  private final SftpSettings settings;
  private final Map<SshHost, Identities> opened = new HashMap<>();

  Keyring(SftpSettings settings) {
    this.settings = settings;
  }

  synchronized Identities of(SshHost host) {
    Identities known = opened.get(host);
    if (known == null) {
      known = Identities.of(host, settings);
      opened.put(host, known);
    }
    return known;
  }
}
