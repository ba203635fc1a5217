package org.qrepo.store.sftp;

import java.util.List;
import org.qrepo.publish.Store;
import org.qrepo.store.StoreFactory;

/** Opens {@code sftp://} targets by some settings. */
public final class SftpFactory implements StoreFactory {
  private final SftpSettings settings;

  public SftpFactory(SftpSettings settings) {
    this.settings = settings;
  }

  @Override
  public List<String> schemes() {
    return List.of("sftp");
  }

  @Override
  public String form() {
    return SftpAddress.FORM;
  }

  @Override
  public Store open(String target) {
    return SftpStore.open(target, settings);
  }
}
