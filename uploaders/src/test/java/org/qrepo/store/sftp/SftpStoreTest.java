package org.qrepo.store.sftp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.publish.Store;
import org.qrepo.store.StoreContract;

/** The contract over a real OpenSSH server. */
class SftpStoreTest extends StoreContract {
  @TempDir static Path shared;
  private static Sshd sshd;

  @TempDir Path dir;

  @BeforeAll
  static void startServer() throws IOException {
    sshd = Sshd.start(shared.resolve("sshd"));
  }

  @AfterAll
  static void stopServer() {
    sshd.close();
  }

  @Override
  protected Store create() throws IOException {
    Files.createDirectory(dir.resolve("srv"));
    return another();
  }

  @Override
  protected Store another() {
    return SftpStore.open(sshd.url(dir.resolve("srv/repo")), sshd.settings());
  }

  @Override
  protected long big() {
    return 20_000_000;
  }

  @Override
  protected int many() {
    return 300;
  }

  @Override
  protected int rounds() {
    return 20;
  }
}
