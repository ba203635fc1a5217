package org.qrepo.store.ground;

import java.nio.file.Path;
import java.util.Map;
import org.qrepo.publish.Store;
import org.qrepo.store.http.Nginx;
import org.qrepo.store.sftp.SftpStore;
import org.qrepo.store.sftp.Sshd;

/** An OpenSSH server, and nginx over the same folders. */
record SftpGround(Sshd sshd, Nginx nginx) implements Ground {
  static Ground start(Path folder) throws Exception {
    return new SftpGround(
        Sshd.start(folder.resolve("sshd")), Nginx.start(folder.resolve("nginx"), "", ""));
  }

  @Override
  public Path root() {
    return nginx.documents();
  }

  @Override
  public Store open(Path folder) {
    return SftpStore.open(sshd.url(folder), sshd.settings());
  }

  @Override
  public Map<String, String> target(Path folder) {
    return Map.of(
        "url",
        sshd.url(folder),
        "server",
        site(folder),
        "identity-file",
        sshd.home().resolve(".ssh/id_ed25519").toString(),
        "known-hosts",
        sshd.home().resolve(".ssh/known_hosts").toString());
  }

  @Override
  public Map<String, String> environment() {
    return Map.of("SSH_AUTH_SOCK", "");
  }

  @Override
  public String site(Path folder) {
    return nginx.url() + "/" + root().relativize(folder);
  }

  @Override
  public void close() {
    nginx.close();
    sshd.close();
  }
}
