package org.qrepo.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qrepo.io.Blob;
import org.qrepo.publish.LockRequest;
import org.qrepo.publish.Store;
import org.qrepo.publish.StoreKey;
import org.qrepo.publish.Tag;
import org.qrepo.store.local.LocalStore;

class MemoryStoreTest {
  @TempDir Path dir;

  private static Blob blob(String s) {
    return Blob.of(s.getBytes(StandardCharsets.UTF_8));
  }

  private void smoke(Store s) throws Exception {
    StoreKey a = new StoreKey("generations/x/q.db");
    s.putOnce(a, blob("1"));
    s.putOnce(a, blob("1"));
    s.swapLink(new StoreKey("current"), Optional.empty(), "generations/x");
    s.swapLink(new StoreKey("q.db"), Optional.empty(), "current/q.db");
    try (Store.Opened o = s.open(new StoreKey("q.db"))) {
      assertThat(o.stream().readAllBytes()).isEqualTo(new byte[] {'1'});
    }
    Tag t = s.swap(new StoreKey("m"), Tag.ABSENT, blob("u"));
    Tag t2 = s.swap(new StoreKey("m"), t, blob("v"));
    assertThat(t2).isNotEqualTo(t);
    assertThat(s.stat(new StoreKey("m")).orElseThrow().tag()).isEqualTo(t2);
    try (var l = s.lock(new LockRequest(Duration.ZERO, List.of(new StoreKey("q.db.tar.gz.lck"))))) {
      l.confirm();
      assertThat(s.list(Optional.empty()).toString())
          .isEqualTo("[current, m, q.db, q.db.tar.gz.lck]");
    }
    assertThat(s.list(Optional.empty()).toString()).isEqualTo("[current, m, q.db]");
    assertThat(s.folders(Optional.empty()).toString()).isEqualTo("[generations]");
    s.delete(a);
    assertThat(s.folders(Optional.empty())).isEmpty();
  }

  @Test
  void memory() throws Exception {
    smoke(MemoryStore.withLinks());
  }

  @Test
  void local() throws Exception {
    FaultyStore f = FaultyStore.counting(new LocalStore(dir));
    smoke(f);
    assertThat(f.count()).isEqualTo(16);
  }
}
