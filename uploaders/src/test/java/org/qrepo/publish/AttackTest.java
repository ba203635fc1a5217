package org.qrepo.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.qrepo.alpm.PackageName;
import org.qrepo.io.Compression;
import org.qrepo.store.local.LocalStore;

/**
 * Whoever can write to the server changes what is published. Each attack is refused with a finding
 * of its own before the key is asked for, whatever was to be published, and nothing is written.
 */
class AttackTest {
  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  private Workshop shop = new Workshop(Path.of(""));
  private Path tree = Path.of("");

  /** What somebody does to a repository of two generations. */
  private enum Attack {
    OLDER_PAIR_PUT_BACK("repository-rolled-back") {
      @Override
      void on(AttackTest test) throws IOException {
        test.putPair(test.directory.resolve("first"));
      }
    },
    PAIR_THAT_ANOTHER_PUBLISHER_BUILT_ON_THE_OLDER_ONE("repository-forked") {
      @Override
      void on(AttackTest test) throws IOException {
        Path fork = test.directory.resolve("first");
        Workshop other = test.workshop("t", "elsewhere");
        other.add(new LocalStore(fork), other.sample("c", "1-1"));
        test.putPair(fork);
      }
    },
    PAIR_OF_ANOTHER_REPOSITORY("database-of-other-repository") {
      @Override
      void on(AttackTest test) throws IOException {
        Path other = test.directory.resolve("other");
        Workshop shop = test.workshop("u", "elsewhere");
        shop.add(new LocalStore(other), shop.sample("a", "1-1"));
        test.put("t.db", Files.readAllBytes(other.resolve("u.db")));
        test.put("t.db.sig", Files.readAllBytes(other.resolve("u.db.sig")));
      }
    },
    TAMPERED_DATABASE("signature-other-bytes") {
      @Override
      void on(AttackTest test) throws IOException {
        test.tamper();
      }
    },
    SIGNATURE_BY_A_KEY_THAT_IS_NOT_TRUSTED("key-unknown") {
      @Override
      void on(AttackTest test) throws IOException {
        test.tamper();
        test.sign(new StampKey('B'));
      }
    },
    NO_SIGNATURE("database-unsigned") {
      @Override
      void on(AttackTest test) throws IOException {
        Files.delete(test.tree.resolve("t.db.sig"));
        test.tamper();
      }
    },
    WEB_PAGE("database-html") {
      @Override
      void on(AttackTest test) throws IOException {
        test.put("t.db", "\n<!DOCTYPE html>".getBytes(StandardCharsets.US_ASCII));
      }
    },
    ZERO_BYTES("database-empty") {
      @Override
      void on(AttackTest test) throws IOException {
        test.put("t.db", new byte[0]);
      }
    },
    DATABASE_REMOVED("database-lost") {
      @Override
      void on(AttackTest test) throws IOException {
        Files.delete(test.tree.resolve("t.db"));
      }
    },
    GENERATION_OF_OTHER_BYTES_THAN_ITS_NAME_SAYS("generation-altered") {
      @Override
      void on(AttackTest test) throws IOException {
        byte[] live = Files.readAllBytes(test.tree.resolve("t.db"));
        test.alterGenerations("t.db");
        test.put("t.db", live);
        test.put("t.db.sig", new byte[] {1});
      }
    },
    LINEAGE_WITHOUT_A_NUMBER("lineage-malformed") {
      @Override
      void on(AttackTest test) throws IOException {
        test.changeLineage(" seq=2 ", " seq=x ");
      }
    },
    LINEAGE_OF_AN_IMPOSSIBLE_TIME("lineage-malformed") {
      @Override
      void on(AttackTest test) throws IOException {
        test.changeLineage(" time=2026-", " time=2026/");
      }
    },
    LINEAGE_OF_A_PATH("lineage-malformed") {
      @Override
      void on(AttackTest test) throws IOException {
        test.changeLineage(" repository=t ", " repository=/ ");
      }
    },
    LINEAGE_OF_A_LATER_VERSION("lineage-version") {
      @Override
      void on(AttackTest test) throws IOException {
        test.changeLineage("qrepo/1 ", "qrepo/2 ");
      }
    },
    NO_LINEAGE("database-without-lineage") {
      @Override
      void on(AttackTest test) throws IOException {
        test.changeLineage("qrepo/1 ", "orepq/1 ");
      }
    };

    private final String finding;

    Attack(String finding) {
      this.finding = finding;
    }

    abstract void on(AttackTest test) throws IOException;
  }

  private record Case(Attack attack, Layout layout) {}

  static Stream<Case> cases() {
    return Stream.of(Attack.values())
        .flatMap(attack -> Stream.of(Layout.values()).map(layout -> new Case(attack, layout)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isRefusedAndNothingIsSignedOrWritten(Case it) throws IOException {
    publishTwice(it.layout());
    it.attack().on(this);
    Map<String, String> before = Workshop.tree(tree);
    for (Intent intent : intents()) {
      Workshop.assertRefused(
          it.attack().finding,
          () -> shop.withoutKey(store()).publish(intent, Publisher.Approval.ANY));
      assertThat(Workshop.tree(tree)).isEqualTo(before);
    }
  }

  private Iterable<Intent> intents() throws IOException {
    return Stream.of(
            Change.adding(List.of(shop.sample("b", "1-1"))),
            Change.removing(Set.of(new PackageName("a"))),
            new Rollback(Optional.empty(), false))
        .map(Intent.class::cast)
        .toList();
  }

  /** Uncompressed, so that a lineage can be changed within its length. */
  private void publishTwice(Layout layout) throws IOException {
    shop = workshop("t", "in").layout(layout).compression(Compression.NONE).aliases(false);
    shop.clock = Workshop.fixed("2026-01-02T03:04:05Z");
    tree = directory.resolve("tree");
    shop.add(store(), shop.sample("a", "1-1"));
    Workshop.copy(tree, directory.resolve("first"));
    shop.add(store(), shop.sample("a", "2-1"));
  }

  private Workshop workshop(String repository, String folder) throws IOException {
    return new Workshop(Files.createDirectories(directory.resolve(folder))).repository(repository);
  }

  private Store store() {
    return new LocalStore(tree);
  }

  private void putPair(Path from) throws IOException {
    put("t.db", Files.readAllBytes(from.resolve("t.db")));
    put("t.db.sig", Files.readAllBytes(from.resolve("t.db.sig")));
  }

  private void put(String name, byte[] bytes) throws IOException {
    Files.deleteIfExists(tree.resolve(name));
    Files.write(tree.resolve(name), bytes);
  }

  private void tamper() throws IOException {
    byte[] bytes = Files.readAllBytes(tree.resolve("t.db"));
    bytes[bytes.length / 2] ^= 1;
    put("t.db", bytes);
  }

  private void alterGenerations(String name) throws IOException {
    try (Stream<Path> folders = Files.list(tree.resolve("generations"))) {
      for (Path folder : folders.toList()) {
        Files.write(folder.resolve(name), new byte[] {1});
      }
    }
  }

  private void changeLineage(String from, String to) throws IOException {
    String bytes = Files.readString(tree.resolve("t.db"), StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(from);
    put("t.db", bytes.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
    sign(shop.key);
  }

  private void sign(StampKey key) throws IOException {
    byte[] database = Files.readAllBytes(tree.resolve("t.db"));
    put("t.db.sig", key.sign(Signable.of("t.db", database)));
  }
}
